"""Pictures are drawn once for a release, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from survey import pictures
from survey.pictures import Key

KEY = Key(7, "digest of the figures", "E06000023", "type:unitary", "dots")


def test_a_picture_is_drawn_once(tmp_path: Path) -> None:
    drawings = []

    def draw() -> bytes:
        drawings.append("drawn")
        return b"<svg/>"

    assert [pictures.drawn(tmp_path, KEY, draw) for _ in range(3)] == [b"<svg/>"] * 3
    assert drawings == ["drawn"]


@pytest.mark.parametrize(
    "change",
    [
        {"release_id": 8},
        {"digest": "other figures"},
        {"authority": "E06000024"},
        {"peer_group": "all"},
        {"kind": "radar"},
        {"language": "cy"},
        {"size": "narrow"},
    ],
)
def test_whatever_a_picture_depends_on_makes_it_another_picture(tmp_path: Path, change: dict[str, object]) -> None:
    other = replace(KEY, **change)
    pictures.drawn(tmp_path, KEY, lambda: b"one")
    assert pictures.drawn(tmp_path, other, lambda: b"other") == b"other"
    assert other.etag != KEY.etag


def test_a_failed_drawing_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise ValueError("no ink")

    with pytest.raises(ValueError, match="no ink"):
        pictures.drawn(tmp_path, KEY, fail)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_codes_from_outside_never_leave_the_folder(tmp_path: Path) -> None:
    wicked = replace(KEY, authority="../../etc", peer_group="type:/../..", kind="dots-..\\x")
    pictures.drawn(tmp_path, wicked, lambda: b"<svg/>")
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept.parent == tmp_path / "release-7"
