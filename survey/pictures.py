"""Pictures of a release: drawn once, kept as files, read from then on."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

import reports
from survey.models import Release

_DRAWING = (
    "charts/*.py",
    "*_reading.py",
    "area_shrinkage.py",
    "comparison_intervals.py",
    "documents/inside_pictures.py",
    "funnel.py",
    "narrative.py",
    "profile.py",
    "wording/*.toml",
)
_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Key:
    """What a picture depends on: the figures, who is shown beside whom, how it is drawn."""

    release_id: int
    digest: str
    authority: str
    peer_group: str
    kind: str
    language: str = "en"
    size: str = "wide"

    @property
    def etag(self) -> str:
        """Changes when the figures change, or the drawing does."""
        parts = (*(str(part) for part in astuple(self)), drawing_digest())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]

    @property
    def file(self) -> Path:
        """The release's own folder, and a name that is safe on every file system."""
        words = _UNSAFE.sub("-", f"{self.authority}-{self.kind}-{self.peer_group}".lower()).strip("-")
        return Path(f"release-{self.release_id}") / f"{words[:80]}-{self.etag}.svg"


def key(
    release: Release,
    *,
    kind: str,
    authority: str = "",
    peer_group: str = "all",
    language: str = "en",
    size: str = "wide",
) -> Key:
    """The key of a picture of a release."""
    digest = f"{release.label} {release.input_digest} {release.questionnaire_digest} {release.computed_at.isoformat()}"
    return Key(release.id, digest, authority, peer_group, kind, language, size)


def drawn(folder: Path, of: Key, draw: Callable[[], bytes]) -> bytes:
    """The picture from its file, or drawn now and kept.

    The file appears whole under its name or not at all: two processes that draw the same picture at once write the
    same bytes, and the later one replaces the earlier.
    """
    path = folder / of.file
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    content = draw()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return content


@cache
def drawing_digest() -> str:
    """A digest of the program that draws: a better picture in the next version is drawn anew."""
    folder = Path(reports.__file__).parent
    whole = hashlib.sha256()
    for pattern in _DRAWING:
        for file in sorted(folder.glob(pattern)):
            whole.update(file.read_bytes())
    return whole.hexdigest()
