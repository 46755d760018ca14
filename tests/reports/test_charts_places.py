"""Caterpillar and funnel: positions read back, no names, no NaN, the sentence; from one authority to hundreds."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from reports import comparison_intervals, places_reading
from reports import funnel as funnels
from reports.charts import caterpillar, funnel
from reports.documents import place_pictures
from reports.documents.imprint import Imprint
from reports.narrative import Foot
from reports.rules import Rules

SVG = "{http://www.w3.org/2000/svg}"
FOOT = Foot("2026.1", "1", demonstration=True)
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


def tree(picture: bytes) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own picture


@pytest.fixture
def questionnaire(asked):
    return asked("four-dimensions")


def scores(questionnaire, values, n=50):
    frames = [
        pd.DataFrame({
            "authority": [f"SECRET{place:03}" for place in range(len(values))], "measure": one.code, "n": n, "deff": 1.0,
            "score": values, "se_comparison": 2.0, "reason": pd.array([None] * len(values), dtype="string"),
        })
        for one in questionnaire.dimensions
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def agreement(questionnaire, lower=0.01):
    codes = [one.code for one in questionnaire.dimensions]
    return pd.DataFrame({"measure": codes, "tau2": 25.0, "sigma2": 400.0, "icc1_lower": lower})


def elements(picture: bytes) -> dict[str, ET.Element]:
    assert b"nan" not in picture.lower().replace(b"finance", b"")
    assert b"SECRET" not in picture
    return {one.get("id", ""): one for one in tree(picture).iter() if one.get("id")}


def numbers(one: ET.Element) -> list[float]:
    return [float(found) for found in NUMBERS.findall(one.get("d", ""))]


def bars_of(questionnaire, values):
    found = comparison_intervals.intervals(scores(questionnaire, values))
    return places_reading.bars(found, comparison_intervals.pairs(found), questionnaire)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_every_bar_is_as_long_as_its_interval_and_stands_from_low_to_high(questionnaire, size) -> None:
    shown = bars_of(questionnaire, [60.0, 40.0, 50.0])
    caption = places_reading.caterpillar_caption(shown, FOOT)
    found = elements(caterpillar.caterpillar(shown, caption, size=size))
    code = questionnaire.dimensions[0].code
    ends = numbers(found[f"bars-0-{code}"])  # x, lower, x, upper of each bar
    marks = numbers(found[f"scores-0-{code}"])
    across, low, high = ends[0::4], ends[1::4], ends[3::4]
    level = marks[1::4]
    assert across == sorted(across)
    assert level == sorted(level, reverse=True)  # y grows downwards
    point = (level[0] - level[2]) / 20  # 40 and 60
    for lower, upper in zip(low, high, strict=True):
        assert lower - upper == pytest.approx(2 * 1.39 * 2 * point, abs=0.05)
    line = float(found[f"middle-0-{code}"].get("y1", ""))
    assert line == pytest.approx(level[1], abs=0.05)  # the middle one of three


@pytest.mark.parametrize("count", [1, 2, 400])
def test_one_authority_and_hundreds_can_be_drawn(questionnaire, count) -> None:
    shown = bars_of(questionnaire, [40.0 + place / 20 for place in range(count)])
    picture = caterpillar.caterpillar(shown, places_reading.caterpillar_caption(shown, FOOT))
    code = questionnaire.dimensions[0].code
    assert len(numbers(elements(picture)[f"bars-0-{code}"])) == 4 * count
    assert len(picture) < 400_000


def test_points_of_the_funnel_stand_at_their_scores_and_outsiders_are_marked(questionnaire) -> None:
    values = [50.0] * 19 + [90.0]
    found = funnels.funnel(scores(questionnaire, values), agreement(questionnaire), Rules())
    shown = places_reading.points(found, questionnaire)
    code = questionnaire.dimensions[0].code
    drawn = elements(funnel.funnel(shown, places_reading.funnel_caption(shown, FOOT)))
    inside, outside = numbers(drawn[f"within-{code}"]), numbers(drawn[f"beyond-{code}"])
    assert len(inside) == 19 * 16
    assert len(outside) == 16  # eight corners
    centre_of = [sum(one[1::2]) / 8 for one in (inside[:16], outside)]
    line = float(drawn[f"centre-{code}"].get("y1", ""))
    point = (centre_of[0] - centre_of[1]) / 40
    assert line == pytest.approx(centre_of[0] - point * (52.0 - 50.0), abs=0.1)  # the mean of all is 52


def test_the_sentences_are_the_alternative_texts_and_say_what_chance_would_do(questionnaire) -> None:
    shown = place_pictures.shown(
        scores(questionnaire, [50.0] * 19 + [90.0]),
        agreement(questionnaire),
        pd.DataFrame({"code": [f"SECRET{place:03}" for place in range(20)], "type": ["county", "unitary"] * 10}),
        questionnaire,
        rules=Rules(),
        imprint=Imprint("2026.1"),
    )
    assert [one.kind for one in shown] == list(place_pictures.KINDS)
    for one in shown:
        for size in ("wide", "narrow"):
            assert tree(one.draw(size)).find(f"{SVG}desc").text == one.caption.sentence
    said = shown[-1].caption.sentence
    assert "1 of 20 authorities lie beyond the 95\u00a0% limits, where chance would put about 1" in said
    assert "For the research team only." in shown[0].caption.line
    assert all("SECRET" not in cell for one in shown if one.table for row in one.table.body for cell in row)
    pairs = shown[0].table.body[0]
    assert pairs[1:6] == ("20", "50", "50", "90", "10\u00a0%")  # 19 of 190 pairs differ


def test_where_authorities_do_not_differ_detectably_no_two_are_compared(questionnaire) -> None:
    given = scores(questionnaire, [50.0] * 19 + [90.0])
    nothing = agreement(questionnaire, lower=-0.001)
    assert not place_pictures.shown(given, nothing, None, questionnaire, rules=Rules(), imprint=Imprint())


def test_too_few_authorities_have_bars_and_no_funnel(questionnaire) -> None:
    given = scores(questionnaire, [40.0, 60.0])
    shown = place_pictures.shown(given, agreement(questionnaire), None, questionnaire, rules=Rules(), imprint=Imprint())
    assert [one.kind for one in shown] == ["caterpillar"]


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_nothing_is_cut_off(questionnaire, size) -> None:
    shown = bars_of(questionnaire, [1.0, 99.0])
    found = funnels.funnel(
        scores(questionnaire, [10.0, 90.0] * 10, n=[11, 100_000] * 10), agreement(questionnaire), Rules()
    )
    points = places_reading.points(found, questionnaire)
    for canvas in (
        caterpillar.draw(shown, places_reading.caterpillar_caption(shown, FOOT), size=size),
        caterpillar.draw_by_type(
            {"County councils": shown}, places_reading.caterpillar_caption(shown, FOOT), size=size
        ),
        funnel.draw(points, places_reading.funnel_caption(points, FOOT), size=size),
    ):
        for placed in canvas.texts:
            assert placed.left >= 0, placed
            assert placed.right <= canvas.width + 0.5, placed
            assert placed.bottom <= canvas.height, placed
