"""The page that brings in exports of other tools: asked once, shown before it is taken, all or nothing."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import pytest
from forms_exports import BUILDING, COUNCIL, SECRETS, forms_export
from sqlalchemy import func, select

from survey.demonstration.sector import HOME
from survey.models import AuditEntry, Authority, PendingImport, SavedMapping, Submission

URL = "/research/waves/2026/responses/"


@pytest.fixture
def researcher_browser(browser, person):
    browser.sign_in(person("researcher"))
    return browser


@pytest.fixture
def home(sqlite_database) -> str:
    with sqlite_database.session() as session:
        return session.scalars(select(Authority.name).where(Authority.code == HOME)).one()


def upload(browser, path: Path):
    data = {"file": (io.BytesIO(path.read_bytes()), path.name)}
    return browser.post(URL, data, content_type="multipart/form-data")


def number(database, model) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def choices(text: str) -> dict[str, str]:
    """What the page proposes: the name of each select and what is chosen in it."""
    found = {}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_an_export_is_asked_about_once_and_next_time_goes_in_without_a_question(
    researcher_browser, sqlite_database, home, tmp_path
) -> None:
    browser, before = researcher_browser, number(sqlite_database, Submission)
    assert upload(browser, forms_export(home).xlsx(tmp_path / "export.xlsx")).status == 303
    page = browser.get(URL).text
    assert COUNCIL in page
    assert BUILDING in page
    assert "10 of 24 rows" in page  # three rows stood twice
    assert "ID, Start time, Completion time, Email, Name" in page
    assert not [one for one in SECRETS[:2] if one in page]
    assert len(choices(page)) == 3

    assert browser.post(f"{URL}accept", {"do": "accept", **choices(page)}).status == 303
    assert number(sqlite_database, Submission) == before + 24
    assert number(sqlite_database, PendingImport) == 0
    assert "24 answers" in browser.get(URL).text

    upload(browser, forms_export(home, officers=14, seed=5).csv(tmp_path / "next.csv"))
    page = browser.get(URL).text
    assert "10 of 14 rows" in page
    again = browser.post(f"{URL}accept", {"do": "accept"})  # nothing chosen anew
    assert again.status == 303
    assert number(sqlite_database, Submission) == before + 24 + 14


def test_what_was_chosen_can_be_looked_at_before_it_is_accepted(
    researcher_browser, sqlite_database, home, tmp_path
) -> None:
    browser, before = researcher_browser, number(sqlite_database, Submission)
    upload(browser, forms_export(home).csv(tmp_path / "export.csv"))
    page = browser.get(URL).text
    council = next(name for name, chosen in choices(page).items() if chosen == "authority")
    looked = browser.post(f"{URL}accept", choices(page) | {council: "leave out", "do": "look"})
    assert looked.status == 200
    assert "Whose answers are these?" in looked.text
    refused = browser.post(f"{URL}accept", choices(looked.text) | {"do": "accept"})
    assert refused.status == 422
    assert "Choose what “Whose answers are these?” means" in refused.text
    accepted = browser.post(f"{URL}accept", choices(looked.text) | {"authority": HOME, "do": "accept"})
    assert accepted.status == 303
    assert number(sqlite_database, Submission) == before + 24


def test_the_same_answers_again_are_refused_where_another_file_can_be_chosen(
    researcher_browser, sqlite_database, home, tmp_path
) -> None:
    browser, before = researcher_browser, number(sqlite_database, Submission)
    for expected in (303, 409):
        upload(browser, forms_export(home, seed=9).xlsx(tmp_path / "export.xlsx"))
        answer = browser.post(f"{URL}accept", {"do": "accept", **choices(browser.get(URL).text)})
        assert answer.status == expected
    assert "so nobody counts twice" in answer.text
    assert "Choose another file" in answer.text
    assert number(sqlite_database, Submission) == before + 24


def test_a_label_that_is_like_none_must_be_decided(researcher_browser, sqlite_database, home, tmp_path) -> None:
    browser, export = researcher_browser, forms_export(home)
    export.rows[1][7] = "Perhaps"
    upload(browser, export.csv(tmp_path / "export.csv"))
    page = browser.get(URL).text
    (name,) = [name for name, chosen in choices(page).items() if not chosen]
    refused = browser.post(f"{URL}accept", choices(page) | {"do": "accept"})
    assert refused.status == 422
    assert "Choose what “Perhaps” means" in refused.text
    forged = browser.post(f"{URL}accept", choices(page) | {name: "99", "do": "accept"})
    assert forged.status == 422
    assert browser.post(f"{URL}accept", choices(page) | {name: "dk", "do": "accept"}).status == 303


def test_a_file_that_cannot_be_read_changes_nothing(researcher_browser, sqlite_database, tmp_path) -> None:
    browser = researcher_browser
    path = tmp_path / "other.csv"
    path.write_text("Pizza,Beer\nyes,no\n")
    answer = upload(browser, path)
    assert answer.status == 422
    assert "no column has the code or the wording of a scored item" in answer.text
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    assert "not a readable .xlsx file" in upload(browser, path).text
    path = tmp_path / "answers.pdf"
    path.write_bytes(b"%PDF")
    assert upload(browser, path).status == 422
    assert number(sqlite_database, PendingImport) == 0


def test_an_uploaded_file_is_its_uploaders_alone_and_can_be_dropped(
    researcher_browser, sqlite_database, home, tmp_path
) -> None:
    browser = researcher_browser
    upload(browser, forms_export(home).csv(tmp_path / "export.csv"))
    with sqlite_database.session() as session:
        kept = session.scalars(select(PendingImport)).one()
        assert b"officer" not in gzip.decompress(kept.content)
    upload(browser, forms_export(home, officers=12).csv(tmp_path / "second.csv"))
    assert number(sqlite_database, PendingImport) == 1  # the second took the place of the first
    assert browser.post(f"{URL}discard").status == 303
    assert number(sqlite_database, PendingImport) == 0
    assert "Excel workbook or CSV file" in browser.get(URL).text


def test_a_kept_mapping_can_be_forgotten(researcher_browser, sqlite_database, home, tmp_path) -> None:
    browser = researcher_browser
    upload(browser, forms_export(home).csv(tmp_path / "export.csv"))
    browser.post(f"{URL}accept", {"do": "accept", **choices(browser.get(URL).text)})
    assert number(sqlite_database, SavedMapping) == 1
    assert "Forget it and ask again" in browser.get(URL).text
    assert browser.post(f"{URL}forget").status == 303
    assert number(sqlite_database, SavedMapping) == 0
    with sqlite_database.session() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert list(actions) == ["mapping.forgotten", "mapping.saved", "responses.imported"]


def test_the_name_of_a_file_is_kept_without_signs_that_no_column_or_page_takes(
    researcher_browser, sqlite_database, home, tmp_path
) -> None:
    content = forms_export(home).csv(tmp_path / "export.csv").read_bytes()
    data = {"file": (io.BytesIO(content), "re\x00port\u202e.csv")}
    assert researcher_browser.post(URL, data, content_type="multipart/form-data").status == 303
    with sqlite_database.session() as session:
        assert session.scalars(select(PendingImport.name)).one() == "report.csv"
