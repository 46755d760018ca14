"""The one writer of tables as text: CSV that no spreadsheet can take for formulas, and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from reports.publication import Results

SIGNIFICANT_DIGITS = 12
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
_NEEDS_QUOTES = re.compile('[",\r\n]')


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as UTF-8 CSV: numbers at 12 significant digits, true and false, missing empty, text made harmless.

    >>> csv_bytes(pd.DataFrame({"score": [1 / 3, None], "=name": ["=1+1", "plain"]})).decode().split()
    ["score,'=name", "0.333333333333,'=1+1", ',plain']
    """
    header = ",".join(_cell(str(name)) for name in frame.columns)
    rows = map(",".join, zip(*(_as_text(frame[name]) for name in frame.columns), strict=True))
    return ("\n".join([header, *rows]) + "\n").encode("utf-8")


def csv_line(cells: Iterable[str]) -> bytes:
    """Texts as one line of a CSV file, each made harmless: for tables that are written row by row.

    >>> csv_line(["=1+1", "plain", "a, b"]).decode().rstrip()
    '\\'=1+1,plain,"a, b"'
    """
    return (",".join(map(_cell, cells)) + "\n").encode("utf-8")


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and never computes: a quote before the signs that begin a formula.

    >>> harmless("=1+1"), harmless("plain")
    ("'=1+1", 'plain')
    """
    return f"'{text}" if text.startswith(DANGEROUS) else text


def json_bytes(content: Mapping[str, object]) -> bytes:
    """JSON with numbers at 12 significant digits; a NaN is a fault, never written."""
    return (json.dumps(_shortened(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def file_name(code: str) -> str:
    """A code as the name of a file or directory, from a fixed alphabet.

    >>> file_name("E06000023"), file_name("../a b")
    ('E06000023', '_.._a_b')
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", code)
    return safe if safe[:1].isalnum() else f"_{safe}"


def write_results(results: Results, directory: Path) -> None:
    """One CSV file a frame, and quality.json. A file may go its way alone: the version of the method is its last column."""
    for name, frame in results.frames.items():
        stamped = frame.assign(method=results.rules.method_version)
        (directory / f"{name}.csv").write_bytes(csv_bytes(stamped))
    (directory / "quality.json").write_bytes(json_bytes(results.quality))


def _cell(text: str) -> str:
    """A text as a cell: harmless, and in quotation marks where it holds a comma, a quotation mark or a line's end."""
    safe = harmless(text)
    return '"' + safe.replace('"', '""') + '"' if _NEEDS_QUOTES.search(safe) else safe


def _as_text(column: pd.Series) -> Sequence[str]:
    missing = column.isna().to_numpy()
    if pd.api.types.is_bool_dtype(column.dtype):
        shown = ["true" if value else "false" for value in column.fillna(value=False).tolist()]
    elif pd.api.types.is_integer_dtype(column.dtype):
        shown = [str(value) for value in column.fillna(0).tolist()]
    elif pd.api.types.is_float_dtype(column.dtype):
        numbers = column.astype("Float64").to_numpy(dtype=np.float64, na_value=0.0)
        shown = [f"{value:.{SIGNIFICANT_DIGITS}g}" for value in (numbers + 0.0).tolist()]  # + 0.0 turns -0 into 0
    else:
        shown = [_cell(str(value)) for value in column.tolist()]
    return ["" if is_missing else value for value, is_missing in zip(shown, missing.tolist(), strict=True)]


def _shortened(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _shortened(one) for key, one in value.items()}
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return value
