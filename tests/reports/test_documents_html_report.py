"""The HTML report: well formed, self-contained, the same numbers as the frames, nothing withheld, nothing executed."""

from __future__ import annotations

import base64
import itertools
import re

import html5lib
import pandas as pd
import pytest
from small_survey import DIMENSIONS, HOSTILE, questionnaire, register, results

from reports import narrative
from reports.documents import html_report
from reports.documents.imprint import Imprint
from reports.profile import profile, rows, sector_profile, theme_profile


def authority_report(code: str = "A01", name: str = "Authority 1", *, demonstration: bool = False) -> str:
    return html_report.authority(
        results().frames,
        questionnaire(),
        code=code,
        name=name,
        peer_group="type:county" if int(code[1:]) % 2 == 0 else "type:district",
        imprint=Imprint("2026.1", "1", "2026 survey", demonstration),
    )


def sector_report() -> str:
    return html_report.sector(
        results().frames, questionnaire(), authorities=register(), quality=results().quality, imprint=Imprint("2026.1")
    )


def parse(html: str):  # type: ignore[no-untyped-def]  # html5lib has no type for a tree
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


@pytest.mark.parametrize("report", ["own", "small", "sector"])
def test_the_report_is_strict_html_with_headings_in_order_and_needs_nothing_else(report: str) -> None:
    html = {"own": authority_report, "small": lambda: authority_report("A29", "Too small"), "sector": sector_report}[
        report
    ]()
    tree = parse(html)
    levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert not list(tree.iter("script"))
    assert not [element for element in tree.iter() if element.get("style") or element.get("onclick")]
    links = [element.get(name) for element in tree.iter() for name in ("src", "href", "srcset") if element.get(name)]
    assert links
    assert all(str(link).startswith("data:image/svg+xml;base64,") for link in links)


def test_every_table_has_a_caption_and_headings_with_their_scope() -> None:
    for html in (authority_report(), sector_report()):
        for table in parse(html).iter("table"):
            assert table.find("caption").text
            assert {cell.get("scope") for cell in table.iter("th")} == {"col", "row"}
            widths = {len(list(row)) for row in table.iter("tr")}
            assert len(widths) == 1


def test_a_picture_in_the_report_has_its_sentence_as_alternative_text() -> None:
    html = authority_report()
    finding = next(element.text for element in parse(html).iter("p") if element.get("class") == "lead")
    pictures = list(parse(html).iter("img"))
    assert [picture.get("alt") for picture in pictures] == [finding] * 2
    for picture in pictures:
        svg = base64.b64decode(picture.get("src").split(",")[1]).decode()
        assert f">{finding.replace('&', '&amp;')}</desc>" in svg


def test_the_table_shows_the_numbers_of_the_profile() -> None:
    numbers = (results().frames[name] for name in ("scores", "benchmarks", "standings"))
    own = rows(profile(*numbers, questionnaire(), authority="A01", peer_group="type:district"))
    table = next(iter(parse(authority_report()).iter("table")))
    for row, line in zip(own, list(table.iter("tr"))[1:], strict=True):
        cells = ["".join(cell.itertext()) for cell in line]
        assert cells[0] == row.title
        assert (float(cells[1]), float(cells[4])) == pytest.approx((row.score, row.median), abs=0.5000001)
        assert cells[3] == "40"


def test_a_name_full_of_markup_stays_a_name() -> None:
    html = authority_report("A00", HOSTILE)
    assert not list(parse(html).iter("script"))
    assert "<script" not in html
    assert HOSTILE in "".join(parse(html).find(".//h1").itertext())


def test_what_is_withheld_is_named_and_carries_no_number() -> None:
    html = authority_report("A29", "Too small")
    assert "The results of Too small are not shown." in html
    table = next(iter(parse(html).iter("table")))
    for line in list(table.iter("tr"))[1:]:
        cells = ["".join(cell.itertext()) for cell in line]
        assert cells[1:4] == ["not shown"] * 3
        assert cells[6] == "not shown"


