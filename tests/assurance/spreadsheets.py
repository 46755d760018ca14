"""What a spreadsheet program makes of a file: its texts, its formulas and the names of its sheets."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

_SPACE = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
_CSV = "CSV:44,34,76,1,,0,false,false,false,false,false,-1,true"  # commas, UTF-8, and formulas are computed
_MOST_SECONDS = 240


@dataclass(frozen=True)
class Opened:
    """One sheet as it was opened: its name, the texts of its cells row by row, the formulas that are live."""

    name: str
    rows: list[list[str]]
    formulas: list[str]


def required() -> str:
    """The program, or a test that is left out where there is none and none is asked for."""
    found = shutil.which("soffice")
    if found is None:
        assert not os.environ.get("REQUIRE_OFFICE"), (
            "No LibreOffice: REQUIRE_OFFICE says that exports are opened in it."
        )
        pytest.skip("EXPORTS LEFT OUT: no LibreOffice on this machine")
    return found


def opened(program: str, files: Sequence[Path], folder: Path) -> dict[str, list[Opened]]:
    """Open files of one kind as a person would, formulas computed; the sheets of each by the file's stem."""
    folder.mkdir()
    reading = [f"--infilter={_CSV}"] if files[0].suffix == ".csv" else []
    command = [
        program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", *reading,
        "--convert-to", "fods", "--outdir", str(folder), *map(str, files),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=_MOST_SECONDS)
    return {file.stem: sheets(folder / f"{file.stem}.fods") for file in files}


def sheets(path: Path) -> list[Opened]:
    tree = ET.parse(path)  # noqa: S314 - written by the program above
    found = []
    for table in tree.iter(_tag("table", "table")):
        cells = [row.findall(_tag("table", "table-cell")) for row in table.iter(_tag("table", "table-row"))]
        formulas = [f for row in cells for cell in row if (f := cell.get(_tag("table", "formula"))) is not None]
        rows = [[_text(cell) for cell in row] for row in cells]
        found.append(Opened(table.get(_tag("table", "name"), ""), rows, formulas))
    return found


def _text(cell: ET.Element) -> str:
    return "\n".join(_inline(paragraph) for paragraph in cell.findall(_tag("text", "p")))


def _inline(element: ET.Element) -> str:
    """The characters of a paragraph; runs of spaces, tabs and breaks are elements of their own."""
    special = {
        _tag("text", "s"): lambda one: " " * int(one.get(_tag("text", "c"), "1")),
        _tag("text", "tab"): lambda _: "\t",
        _tag("text", "line-break"): lambda _: "\n",
    }
    parts = [element.text or ""]
    for child in element:
        parts += [special.get(child.tag, _inline)(child), child.tail or ""]
    return "".join(parts)


def _tag(space: str, name: str) -> str:
    return f"{{{_SPACE[space]}}}{name}"
