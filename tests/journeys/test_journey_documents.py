"""Reports: a member waits for the own one and reads it; the research team asks for all of them in one file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pypdf import PdfReader

if TYPE_CHECKING:
    from tests.journeys.conftest import Walker

Links = dict[str, str]
LONGEST = 10  # pages: the cover, seven to read, two of questions and method (decision 52)
PATIENCE = 240_000  # milliseconds: a worker makes many reports beside these journeys


def test_a_member_waits_for_the_own_report_and_reads_it(walker: Walker, served: Links) -> None:
    walker.sign_in(served["member"])
    walker.open(walker.page.locator("main a[href*='/compare/']").first.evaluate("link => link.href"))
    walker.follow("Your report and that of all authorities (PDF)")
    page = walker.page
    report = page.locator("#documents li").first.locator("a[href$='/report.pdf']")  # that of the sector is the second
    report.wait_for(timeout=PATIENCE)  # the page renews itself while the reports are made
    walker.examine()
    answer = page.request.get(report.evaluate("link => link.href"))
    pages = PdfReader(io.BytesIO(answer.body())).pages
    assert len(pages) <= LONGEST
    words = " ".join(pages[1].extract_text().split())  # the first page after the cover has every finding, to the last
    assert "What officers could not say" in words


def test_the_research_team_asks_for_all_reports_and_sees_how_far_they_are(walker: Walker, served: Links) -> None:
    start = served["officer"].split("/r/")[0]
    walker.sign_in(served["researcher"])
    walker.open(f"{start}/research/releases/2025.1/documents")
    button = walker.page.get_by_role("button", name="Make the file", exact=True)
    if button.count():  # the walker before this one has not asked yet
        walker.press("Make the file")
    assert "what it made is found here" in walker.words or "2025.1-reports.zip" in walker.words
