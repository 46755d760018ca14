"""The published page of a wave: for everybody, about all authorities, naming none."""

from __future__ import annotations

import csv
import html
import io
import re

from sqlalchemy import delete, select, update

from survey.models import RESULT_TABLES, Authority, Release, WebSession

PAGE = "/results/2025.1/"
BENCHMARKS = RESULT_TABLES["benchmarks"]


def test_everybody_finds_the_published_releases(browser) -> None:
    page = browser.get("/results/").text
    assert page.index("/results/2025.1/") < page.index("/results/2024.1/")


def test_an_empty_service_says_that_nothing_is_published(browser, sqlite_database) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(Release).values(state="checked"))
        session.commit()
    assert "No results have been published yet." in browser.get("/results/").text


def test_the_sentence_is_the_alternative_text_and_stands_in_the_picture(browser) -> None:
    page = browser.get(PAGE).text
    sentence = re.search(r'<p class="app-finding">(.*?)</p>', page)[1]
    assert re.findall(r'<img src="[^"]*" alt="([^"]*)"', page)[:2] == [sentence, sentence]
    assert html.unescape(sentence) in html.unescape(browser.get(f"{PAGE}dots.svg").text)


def test_the_table_and_the_file_show_the_stored_medians(browser, sqlite_database) -> None:
    with sqlite_database.session() as session:
        mine = BENCHMARKS.c.release_id.in_(select(Release.id).order_by(Release.id.desc()).limit(1))
        rows = session.execute(select(BENCHMARKS).where(mine, BENCHMARKS.c.peer_group == "all")).all()
    medians = {row.measure: f"{row.median:.0f}" for row in rows}
    page = browser.get(PAGE).text
    lines = list(csv.DictReader(io.StringIO(browser.get(f"{PAGE}sector.csv").text)))
    assert [line["measure"] for line in lines] == ["mindset", "agile", "silos", "leadership"]
    for line in lines:
        assert line["median"] == medians[line["measure"]]
        assert f'<strong class="app-score">{medians[line["measure"]]}</strong>' in page


def test_a_release_of_too_few_authorities_says_so_and_has_no_picture_and_no_table(browser, sqlite_database) -> None:
    empty = dict.fromkeys(("median", "median_lower", "median_upper", "lower_quartile", "upper_quartile", "n"))
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(BENCHMARKS).values(**empty, reason="too_few_authorities"))
        session.commit()
    page = browser.get(PAGE).text
    assert "at least 10 authorities" in page
    assert "Who took part" in page
    assert not [part for part in ("<img", "not shown", "sector.csv") if part in page]


def test_a_type_of_which_one_figure_is_held_back_keeps_its_others_and_the_page_says_why(
    browser, sqlite_database
) -> None:
    empty = dict.fromkeys(("median", "median_lower", "median_upper", "lower_quartile", "upper_quartile", "n"))
    rule = "too few answers, or showing it could reveal"
    with sqlite_database.session() as session, sqlite_database.write(session):
        of_it = BENCHMARKS.c.peer_group.in_(("type:district", "type:unitary")) & (BENCHMARKS.c.measure == "mindset")
        session.execute(update(BENCHMARKS).where(of_it).values(**empty, reason="pinned"))
        session.commit()
    page = browser.get(PAGE).text
    rows = re.findall(r'<th scope="row"[^>]*>(?:District|Unitary).*?</tr>', page, flags=re.DOTALL)
    told = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    told = [row for row in told if "not shown" in row]
    assert told
    for row in told:
        assert re.search(r"^\S+ \S+ not shown \d.* \d+$", row), row  # two words, the figure, the others, how many
    assert rule in page[page.index('id="types"') : page.index(">Themes<")]


def test_no_authority_is_named(browser, sqlite_database) -> None:
    with sqlite_database.session() as session:
        names = session.execute(select(Authority.code, Authority.name)).all()
    everything = "".join(
        browser.get(PAGE + path).text for path in ("", "dots.svg", "radar.svg", "types.svg", "sector.csv")
    )
    assert not [name for code, name in names if name in everything or code in everything]


def test_who_took_part_is_said_by_type_and_nation(browser) -> None:
    page = browser.get(PAGE).text
    assert "District councils" in page
    assert re.search(r"14 of 14|13 of 14", page)  # of the register's districts
    assert "Authorities in England" in page


def test_pictures_may_be_kept_by_anybody(browser) -> None:
    answer = browser.get(f"{PAGE}types.svg?size=narrow")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, no-cache")
    assert browser.get(f"{PAGE}types.svg?size=narrow", headers={"If-None-Match": answer.headers["ETag"]}).status == 304


def test_labels_that_are_no_release_are_not_there(browser) -> None:
    for label in ("2025", "2025.2", "2025.x", "2026.1", ".1", "2025.1.1", "2025.99999999999"):
        assert browser.get(f"/results/{label}/").status == 404


def test_the_page_costs_a_fixed_number_of_statements(browser) -> None:
    assert len(browser.get(PAGE).statements) <= 9


def test_a_picture_that_carries_a_cookie_is_for_no_shared_cache(browser, person, sqlite_database) -> None:
    """An ended session is taken out of the browser's cookie by whatever it asks for next."""
    address = "/results/2025.1/dots.svg"
    assert browser.get(address).headers["Cache-Control"] == "public, no-cache"
    browser.sign_in(person("member"))
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(delete(WebSession))
        session.commit()
    answer = browser.get(address)
    assert "Set-Cookie" in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
