"""The made-up sector with every kind of visitor, made once for the harnesses that walk through all its pages."""

from __future__ import annotations

import pytest
import visitors
from visitors import World


@pytest.fixture(scope="session")
def visited_sector(tmp_path_factory: pytest.TempPathFactory) -> World:
    """As it was made: whoever changes it puts it back, or walks in a copy. Its modules are one group of a worker."""
    return visitors.made(tmp_path_factory.mktemp("sector"))
