"""Pictures: every mark stands where the scale puts it, nothing is cut, and the words are those of the sentence."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import reports
from reports import narrative
from reports.charts import dots, radar, small_multiples, style, typeface
from reports.charts.canvas import Canvas, Placed
from reports.charts.room import Place, Stroke, crosses
from reports.charts.style import Size
from reports.frames import PROFILE
from reports.narrative import Caption

SVG = "{http://www.w3.org/2000/svg}"
SIZES: tuple[Size, ...] = ("wide", "narrow")
ROWS = [
    ("mindset", "Digital mindset", 62.0, 57.0, 67.0, 84, 131, 56.0, 51.0, 61.0, 23, "ABOVE"),
    ("agile", "Agile adoption", 48.0, 43.0, 53.0, 84, 131, 50.0, 46.0, 55.0, 23, "CANNOT_TELL"),
    ("silos", "Working across silos", 55.0, 49.0, 61.0, 84, 131, 52.0, 47.0, 57.0, 23, "SIMILAR"),
    ("leadership", "Distributed leadership", 41.0, 36.0, 46.0, 84, 131, 50.0, 45.0, 55.0, 23, "BELOW"),
]
Draw = Callable[..., Canvas]


def profile(rows: list[tuple[object, ...]] = ROWS) -> pd.DataFrame:
    return PROFILE.check(pd.DataFrame([(*row, True, pd.NA, pd.NA) for row in rows], columns=list(PROFILE.columns)))


def withheld(measure: str) -> pd.DataFrame:
    frame = profile()
    frame.loc[frame["measure"] == measure, ["score", "lower", "upper", "n", "verdict"]] = pd.NA
    return frame


def caption(frame: pd.DataFrame, name: str = "Northmoor", *, language: str = "en") -> Caption:
    return narrative.caption(
        frame, name=name, peer_group="type:unitary", release="2026.1", language=language, demonstration=True
    )


def parsed(picture: bytes) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - the picture is our own


def mark(root: ET.Element, name: str) -> dict[str, str]:
    found = [element for element in root.iter() if element.get("id") == name]
    assert len(found) == 1, f"{name}: {len(found)} marks"
    return dict(found[0].attrib)


def numbers(marked: dict[str, str], *names: str) -> list[float]:
    return [float(marked[name]) for name in names]


def words(canvas: Canvas) -> str:
    return " ".join(text.text for text in canvas.texts)


def inside(text: Placed, canvas: Canvas) -> bool:
    return min(text.left, text.top) >= 0 and text.right <= canvas.width and text.bottom <= canvas.height


@pytest.mark.parametrize("size", SIZES)
def test_dots_whiskers_and_peers_stand_where_the_scale_puts_them(size: Size) -> None:
    frame = profile()
    canvas = dots.draw(frame, caption(frame), size=size)
    scale = {text.text: (text.left + text.right) / 2 for text in canvas.texts if text.text in ("0", "100")}
    root = parsed(dots.dots(frame, caption(frame), size=size))

    def x(score: float) -> float:
        return scale["0"] + (scale["100"] - scale["0"]) * score / 100

    for measure, _, score, lower, upper, _, _, median, first, third, *_ in ROWS:
        assert numbers(mark(root, f"dot-{measure}"), "cx") == pytest.approx([x(score)], abs=0.02)
        assert numbers(mark(root, f"whisker-{measure}"), "x1", "x2") == pytest.approx([x(lower), x(upper)], abs=0.02)
        assert numbers(mark(root, f"median-{measure}"), "x1", "x2") == pytest.approx([x(median)] * 2, abs=0.02)
        left, width = numbers(mark(root, f"quartiles-{measure}"), "x", "width")
        assert [left, left + width] == pytest.approx([x(first), x(third)], abs=0.04)


def test_rows_keep_the_order_of_the_profile() -> None:
    root = parsed(dots.dots(profile(), caption(profile())))
    heights = [float(mark(root, f"dot-{row[0]}")["cy"]) for row in ROWS]
    assert heights == sorted(heights)


@pytest.mark.parametrize("size", SIZES)
def test_a_radar_mark_lies_on_its_axis_at_its_score(size: Size) -> None:
    root = parsed(radar.radar(profile(), caption(profile()), size=size))
    for place, (measure, _, score, lower, upper, *_) in enumerate(ROWS):
        cx, cy, rim_x, rim_y = numbers(mark(root, f"axis-{measure}"), "x1", "y1", "x2", "y2")
        radius = math.hypot(rim_x - cx, rim_y - cy)
        sideways, upwards = [(0, 1), (1, 0), (0, -1), (-1, 0)][place]  # clockwise from the top
        assert (rim_x - cx, cy - rim_y) == pytest.approx((sideways * radius, upwards * radius), abs=0.05)
        x, y = numbers(mark(root, f"dot-{measure}"), "cx", "cy")
        assert (x - cx, cy - y) == pytest.approx(
            (sideways * radius * score / 100, upwards * radius * score / 100), abs=0.05
        )
        x1, y1, x2, y2 = numbers(mark(root, f"whisker-{measure}"), "x1", "y1", "x2", "y2")
        along = [math.hypot(x1 - cx, y1 - cy), math.hypot(x2 - cx, y2 - cy)]
        assert along == pytest.approx([radius * lower / 100, radius * upper / 100], abs=0.05)


def test_the_radar_has_rings_with_level_names_and_no_filled_area() -> None:
    frame = profile()
    canvas = radar.draw(frame, caption(frame))
    said = words(canvas)
    assert [f"{25 * (level - 1)} {narrative.level_name(level)}" in said for level in (2, 3, 4)] == [True] * 3
    root = parsed(radar.radar(frame, caption(frame)))
    assert {line.get("fill") for line in root.iter(f"{SVG}polyline")} == {"none"}
    dashed = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke") == style.MEDIAN]
    assert len(dashed) == 4 + 1  # four sides and the key
    assert all(line.get("stroke-dasharray") for line in dashed)


@pytest.mark.parametrize("size", SIZES)
def test_the_names_of_the_rings_lie_on_no_line_of_scores(size: Size) -> None:
    frame = profile()
    canvas = radar.draw(frame, caption(frame), size=size)
    names = [one for one in canvas.texts if one.text.startswith(("25 ", "50 ", "75 "))]
    assert len(names) == 3
    root = parsed(radar.radar(frame, caption(frame), size=size))
    sides = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke") in (style.OWN, style.MEDIAN)]
    ends = [[tuple(map(float, point.split(","))) for point in str(line.get("points")).split()] for line in sides]
    assert len(ends) >= 8
    for one in names:
        box = Place(one.left, one.top, one.right, one.bottom)
        assert not [pair for pair in ends if crosses(Stroke(pair[0], pair[-1], 1.0), box)], one.text  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
def test_a_withheld_dimension_leaves_an_empty_axis_that_no_line_bridges(size: Size) -> None:
    frame = withheld("silos")
    root = parsed(radar.radar(frame, caption(frame), size=size))
    assert mark(root, "axis-silos")
    assert not [element for element in root.iter() if element.get("id") in ("dot-silos", "whisker-silos")]
    own = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke") == style.OWN]
    assert len(own) == 2  # of four sides, the two at the empty axis are gone
    peers = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke") == style.MEDIAN]
    assert len(peers) == 4 + 1  # the peers do not depend on it
    assert "not shown" in words(radar.draw(frame, caption(frame), size=size))
    assert "not shown" in words(dots.draw(frame, caption(frame), size=size))


def test_last_time_is_a_hollow_dot_only_where_it_is_known() -> None:
    frame = profile()
    assert b"before-" not in dots.dots(frame, caption(frame))
    frame["before"] = [58.0, None, None, 43.0]
    root = parsed(dots.dots(frame, caption(frame)))
    assert mark(root, "before-mindset")["fill"] == style.PAPER
    assert not [element for element in root.iter() if element.get("id") == "before-agile"]


@pytest.mark.parametrize("size", SIZES)
def test_elected_members_are_an_empty_diamond_with_a_key_and_words_only_where_they_are_known(size: Size) -> None:
    frame = profile()
    assert "Elected" not in dots.alternative(frame, caption(frame))
    frame["elected"] = [58.0, None, None, 43.0]
    root = parsed(dots.dots(frame, caption(frame), size=size))
    assert mark(root, "elected-mindset")["fill"] == "none"
    assert not [element for element in root.iter() if element.get("id") == "elected-agile"]
    words = "Elected members, who are not part of these scores: 58 on digital mindset and 43 on distributed leadership."
    assert words in dots.alternative(frame, caption(frame))
    assert words in "".join(root.itertext())
    key = " ".join(one.text for one in dots.draw(frame, caption(frame), size=size).texts)
    assert "elected members, not part of the score" in key


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("draw", [dots.draw, radar.draw])
@pytest.mark.parametrize(
    "name", ["Northmoor", "Bournemouth, Christchurch and Poole Combined Coastal Authority", "W" * 60, "Ŵŷ & <b>"]
)
def test_no_text_is_cut_and_none_lies_on_another(draw: Draw, name: str, size: Size) -> None:
    for frame in (profile(), withheld("agile")):
        for language in ("en", "cy"):
            canvas = draw(frame, caption(frame, name, language=language), size=size)
            for text in canvas.texts:
                assert inside(text, canvas), text
            for place, one in enumerate(canvas.texts):
                for other in canvas.texts[place + 1 :]:
                    apart = (
                        one.right <= other.left
                        or other.right <= one.left
                        or one.bottom <= other.top
                        or other.bottom <= one.top
                    )
                    assert apart, (one, other)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [3, 5, 6, 8])
def test_a_radar_works_with_other_numbers_of_dimensions(count: int, size: Size) -> None:
    frame = profile([(f"d{place}", f"Dimension number {place}", *ROWS[place % 4][2:]) for place in range(count)])
    canvas = radar.draw(frame, caption(frame), size=size)
    assert all(inside(text, canvas) for text in canvas.texts)


def test_two_measures_are_no_radar() -> None:
    with pytest.raises(ValueError, match="at least 3 measures; this profile has 2"):
        radar.radar(profile(ROWS[:2]), caption(profile(ROWS[:2])))


@pytest.mark.parametrize("draw", [dots.dots, radar.radar])
def test_a_picture_says_its_sentence_and_needs_no_style(draw: Callable[..., bytes]) -> None:
    frame = profile()
    said = caption(frame)
    picture = draw(frame, said)
    root = parsed(picture)
    assert root.get("role") == "img"
    labels = {element.get("id"): element.text for element in root if element.tag in (f"{SVG}title", f"{SVG}desc")}
    assert [labels[label] for label in str(root.get("aria-labelledby")).split()] == [said.heading, said.sentence]
    assert said.sentence == narrative.finding(frame, "Northmoor", "unitary authorities")
    assert b"style" not in picture
    assert b"<text" not in picture
    assert not re.search(rb"\d{4}-\d\d-\d\d", picture)
    assert len(picture) < 45_000


@pytest.mark.parametrize("draw", [dots.dots, radar.radar])
def test_the_same_numbers_give_the_same_bytes_in_any_thread(draw: Callable[..., bytes]) -> None:
    frame = profile()
    expected = draw(frame, caption(frame))
    typeface.load.cache_clear()
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(draw(frame, caption(frame)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def pixels(canvas: Canvas) -> np.ndarray:
    """The figure as matplotlib's own Agg renderer draws it: rows, columns, red green blue."""
    drawn = FigureCanvasAgg(canvas.figure)
    drawn.draw()
    return np.asarray(drawn.buffer_rgba())[:, :, :3]


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("draw", [dots.draw, radar.draw])
def test_svg_and_png_of_one_figure_agree(draw: Draw, size: Size) -> None:
    frame = profile()
    canvas = draw(frame, caption(frame), size=size)
    root = parsed(canvas.svg(title="", description="", language="en"))
    seen = pixels(canvas)
    assert seen.shape[1::-1] == (int(canvas.width), int(canvas.height))
    for row in ROWS:
        x, y = numbers(mark(root, f"dot-{row[0]}"), "cx", "cy")
        assert tuple(seen[int(y), int(x)]) == rgb(style.OWN)
        assert tuple(seen[int(y), int(x + style.DOT + 40)]) != rgb(style.OWN)
    for text in canvas.texts:
        box = seen[int(text.top) : int(text.bottom), int(text.left) : int(text.right) + 1].astype(int)
        inked = (box.sum(axis=2) < 2 * 255).mean()
        assert 0.05 < inked < 0.5, text  # letters stand there, and not a block of colour


