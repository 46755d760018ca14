"""The examples in the docstrings of the questionnaires run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import questionnaires

MODULES = sorted(module.name for module in pkgutil.iter_modules(questionnaires.__path__, "questionnaires."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS).failed == 0


def test_there_are_examples_to_run() -> None:
    assert "questionnaires.faults" in MODULES
    assert doctest.testmod(importlib.import_module("questionnaires.faults")).attempted >= 4
