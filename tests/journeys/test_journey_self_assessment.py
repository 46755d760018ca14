"""A lead fills in, checks, sends and takes back the self-assessment; a member reads it beside what officers see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walker

Links = dict[str, str]
HOME = "D019"


def begin(walker: Walker, served: Links) -> str:
    """Signed in as the lead, on the overview of the self-assessment; its address."""
    start = served["officer"].split("/r/")[0]
    walker.sign_in(served["lead"])
    walker.open(f"{start}/lead/{HOME}/2026/")
    walker.follow("Fill in the self-assessment")
    return walker.page.url


def fill_in_and_send(walker: Walker, overview: str) -> None:
    walker.follow("Safe to try")
    walker.page.get_by_label("3 Growing.").check()
    walker.page.get_by_label("What shows it?").fill("A board that stops pilots early, and says why.")
    walker.page.get_by_label("Where do you want to be next year?").select_option(label="4 Established")
    walker.press("Save and continue")
    assert "Designed with people" in walker.page.locator("h1").inner_text()
    walker.press("Save and see all themes")
    assert re.search(r"Safe to try\s+Level 3: Growing", walker.words)
    walker.follow("Check and send")
    assert "A board that stops pilots early" in walker.words
    walker.press("Send the self-assessment")
    assert walker.page.url == overview
    assert "You sent this self-assessment" in walker.words
    walker.press("Take it back and change it")
    assert "Check and send" in walker.words


def test_a_lead_fills_in_the_self_assessment(walker: Walker, served: Links) -> None:
    fill_in_and_send(walker, begin(walker, served))


def test_a_lead_fills_it_in_without_javascript(plain_walker: Walker, served: Links) -> None:
    fill_in_and_send(plain_walker, begin(plain_walker, served))


def test_every_page_of_the_self_assessment_can_be_read_by_all(walker: Walker, served: Links) -> None:
    overview = begin(walker, served)
    for code in ("ready", "growing", "place-suppliers"):
        walker.open(f"{overview}page/{code}")
        # each level is one target that a thumb can hit, with all of its words
        for label in walker.page.locator(".govuk-radios__label").all():
            box = label.bounding_box()
            assert box
            assert box["height"] >= 24


def test_a_level_is_chosen_by_the_keyboard(walker: Walker, served: Links) -> None:
    overview = begin(walker, served)
    walker.open(f"{overview}page/human")
    walker.page.locator("#level_human").focus()
    walker.page.keyboard.press("Space")
    walker.page.keyboard.press("ArrowDown")
    assert walker.page.locator("input[name=level_human]:checked").get_attribute("value") == "2"


def test_a_member_reads_it_beside_what_officers_see(walker: Walker, served: Links) -> None:
    walker.sign_in(served["member"])
    start = served["officer"].split("/r/")[0]
    walker.open(f"{start}/compare/{HOME}/2024.1/")  # another journey replaces the release of 2025
    walker.follow("What you say of yourselves, and what your officers see")
    picture = walker.page.locator("main img").first
    picture.wait_for()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert picture.get_attribute("alt") == walker.page.locator(".app-finding").inner_text()
    assert "Suppliers and place" in walker.words
