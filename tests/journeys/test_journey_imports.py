"""The research team brings in a Forms export as it is: one accepted mapping, and next time no question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from forms_exports import BUILDING, COUNCIL, HEARD, Export, forms_export

from survey.demonstration.sector import HOME

if TYPE_CHECKING:
    from tests.journeys.conftest import Walker


def bring(walker: Walker, path: Path) -> None:
    walker.page.set_input_files("input[type=file]", path)
    walker.press("Look at the file")


def asked(walker: Walker) -> list[str]:
    """The labels of what must be decided."""
    labels: list[str] = walker.page.locator("label:has(~ select)").evaluate_all("all => all.map(one => one.innerText)")
    return [label.strip() for label in labels]


def written(export: Export, folder: Path, kind: str) -> Path:
    path = folder / f"export.{kind}"
    return export.csv(path) if kind == "csv" else export.xlsx(path)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_forms_export_is_asked_about_once(walker: Walker, served: dict[str, str], tmp_path: Path, kind: str) -> None:
    seed = walker.width + len(kind)  # no two of these files hold the same answers
    go_and_bring_in(walker, served["researcher"], tmp_path, kind, seed)


def test_it_works_without_javascript(plain_walker: Walker, served: dict[str, str], tmp_path: Path) -> None:
    go_and_bring_in(plain_walker, served["researcher"], tmp_path, "csv", 77)


def go_and_bring_in(walker: Walker, entrance: str, folder: Path, kind: str, seed: int) -> None:
    walker.sign_in(entrance)
    walker.open(entrance.split("/account/", maxsplit=1)[0] + "/research/waves/2026/")
    walker.follow("Bring in answers from another tool")
    if "Forget it and ask again" in walker.words:
        walker.press("Forget it and ask again")

    bring(walker, written(forms_export(HOME, seed=seed), folder, kind))
    assert asked(walker) == [COUNCIL, BUILDING, HEARD]
    assert "10 of 24 rows" in walker.words
    assert "Officer Number" not in walker.words
    walker.page.get_by_label(BUILDING).select_option("leave out")
    walker.press("Show the rows again")
    walker.press("Accept and bring in 24 rows")
    assert "24 answers, 1 authority" in walker.words

    bring(walker, written(forms_export(HOME, officers=16, seed=seed + 1), folder, kind))
    assert "10 of 16 rows" in walker.words
    walker.press("Accept and bring in 16 rows")
    assert "16 answers, 1 authority" in walker.words