def test_nothing_uses_pyplot_whose_figures_are_shared_by_all_threads() -> None:
    sources = Path(reports.__file__).parent.rglob("*.py")
    assert not [source.name for source in sources if "pyplot" in source.read_text(encoding="utf-8")]


def test_a_letter_that_the_font_lacks_is_the_empty_box_of_the_font() -> None:
    face = typeface.load("regular")
    assert face.glyph("北") is face.missing
    assert len(face.missing.codes)
    assert face.width("北", 1000) == face.missing.advance
    frame = profile()
    root = parsed(dots.dots(frame, caption(frame, "北")))
    assert {"b-", "r-"} <= {str(path.get("id")) for path in root.iter(f"{SVG}path")}


def test_hostile_names_stay_words() -> None:
    frame = profile()
    name = '</title><script>alert("1")</script>\x00&'
    root = parsed(dots.dots(frame, caption(frame, name)))
    assert not list(root.iter(f"{SVG}script"))
    assert name.replace("\x00", "�") in str(root.find(f"{SVG}title").text)  # type: ignore[union-attr]


def test_small_multiples_draw_each_group_on_the_same_scale() -> None:
    frame = profile()
    frame[["median", "verdict"]] = pd.NA
    groups = {"county councils": frame, "unitary authorities": withheld("agile").assign(median=pd.NA, verdict=pd.NA)}
    said = narrative.multiples_caption(groups, release="2026.1")
    root = parsed(small_multiples.small_multiples(groups, said))
    lengths = set()
    for group in ("county-councils", "unitary-authorities"):
        cx, cy, x, y = numbers(mark(root, f"axis-{group}-mindset"), "x1", "y1", "x2", "y2")
        lengths.add(round(math.hypot(x - cx, y - cy), 1))
    assert len(lengths) == 1
    assert "Not shown: agile adoption." in said.sentence
    for size in SIZES:
        canvas = small_multiples.draw(groups, said, size=size)
        assert "not shown" in words(canvas)
        assert all(inside(text, canvas) for text in canvas.texts)


def test_small_multiples_refuse_groups_that_cannot_be_compared() -> None:
    said = narrative.multiples_caption({"a": profile()})
    with pytest.raises(ValueError, match="at least one group"):
        small_multiples.small_multiples({}, said)
    with pytest.raises(ValueError, match="same three or more measures"):
        small_multiples.small_multiples({"a": profile(), "b": profile(ROWS[:3])}, said)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_and_marks_have_the_contrast_that_wcag_asks_for() -> None:
    assert min(contrast(colour, style.PAPER) for colour in (style.INK, style.QUIET, style.OWN)) >= 4.5
    assert min(contrast(colour, style.PAPER) for colour in (style.PEERS_EDGE, style.MEDIAN)) >= 3
    assert min(contrast(colour, style.PEERS) for colour in (style.OWN, style.MEDIAN)) >= 3