def test_a_tier_with_too_few_answers_takes_the_other_with_it() -> None:
    """8 of 40 are senior: hidden; the other 32 would give them away by subtraction, so no tier is named."""
    page = parse(authority_report())
    assert "Tiers" not in [table.find("caption").text for table in page.iter("table")]
    notes = [words for one in page.iter("p") if (words := "".join(one.itertext())).startswith(narrative.refusal())]
    assert f"{narrative.refusal()} This holds for: Tiers." in notes


def test_made_up_data_are_called_so_everywhere() -> None:
    marked, plain = authority_report(demonstration=True), authority_report()
    assert marked.count("Made-up data.") == 2  # at the top and in the imprint; the pictures hold theirs as outlines
    assert "Made-up data." not in plain


def test_the_same_numbers_give_the_same_report() -> None:
    assert authority_report() == authority_report()
    assert sector_report() == sector_report()


def test_the_sector_says_who_took_part_and_what_was_not_tested() -> None:
    html = sector_report()
    table = next(iter(parse(html).iter("table")))
    body = [["".join(cell.itertext()) for cell in row] for row in list(table.iter("tr"))[1:]]
    assert body == [["County councils", "15", "15"], ["District councils", "15", "14"], ["All authorities", "30", "29"]]
    assert "Not tested in this release" in html
    assert "1,168 officers of 30 authorities answered." in html  # 29 x 40 + 8


def test_a_sector_with_nothing_to_show_says_so_once_and_draws_nothing() -> None:
    frames = dict(results().frames)
    benchmarks = frames["benchmarks"].copy()
    numbers = ["median", "median_lower", "median_upper", "lower_quartile", "upper_quartile", "n"]
    benchmarks[numbers] = pd.NA
    frames["benchmarks"] = benchmarks.assign(reason="too_few_authorities")
    html = html_report.sector(frames, questionnaire(), authorities=register(), imprint=Imprint("2026.1"))
    assert "Too few authorities have a score to show." in html
    assert "<img" not in html
    assert len(list(parse(html).iter("table"))) == 1  # who took part


def test_a_profile_leaves_out_what_has_a_reason_even_in_research_frames() -> None:
    frames = {name: results().frames[name].copy() for name in ("scores", "benchmarks", "standings")}
    chosen = (frames["scores"]["authority"] == "A01") & (frames["scores"]["measure"] == "agile")
    frames["scores"].loc[chosen, "reason"] = "too_few_people"
    group = (frames["benchmarks"]["peer_group"] == "type:district") & (frames["benchmarks"]["measure"] == "silos")
    frames["benchmarks"].loc[group, "reason"] = "too_few_authorities"
    mindset, agile, silos = rows(
        profile(*frames.values(), questionnaire(), authority="A01", peer_group="type:district")
    )
    assert None not in (mindset.score, mindset.median, mindset.verdict)
    assert (agile.score, agile.lower, agile.n, agile.verdict) == (None, None, None, None)
    assert (silos.median, silos.lower_quartile, silos.benchmark_n, silos.verdict) == (None, None, None, None)
    assert silos.score is not None


def test_themes_carry_no_verdict_and_the_sector_shows_medians_as_its_scores() -> None:
    frames = results().frames
    numbers = frames["scores"], frames["benchmarks"], frames["standings"]
    dimension = questionnaire().dimensions[0]
    theme = rows(theme_profile(*numbers, dimension, authority="A01", peer_group="all"))
    assert [(row.measure, row.verdict) for row in theme] == [("mindset_theme", None)]
    middle = rows(sector_profile(frames["benchmarks"], questionnaire(), peer_group="all"))
    stored = frames["benchmarks"].query("peer_group == 'all'").set_index("measure")
    assert [row.score for row in middle] == [stored.loc[code, "median"] for code in DIMENSIONS]
    assert {row.n for row in middle} == {29}
    assert {row.median for row in middle} == {None}


def test_an_unknown_authority_or_group_gives_an_empty_profile() -> None:
    numbers = (results().frames[name] for name in ("scores", "benchmarks", "standings"))
    found = rows(profile(*numbers, questionnaire(), authority="nobody", peer_group="type:none"))
    assert [row.measure for row in found] == list(DIMENSIONS)
    assert {(row.score, row.median, row.verdict) for row in found} == {(None, None, None)}
