"""The page of microdata: what is withheld is told first, a promise is asked for, the file streams and is audited."""

from __future__ import annotations

import csv
import io
from collections import Counter

import openpyxl
import pytest
from sqlalchemy import select

from survey.models import AuditEntry

URL = "/research/waves/2025/microdata"
PROMISED = {"content": "labels", "agreed": "y"}


@pytest.fixture
def researcher_browser(browser, person):
    browser.sign_in(person("researcher"))
    return browser


def test_the_page_says_what_the_file_will_hold(researcher_browser) -> None:
    page = researcher_browser.get(URL)
    assert page.status == 200
    assert "In how many rows something is withheld" in page.text
    assert URL in researcher_browser.get("/research/waves/2025/").text


def test_a_file_without_the_promise_is_refused(researcher_browser) -> None:
    answer = researcher_browser.post(URL, {"content": "labels"})
    assert answer.status == 422
    assert "Confirm how you will use the rows" in answer.text


def test_rows_leave_with_no_small_combination_and_an_entry_in_the_audit_trail(
    researcher_browser, sqlite_database
) -> None:
    answer = researcher_browser.post(URL, PROMISED)
    assert answer.status == 200
    assert answer.response.headers["Content-Disposition"] == "attachment; filename=microdata-2025-labels.csv"
    assert answer.response.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    traits = ("authority", "service_area", "tier", "years")
    assert min(Counter(tuple(row[trait] for trait in traits) for row in rows).values()) >= 11
    with sqlite_database.session() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "microdata.exported")).one()
    assert entry.details["rows"] == len(rows)


def test_the_workbook_and_the_codebook_leave_too(researcher_browser) -> None:
    workbook = researcher_browser.post(URL, PROMISED | {"content": "workbook"})
    book = openpyxl.load_workbook(io.BytesIO(workbook.response.data), read_only=True)
    assert book.sheetnames == ["Cover", "Data", "Codebook"]
    codebook = researcher_browser.post(URL, PROMISED | {"content": "codebook"})
    assert codebook.text.startswith("column,question,kind")


def test_a_wave_in_the_field_has_no_microdata(researcher_browser) -> None:
    assert researcher_browser.get("/research/waves/2026/microdata").status == 404
    assert researcher_browser.post("/research/waves/2026/microdata", PROMISED).status == 404


def test_a_publisher_finds_no_such_page(browser, person) -> None:
    browser.sign_in(person("publisher-1"))
    assert browser.get(URL).status == 404
    assert browser.post(URL, PROMISED).status == 404
    assert "microdata" not in browser.get("/research/waves/2025/").text
