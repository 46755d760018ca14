"""A directory of results appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports.files.tables import FileFaults

MARK = "quality.json"
"""The file by which a directory is known as earlier results, which may be replaced."""


def refusal(directory: Path) -> str | None:
    """Why results cannot go there, or None."""
    if directory.exists() and not directory.is_dir():
        return f"{directory}: not a directory. Name another one with --out."
    if directory.is_dir() and any(directory.iterdir()) and not (directory / MARK).is_file():
        return f"{directory}: holds other files. Name an empty or a new directory with --out."
    return None


@contextmanager
def all_or_nothing(directory: Path) -> Iterator[Path]:
    """A temporary neighbour of `directory` to write into; it takes its place when the block ends without a fault."""
    fault = refusal(directory)
    if fault:
        raise FileFaults([fault])
    target = directory.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        (work / "new").mkdir()
        yield work / "new"
        if target.exists():
            target.rename(work / "old")
        (work / "new").rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
