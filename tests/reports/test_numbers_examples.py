"""The examples in the docstrings run and say the truth."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import reports

MODULES = [found.name for found in pkgutil.walk_packages(reports.__path__, "reports.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    with_examples = [
        name for name in MODULES if any(found.examples for found in finder.find(importlib.import_module(name)))
    ]
    assert len(with_examples) >= 12
