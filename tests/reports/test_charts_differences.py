"""Pictures around zero and of service areas: positions read back from the SVG, what is withheld, the sentence."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest

from reports import area_reading, difference_reading
from reports.area_reading import Area, Areas, Panel
from reports.charts import areas, differences
from reports.difference_reading import Difference, Differences
from reports.inside_reading import Gap
from reports.narrative import Foot

SVG = "{http://www.w3.org/2000/svg}"
FOOT = Foot("2026.1", "1", demonstration=True)
SIZES = ["wide", "narrow"]


def tree(picture: bytes) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own picture


def gap(value=8.0, lower=2.0, upper=14.0, *, title="Digital mindset"):
    return Gap("mindset", title, "senior", "frontline", value, lower, upper, 20, 80, "ABOVE")


HIDDEN = Gap("agile", "Agile adoption", "senior", "frontline", None, None, None, None, None, None)


def read(picture: bytes) -> dict[str, ET.Element]:
    assert b"nan" not in picture
    assert b"style" not in picture
    return {one.get("id", ""): one for one in tree(picture).iter() if one.get("id")}


def middle(one: ET.Element) -> float:
    return float(one.get("cx", "nan"))


def test_marks_stand_at_their_points_around_zero() -> None:
    for size in SIZES:
        found = read(differences.differences(difference_reading.of_gaps([gap(), HIDDEN], FOOT), size=size))
        whisker, dot = found["whisker-mindset"], middle(found["dot-mindset"])
        left, right = float(whisker.get("x1", "")), float(whisker.get("x2", ""))
        zero = float(found["zero"].get("d", "").split("L")[0].removeprefix("M").split()[0])
        point = (right - left) / 12  # pixels a point: the whisker goes from 2 to 14
        assert dot == pytest.approx(zero + 8 * point, abs=0.05)
        assert left == pytest.approx(zero + 2 * point, abs=0.05)
        assert "dot-agile" not in found


def test_the_zone_is_as_wide_as_the_smallest_difference_on_both_sides() -> None:
    picture = tree(differences.differences(difference_reading.of_gaps([gap()], FOOT)))
    found = {one.get("id"): one for one in picture.iter()}
    whisker = found["whisker-mindset"]
    point = (float(whisker.get("x2", "")) - float(whisker.get("x1", ""))) / 12
    widths = [float(one.get("width", "0")) for one in picture.iter(f"{SVG}rect")]
    assert any(math.isclose(width, 2 * difference_reading.ZONE * point, abs_tol=0.05) for width in widths)


@pytest.mark.parametrize(
    ("furthest", "scale"), [(0.0, 10.0), (10.4, 10.0), (10.6, 15.0), (37.0, 40.0), (88.0, 90.0), (140.0, 100.0)]
)
def test_the_scale_reaches_the_furthest_mark_and_never_less_than_ten_points(furthest: float, scale: float) -> None:
    assert differences.reach([Difference("m", "Mindset", 0.0, -furthest, 0.0, "")]) == scale


def test_a_whisker_beyond_the_scale_ends_at_it() -> None:
    found = read(differences.differences(difference_reading.of_gaps([gap(value=95.0, lower=80.0, upper=130.0)], FOOT)))
    right = float(found["whisker-mindset"].get("x2", ""))
    dot, left = middle(found["dot-mindset"]), float(found["whisker-mindset"].get("x1", ""))
    assert (right - left) / (dot - left) == pytest.approx(20 / 15, abs=0.01)  # 80 to 100, and 80 to 95


def test_the_sector_s_picture_has_the_middle_half_and_begins_at_zero_for_divergence() -> None:
    row = Difference("mindset", "Digital mindset", None, None, None, "40 authorities", 2.0, 4.0, 7.0)
    caption = difference_reading.of_gaps([gap()], FOOT).caption
    found = read(differences.differences(Differences((row,), caption, None)))
    bar, tick = found["quartiles-mindset"], found["median-mindset"]
    left, width = float(bar.get("x", "")), float(bar.get("width", ""))
    assert float(tick.get("x1", "")) == pytest.approx(left + width * 2 / 5, abs=0.05)
    zero = float(found["zero"].get("d", found["zero"].get("points", "")).split("L")[0].removeprefix("M").split()[0])
    assert left == pytest.approx(zero + width * 2 / 5, abs=0.05)  # from 0 to 2, as 2 to 7 is the width


@pytest.mark.parametrize("size", SIZES)
def test_the_sentence_is_the_alternative_text(size) -> None:
    made = difference_reading.of_gaps([gap(), HIDDEN], FOOT)
    picture = tree(differences.differences(made, size=size))
    assert picture.find(f"{SVG}desc").text == made.caption.sentence
    assert made.caption.sentence == (
        "Senior leaders score higher than frontline officers on digital mindset (by 8 points). "
        "No comparison is shown on agile adoption."
    )


# Service areas

NAMES = ("Adult social care", "Housing, planning and everything that has to do with streets")


def shown(*cells: Area) -> Areas:
    hidden = Area(None, None, None, None)
    panels = (
        Panel("mindset", "Digital mindset", 50.0, tuple(cells)),
        Panel("agile", "Agile adoption", None, (hidden,) * len(cells)),
    )
    return Areas(NAMES[: len(cells)], panels)


def pictured(found: Areas, size="wide") -> bytes:
    return areas.areas(found, area_reading.caption(found, "Avon", FOOT), size=size)


@pytest.mark.parametrize("size", SIZES)
def test_areas_stand_at_their_scores_in_the_order_in_which_they_are_given(size) -> None:
    found = read(pictured(shown(Area(70.0, 60.0, 52.0, 68.0), Area(40.0, 45.0, 37.0, 53.0)), size))
    first, second = found["drawn-mindset-0"], found["drawn-mindset-1"]
    point = (middle(first) - middle(second)) / 15  # 60 and 45
    assert middle(found["plain-mindset-0"]) - middle(first) == pytest.approx(10 * point, abs=0.05)
    whisker = found["whisker-mindset-1"]
    assert float(whisker.get("x2", "")) - float(whisker.get("x1", "")) == pytest.approx(16 * point, abs=0.05)
    assert float(first.get("cy", "")) < float(second.get("cy", ""))
    line = float(found["authority-mindset"].get("d", found["authority-mindset"].get("x1", "")).lstrip("M").split()[0])
    assert line == pytest.approx(middle(second) + 5 * point, abs=0.05)


def test_an_area_that_is_withheld_has_no_mark_and_no_figure() -> None:
    found = shown(Area(70.0, 60.0, 52.0, 68.0), Area(None, None, None, None))
    assert not [name for name in read(pictured(found)) if name.endswith(("mindset-1", "agile-0"))]
    assert area_reading.cell(found.panels[0].areas[1]) == "not shown"
    assert area_reading.cell(found.panels[0].areas[0]) == "60 (52 to 68)"


def test_the_sentence_names_no_area_as_the_highest_or_the_lowest() -> None:
    found = shown(Area(70.0, 60.0, 52.0, 68.0), Area(40.0, 45.0, 37.0, 53.0))
    said = area_reading.sentence(found, "Avon")
    assert said == (
        "Drawn towards the score of Avon, its service areas lie from 45 to 60 on digital mindset, out of 100. "
        "Not shown: agile adoption."
    )
    assert tree(pictured(found)).find(f"{SVG}desc").text == said
    alike = shown(Area(50.2, 50.1, 45.0, 55.0), Area(49.8, 49.9, 45.0, 55.0))
    assert "its service areas lie at 50 on digital mindset" in area_reading.sentence(alike, "Avon")


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off(size) -> None:
    for canvas in (
        differences.draw(
            difference_reading.of_gaps([gap(title="A dimension with a rather long title"), HIDDEN], FOOT), size=size
        ),
        areas.draw(
            shown(Area(1.0, 2.0, 0.0, 9.0), Area(99.0, 98.0, 90.0, 100.0)),
            area_reading.caption(shown(), "Avon", FOOT),
            size=size,
        ),
    ):
        for placed in canvas.texts:
            assert placed.left >= 0, placed
            assert placed.right <= canvas.width + 0.5, placed
            assert placed.bottom <= canvas.height, placed
