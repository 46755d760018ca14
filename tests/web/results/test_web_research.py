"""The research team runs a wave and its releases; two persons publish; every export leaves a trace."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import func, insert, select, update

from survey import audit
from survey.demonstration.sector import HOME
from survey.models import (
    RESULT_TABLES,
    AuditEntry,
    Authority,
    Headcount,
    Invitation,
    OutboxMessage,
    Participation,
    Release,
    Wave,
)

WALL = "%Y-%m-%d %H:%M"


@pytest.fixture
def researcher_browser(browser, person):
    browser.sign_in(person("researcher"))
    return browser


def actions(database) -> list[str]:
    with database.session() as session:
        assert audit.verify(session) == ()
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def one(database, query):
    with database.session() as session:
        return session.scalars(query).one()


def plan(browser, **changes: str):
    clock = datetime.now(UTC)
    form = {
        "code": "2027",
        "title": "Digital maturity survey 2027",
        "edition": "1",
        "opens": (clock - timedelta(days=2)).strftime(WALL),
        "deadline": (clock + timedelta(days=40)).strftime(WALL),
    }
    return browser.post("/research/waves/plan", form | changes)


def upload(browser, url: str, text: str):
    return browser.post(url, {"file": (io.BytesIO(text.encode()), "file.csv")}, content_type="multipart/form-data")


def test_a_wave_goes_from_its_plan_to_its_end(researcher_browser, sqlite_database) -> None:
    browser = researcher_browser
    assert plan(browser).location == "/research/waves/2027/"
    page = browser.get("/research/waves/2027/").text
    assert "planned" in page

    assert browser.post("/research/waves/2027/authorities", {"codes": f"{HOME}\r\nD020\r\n"}).status == 303
    lines = f"authority,service_area,tier,headcount\n{HOME},,,131\nD020,,,90\n"
    assert upload(browser, "/research/waves/2027/headcounts", lines).status == 303
    assert (
        one(
            sqlite_database,
            select(func.count()).select_from(Headcount).join(Participation).join(Wave).where(Wave.code == "2027"),
        )
        == 2
    )

    assert browser.get("/research/waves/2027/open").status == 200
    assert browser.post("/research/waves/2027/open").status == 303
    assert one(sqlite_database, select(Wave.state).where(Wave.code == "2027")) == "open"
    assert browser.post("/research/waves/2027/open").status == 409  # a second click
    page = browser.get("/research/waves/2027/").text
    assert "Nothing was sealed since the last rewrite, in any survey." in page
    assert "The settings are as the privacy notice says." in page

    refused = browser.post("/research/waves/2027/close", {"reason": ""})
    assert refused.status == 422
    assert "Enter the reason" in refused.text
    assert browser.post("/research/waves/2027/close", {"reason": "A trial only."}).status == 303
    assert one(sqlite_database, select(Wave.state).where(Wave.code == "2027")) == "closed"
    done = actions(sqlite_database)
    assert [one for one in done if one in ("wave.planned", "wave.opened", "wave.closed")][-3:] == [
        "wave.planned", "wave.opened", "wave.closed",
    ]  # fmt: skip


def test_what_was_typed_stays_where_something_is_wrong(researcher_browser) -> None:
    answer = plan(researcher_browser, code="Not A Code", title="", deadline="next week")
    assert answer.status == 422
    assert 'value="Not A Code"' in answer.text
    assert 'value="next week"' in answer.text
    assert 'href="#code">Use small letters' in answer.text  # in the summary, leading to the field
    assert answer.text.count("Enter a title") == 2  # there and beside the field


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "2025"}, "there is a wave 2025 already"),
        ({"deadline": "2020-01-01 09:00"}, "must follow each other"),
        ({"deadline": "2027-03-28 01:30"}, "does not exist in Europe/London"),
        ({"opens": "tomorrow"}, "is not a date and time"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_reason(researcher_browser, changes, sentence) -> None:
    answer = plan(researcher_browser, **changes)
    assert answer.status == 422
    assert sentence in answer.text
    assert 'value="Digital maturity survey 2027"' in answer.text


def test_every_fault_of_a_file_is_listed_and_nothing_is_taken_in(researcher_browser, sqlite_database) -> None:
    plan(researcher_browser)
    researcher_browser.post("/research/waves/2027/authorities", {"codes": HOME})
    lines = f"authority,service_area,tier,headcount\n{HOME},,,131\nX999,,,90\n{HOME},,,many\n"
    answer = upload(researcher_browser, "/research/waves/2027/headcounts", lines)
    assert answer.status == 422
    assert "X999" in answer.text
    assert "many" in answer.text
    counted = select(func.count()).select_from(Headcount).join(Participation).join(Wave).where(Wave.code == "2027")
    assert one(sqlite_database, counted) == 0


@pytest.mark.parametrize(
    "content", ["", "code\n", "code,name\nA1,<script>alert(1)</script>,x\n", "code,name\nD019,\n", "\x00\x01"]
)
def test_a_register_that_cannot_be_read_is_refused_in_words(researcher_browser, content: str) -> None:
    answer = upload(researcher_browser, "/research/authorities", content)
    assert answer.status == 422
    assert "There is a problem" in answer.text
    assert "<script>alert" not in answer.text


def test_a_register_comes_in_and_says_what_changed(researcher_browser) -> None:
    answer = upload(researcher_browser, "/research/authorities", "code,name,type\nZ1,Newmarsh,district\n")
    assert (answer.status, "1 added, 0 changed, 0 as they were." in answer.text) == (200, True)
    assert "New types" not in answer.text
    slip = upload(researcher_browser, "/research/authorities", "code,name,type\nZ2,Oldmarsh,distrct\n")
    assert "New types in the register: “distrct”." in slip.text
    assert researcher_browser.post("/research/authorities", {}).status == 422  # no file chosen


def test_a_file_may_be_large_but_not_huge_and_other_forms_stay_small(researcher_browser) -> None:
    rows = "".join(f"Z{number},{number} {'m' * 200},district\n" for number in range(1_300))
    assert len(rows) > 256 * 1024
    answer = upload(researcher_browser, "/research/authorities", "code,name,type\n" + rows)
    assert (answer.status, "1300 added" in answer.text) == (200, True)
    huge = {"content_type": "multipart/form-data; boundary=x", "environ_overrides": {"CONTENT_LENGTH": "11000000"}}
    assert researcher_browser.post_without_token("/research/authorities", **huge).status == 413
    assert researcher_browser.post("/research/waves/2026/authorities", {"codes": "x" * (300 * 1024)}).status == 413


def test_unknown_authorities_are_all_named_and_none_is_added(researcher_browser, sqlite_database) -> None:
    plan(researcher_browser)
    answer = researcher_browser.post("/research/waves/2027/authorities", {"codes": f"{HOME}\nX1\nX2"})
    assert answer.status == 422
    assert "X1: not in the register" in answer.text
    assert "X2: not in the register" in answer.text
    assert f"{HOME}\nX1\nX2</textarea>" in answer.text
    counted = select(func.count()).select_from(Participation).join(Wave).where(Wave.code == "2027")
    assert one(sqlite_database, counted) == 0


def test_mails_go_out_only_when_their_number_is_typed(researcher_browser, sqlite_database) -> None:
    personal = select(func.count()).select_from(Invitation).where(Invitation.kind == "personal", ~Invitation.revoked)
    with sqlite_database.session() as session:
        wave = select(Wave.id).where(Wave.code == "2026").scalar_subquery()
        count = session.scalar(personal.join(Participation).where(Participation.wave_id == wave))
    assert count
    mails = select(func.count()).select_from(OutboxMessage)
    page = researcher_browser.get("/research/waves/2026/invite").text
    assert f"{count} mails would be sent" in page
    for typed in ("", str(count - 1), "all"):
        assert researcher_browser.post("/research/waves/2026/invite", {"number": typed}).status == 422
    assert one(sqlite_database, mails) == 0
    assert researcher_browser.post("/research/waves/2026/invite", {"number": str(count)}).status == 303
    assert one(sqlite_database, mails) == count
    again = researcher_browser.get("/research/waves/2026/invite").text
    assert "There is nobody to write to" in again
    assert researcher_browser.post("/research/waves/2026/invite", {"number": "0"}).status == 303
    assert one(sqlite_database, mails) == count  # nobody twice
    assert "invitations.queued" in actions(sqlite_database)


def test_links_come_as_a_file_that_leaves_a_trace(researcher_browser, sqlite_database) -> None:
    assert researcher_browser.get("/research/waves/2026/links").status == 200
    answer = researcher_browser.post("/research/waves/2026/links")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert {line["authority"] for line in lines} >= {HOME}
    assert all("/r/" in line["url"] for line in lines)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert actions(sqlite_database)[-1] == "links.downloaded"


def test_counts_of_a_wave_are_rounded(researcher_browser) -> None:
    page = researcher_browser.get("/research/waves/2026/").text
    cells = page.split('data-label="Answers, at least"><span class="app-stack__value">')[1:]
    assert len(cells) == 14
    assert all(int(cell.partition("<")[0]) % 5 == 0 for cell in cells)


def test_one_authority_is_found_among_those_that_take_part(researcher_browser) -> None:
    page = researcher_browser.get(f"/research/waves/2026/?find={HOME.lower()}").text
    assert page.count('data-label="Answers, at least"') == 1
    assert HOME in page
    page = researcher_browser.get("/research/waves/2026/?find=%3Cb%3Enowhere").text
    assert "No authority of this survey has that" in page
    assert 'value="&lt;b&gt;nowhere"' in page


def test_two_persons_publish_a_release(browser, person, sqlite_database, web_settings, work) -> None:
    browser.sign_in(person("publisher-1"))
    asked = browser.post("/research/waves/2025/compute")
    assert browser.get("/research/releases/2025.2/").status == 404  # not before a worker has done it
    work(sqlite_database, web_settings)
    assert 'href="/research/releases/2025.2/">See release 2025.2<' in browser.follow(asked).text
    page = browser.get("/research/releases/2025.2/").text
    assert "You computed this release, so a second person has to approve it." in page
    assert "Questions most often without an answer" in page
    assert re.search(r"for (\d+) of 14 authorities", page)
    assert "Fewer people than the threshold are scored." in page
    assert browser.post("/research/releases/2025.2/approve").status == 403
    assert browser.get("/results/2025.2/").status == 404

    browser.sign_in(person("publisher-2"))
    assert browser.post("/research/releases/2025.2/publish").status == 409  # not approved yet
    assert browser.post("/research/releases/2025.2/approve").status == 303
    assert browser.post("/research/releases/2025.2/approve").status == 409
    refused = browser.post("/research/releases/2025.2/publish", {"embargo_until": "soon"})
    assert (refused.status, 'value="soon"' in refused.text) == (422, True)
    assert browser.post("/research/releases/2025.2/publish", {"embargo_until": ""}).status == 303
    assert browser.get("/results/2025.2/").status == 200
    gone = browser.get("/results/2025.1/")
    assert (gone.status, "replaced by release 2025.2" in gone.text) == (404, True)
    assert 'href="/results/2025.2/"' in gone.text
    assert "release.published" in actions(sqlite_database)


def test_an_embargo_keeps_the_old_release_until_its_end(browser, person, sqlite_database, web_settings, work) -> None:
    browser.sign_in(person("researcher"))
    browser.post("/research/waves/2025/compute")
    work(sqlite_database, web_settings)
    browser.sign_in(person("publisher-1"))
    browser.post("/research/releases/2025.2/approve")
    assert browser.post("/research/releases/2025.2/publish", {"embargo_until": "2099-01-01 09:00"}).status == 303
    assert (browser.get("/results/2025.2/").status, browser.get("/results/2025.1/").status) == (404, 200)
    assert "The published page" not in browser.get("/research/releases/2025.2/").text
    assert "The published page" in browser.get("/research/releases/2025.1/").text


def test_a_researcher_computes_but_neither_approves_nor_publishes(researcher_browser) -> None:
    for step in ("approve", "publish"):
        assert researcher_browser.get(f"/research/releases/2025.1/{step}").status == 404
        assert researcher_browser.post(f"/research/releases/2025.1/{step}").status == 404


def test_only_a_closed_wave_can_be_computed(researcher_browser) -> None:
    assert researcher_browser.get("/research/waves/2026/compute").status == 404
    assert researcher_browser.post("/research/waves/2026/compute").status == 404


RESEARCH_PAGES = (
    "/research/", "/research/waves/", "/research/waves/plan", "/research/waves/2026/", "/research/waves/2026/invite",
    "/research/waves/2026/links", "/research/waves/2026/authorities", "/research/waves/2026/headcounts",
    "/research/waves/2026/close", "/research/authorities", "/research/releases/", "/research/releases/2025.1/",
    "/research/waves/2025/compute", "/research/exports/",
)  # fmt: skip


@pytest.mark.parametrize("entrance", ["member", "lead"])
def test_nobody_else_finds_the_research_pages(browser, person, entrance: str) -> None:
    browser.sign_in(person(entrance))
    assert {browser.get(url).status for url in RESEARCH_PAGES} == {404}


def test_every_research_page_reads_and_changes_nothing(researcher_browser) -> None:
    for url in RESEARCH_PAGES:
        answer = researcher_browser.get(url)
        assert answer.status == 200, url
        assert not [s for s in answer.statements if not s.lstrip().upper().startswith("SELECT")], url
        assert len(answer.statements) <= 12, url


def export(browser, content: str, release: str = "2025.1"):
    return browser.post("/research/exports/", {"release": release, "content": content})


def stored(database, table: str, value: str) -> dict[tuple[str, ...], float | None]:
    columns = RESULT_TABLES[table]
    keys = ("peer_group", "measure") if table == "benchmarks" else ("authority", "measure")
    wanted = select(Release.id).join(Wave).where(Wave.code == "2025").scalar_subquery()
    with database.session() as session:
        rows = session.execute(select(columns).where(columns.c.release_id == wanted)).all()
    return {tuple(getattr(row, key) for key in keys): getattr(row, value) for row in rows}


@pytest.mark.parametrize(("table", "value", "near"), [("benchmarks", "median", 0.5), ("scores", "score", 0.05)])
def test_an_exported_table_equals_what_is_stored(researcher_browser, sqlite_database, table, value, near) -> None:
    kept = stored(sqlite_database, table, value)
    lines = list(csv.DictReader(io.StringIO(export(researcher_browser, table).text)))
    keys = ("peer_group", "measure") if table == "benchmarks" else ("authority", "measure")
    assert {tuple(line[key] for key in keys) for line in lines} == set(kept)
    for line in lines:
        expected = kept[tuple(line[key] for key in keys)]
        if expected is None:
            assert (line[value], line["reason"]) == ("", "withheld")
        else:
            assert abs(float(line[value]) - expected) <= near + 1e-9


def test_the_workbook_holds_the_same_as_the_files_and_every_download_is_audited(
    researcher_browser, sqlite_database
) -> None:
    answer = export(researcher_browser, "workbook")
    book = openpyxl.load_workbook(io.BytesIO(answer.response.data))
    assert book.sheetnames == [
        "Cover", "Contents", "Notes", "Scores", "Standings", "Benchmarks", "Self-assessment", "Change",
        "Change of the sector",
    ]  # fmt: skip
    kept = stored(sqlite_database, "say_do", "gap")
    assert len(list(book["Self-assessment"].iter_rows(min_row=4, values_only=True))) == len(kept) > 0
    _, _, heads, *rows = book["Scores"].iter_rows(values_only=True)
    file = list(csv.DictReader(io.StringIO(export(researcher_browser, "scores").text)))
    code, measure, score = (heads.index(head) for head in ("Authority code", "Measure code", "Score [note\u00a01]"))
    shown = {(row[code], row[measure]): row[score] for row in rows}
    assert len(rows) == len(file) == len(shown)
    assert shown == {
        (line["authority"], line["measure"]): float(line["score"]) if line["score"] else "[c]" for line in file
    }
    assert actions(sqlite_database)[-2:] == ["export.downloaded", "export.downloaded"]


def test_a_name_that_looks_like_a_formula_is_harmless_in_every_file(researcher_browser, sqlite_database) -> None:
    danger = '=HYPERLINK("http://example.org","x")'
    scores = RESULT_TABLES["scores"]
    with sqlite_database.session() as session, sqlite_database.write(session):
        wanted = select(Release.id).join(Wave).where(Wave.code == "2025").scalar_subquery()
        session.execute(
            update(scores).where(scores.c.release_id == wanted, scores.c.authority == HOME).values(authority=danger)
        )
        session.commit()
    codes = {line["authority"] for line in csv.DictReader(io.StringIO(export(researcher_browser, "scores").text))}
    assert "'" + danger in codes
    assert danger not in codes
    book = openpyxl.load_workbook(io.BytesIO(export(researcher_browser, "workbook").response.data))
    cells = [cell for row in book["Scores"].iter_rows() for cell in row]
    assert danger in {cell.value for cell in cells}  # text as it is, and of type text
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_only_released_numbers_and_offered_tables_can_be_exported(researcher_browser, sqlite_database) -> None:
    assert export(researcher_browser, "items").status == 422
    assert export(researcher_browser, "scores", "2026.1").status == 422
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(Release).values(state="checked"))
        session.commit()
    assert "nothing to download" in researcher_browser.get("/research/exports/").text
    assert export(researcher_browser, "scores").status == 422


def test_an_export_names_what_it_holds(researcher_browser) -> None:
    answer = export(researcher_browser, "standings")
    assert answer.headers["Content-Disposition"] == "attachment; filename=2025.1-standings.csv"
    assert "percentile_rank" in answer.text.splitlines()[0]
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert {line["percentile_rank"] for line in lines} == {""}  # no naked ranks leave


def test_counts_of_a_wave_cost_the_same_however_many_take_part(researcher_browser, sqlite_database) -> None:
    few = researcher_browser.get("/research/waves/2026/").statements
    with sqlite_database.session() as session, sqlite_database.write(session):
        wave = session.scalars(select(Wave).where(Wave.code == "2026")).one()
        plan_id = wave.edition_id
        new = Wave(code="big", title="Big", edition_id=plan_id, opens_at=wave.opens_at, deadline_at=wave.deadline_at,
                   last_start_at=wave.last_start_at, closes_at=wave.closes_at, state=wave.state)  # fmt: skip
        session.add(new)
        session.flush()
        first = session.scalars(
            select(Participation.authority_id).where(Participation.wave_id == wave.id).limit(2)
        ).all()
        session.execute(
            insert(Participation), [{"wave_id": new.id, "authority_id": one, "state": "invited"} for one in first]
        )
        session.commit()
    assert len(researcher_browser.get("/research/waves/big/").statements) == len(few)


def test_the_team_reads_which_service_areas_to_remind_as_the_lead_does_and_no_number(
    browser, person, sqlite_database
) -> None:
    """Three authorities whose links nobody has used, as far as receipts go."""
    few = [HOME, "D020", "D021"]
    with sqlite_database.session() as session, sqlite_database.write(session):
        parts = session.scalars(
            select(Participation.id).join(Authority).join(Wave).where(Authority.code.in_(few), Wave.code == "2026")
        ).all()
        of_them = Invitation.participation_id.in_(parts)
        session.execute(update(Invitation).where(of_them).values(used=False, received=0))
        session.commit()
    browser.sign_in(person("researcher"))
    answer = browser.get("/research/waves/2026/")
    assert len(answer.statements) <= 12
    listed = answer.text.partition("Whom to remind next")[2].partition('<p class="app-note">')[0]
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", listed))
    assert listed.count("with a few more answers it can have results.") == 3
    mine = listed.partition("Aldersett: with a few more answers it can have results.")[2].partition("</ul>")[0]
    browser.sign_in(person("lead"))
    page = browser.get(f"/lead/{HOME}/2026/").text.partition("Whom to remind next")[2].partition("</ul>")[0]
    told, read = (re.findall(r"<li>([^<]+)</li>", one) for one in (mine, page))
    assert told == read != []
