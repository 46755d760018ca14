"""The radar of a self-assessment: staff as a solid line, squares that nothing connects, an empty axis for what is withheld."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from reports import say_do_reading
from reports.charts import say_do
from reports.say_do_reading import Apart

TITLES = {"mindset": "Digital mindset", "agile": "Agile adoption", "silos": "Working across silos", "leadership": "Distributed leadership"}  # fmt: skip


def apart(**changes):
    """Four dimensions: the staff at 60 (55 to 65), the authority's own word at 75; `changes` by measure."""
    rows = []
    for code, title in TITLES.items():
        plain = {"assessed": 75.0, "staff": 60.0, "staff_lower": 55.0, "staff_upper": 65.0, "n": 40, "gap": 10.0}
        plain |= {"lower": 5.0, "upper": 15.0, "verdict": "ABOVE"} | changes.get(code, {})
        rows.append(Apart(code, title, **plain))
    return tuple(rows)


def drawn(rows, size="wide"):
    return say_do.say_do(rows, say_do_reading.caption(rows, name="Aldersett", release="2026.1"), size=size).decode()


def ids(picture):
    return re.findall(r'id="([^"]+)"', picture)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_each_axis_has_the_staff_s_dot_with_whisker_and_a_square(size):
    found = ids(drawn(apart(), size))
    for code in TITLES:
        assert {f"dot-{code}", f"whisker-{code}", f"square-{code}"} <= set(found)
    assert not [one for one in found if one.startswith("quartiles")]  # no peers in this picture


def test_a_square_stands_at_its_score_on_its_axis():
    canvas = say_do.draw(apart(), say_do_reading.caption(apart(), name="Aldersett"))
    marks = {one.get_gid(): one for one in canvas.figure.artists + canvas.figure.patches if one.get_gid()}

    def centre(name):
        box = marks[name].get_path().get_extents()
        return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2

    x, y = centre("square-mindset")
    axis = marks["axis-mindset"].get_path().get_extents()  # from the centre upwards to 100
    assert x == pytest.approx(axis.x0, abs=0.01)
    assert (axis.y1 - y) / (axis.y1 - axis.y0) == pytest.approx(0.75, abs=0.02)


def test_an_axis_whose_staff_side_is_withheld_keeps_its_square_and_no_line():
    hidden = {"staff": None, "staff_lower": None, "staff_upper": None, "n": None, "gap": None, "verdict": None}
    picture = drawn(apart(silos=hidden))
    assert "square-silos" in ids(picture)
    assert "dot-silos" not in ids(picture)
    assert "What officers see is not shown on working across silos." in picture


def test_without_a_level_there_is_no_square():
    assert "square-agile" not in ids(drawn(apart(agile={"assessed": None, "gap": None, "verdict": None})))


def test_the_description_is_the_sentence_and_nothing_is_said_that_a_verdict_does_not_carry():
    rows = apart(**{code: {"gap": None, "lower": None, "upper": None, "verdict": None} for code in TITLES})
    caption = say_do_reading.caption(rows, name="Aldersett")
    root = ET.fromstring(drawn(rows))  # noqa: S314 - the picture is our own
    description = next(one.text for one in root.iter() if one.tag.endswith("desc"))
    assert description == caption.sentence
    assert "says more" not in caption.sentence
    assert "No difference between the two is shown" in caption.sentence


def test_two_measures_are_no_radar():
    with pytest.raises(ValueError, match="at least 3"):
        drawn(apart()[:2])
