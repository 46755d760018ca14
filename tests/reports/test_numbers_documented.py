"""The methodology page names every reason, and only functions that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from reports.disclosure.reasons import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "methodology.md").read_text()


def test_every_reason_stands_on_the_page_with_its_meaning():
    for reason in Reason:
        assert f"| `{reason}` | {reason.meaning} |" in PAGE


def test_every_function_that_the_page_names_exists():
    named = re.findall(r"`(?:reports\.)?((?:[a-z_]+\.)+[a-z_A-Z]+)`", PAGE)
    assert len(named) > 20
    for path in named:
        if path.endswith((".csv", ".json")):
            continue
        module, _, function = path.rpartition(".")
        try:
            found = importlib.import_module(f"reports.{path}")
        except ModuleNotFoundError:
            found = getattr(importlib.import_module(f"reports.{module}"), function)
        assert found.__doc__
