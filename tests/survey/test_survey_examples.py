"""The examples in the docstrings of the service run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import survey

MODULES = sorted(module.name for module in pkgutil.iter_modules(survey.__path__, "survey.") if not module.ispkg)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_of_the_service_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_service_has_examples_to_run() -> None:
    assert doctest.testmod(importlib.import_module("survey.invitations")).attempted >= 2
