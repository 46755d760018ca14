"""The examples in the docstrings run and say the truth."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from types import FunctionType, ModuleType

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


WORDS_AND_PICTURES = {"charts", "documents", "files", "wording"}
"""Packages that draw, write and read what was computed."""
NO_ARITHMETIC = {
    "assembly", "codebook", "digest", "disclosure.guard", "disclosure.reasons", "disclosure.told_figures", "example", "frames",
    "hexagons", "measures", "microdata", "narrative", "peer_safety", "peer_sensitivity", "profile", "publication", "rules",
    "told_parts",
}  # fmt: skip
"""Modules that put frames together, empty them or say them; so do those of a name that ends in `_reading`."""
NUMBERS = [
    name
    for name in MODULES
    if name.split(".")[1] not in WORDS_AND_PICTURES
    and name.removeprefix("reports.") not in NO_ARITHMETIC
    and not name.endswith("_reading")
]
SOURCE = re.compile(r"[Mm]ethodology,?\s+\d|\b(?:19|20)\d\d\b")
"""A section of the method, or whoever it is from by year."""
LONGEST_LINE = 120


def functions_of(module: ModuleType) -> dict[str, FunctionType]:
    """Public functions; those of a name that ends in `_kinds` are the function above them, from moments."""
    return {
        name: found
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_") and not name.endswith("_kinds")
    }


def undocumented(module: ModuleType) -> set[str]:
    """Public functions without an example, or without the section or the authors that they follow."""
    functions = functions_of(module)
    lacking = {f"{name}: no example" for name, one in functions.items() if ">>>" not in (one.__doc__ or "")}
    return lacking | {f"{name}: no source" for name, one in functions.items() if not SOURCE.search(one.__doc__ or "")}


@pytest.mark.parametrize("name", NUMBERS)
def test_every_function_of_numbers_has_an_example_and_says_its_source(name):
    assert undocumented(importlib.import_module(name)) == set()


def test_a_function_without_example_and_source_is_found():
    module = ModuleType("reports.made_up")

    def mean():
        """The mean."""

    mean.__module__ = module.__name__
    module.mean = mean
    assert undocumented(module) == {"mean: no example", "mean: no source"}


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_said_of_a_function_fits_the_page(name):
    for function in functions_of(importlib.import_module(name)).values():
        lines = (function.__doc__ or "").splitlines()
        assert [line for line in lines if len(line) > LONGEST_LINE and ">>>" not in line] == []
