"""An officer answers: on a phone and on a desktop, by keyboard, without JavaScript, and goes on elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Walker

NewLink = Callable[[], str]


def test_an_officer_answers_everything_sends_it_and_finds_only_thanks_behind_the_link(
    walker: Walker, officer_link: NewLink
) -> None:
    link = officer_link()
    walker.open(link)
    assert "Who sees what" in walker.words
    walker.press("Start")
    walker.follow("Go to the first question")
    answer_every_page(walker, lambda page: choose_every(page, nth=3))
    walker.press("Send my answers")
    assert "Your answers are sent" in walker.words
    assert "How you see your council" in walker.words

    walker.open(link)
    assert "Thank you" in walker.words
    assert walker.page.get_by_role("button", name="Start").count() == 0


def test_an_officer_without_javascript_leaves_blanks_and_still_sends(
    plain_walker: Walker, officer_link: NewLink
) -> None:
    walker = plain_walker
    walker.open(officer_link())
    walker.press("Start")
    walker.follow("Go to the first question")
    choose_every(walker.page, nth=1)
    walker.press("Save and continue")
    answer_every_page(walker, lambda _: None)
    walker.press("Send my answers")
    assert "Your answers are sent" in walker.words


def test_a_blank_is_pointed_out_once_and_never_blocks(walker: Walker, officer_link: NewLink) -> None:
    walker.open(officer_link())
    walker.press("Start")
    walker.follow("Go to the first question")
    first = walker.page.url
    walker.press("Save and continue")
    assert walker.page.url.split("?")[0] == first.split("?")[0]
    walker.press("Save and continue")
    assert walker.page.url.split("?")[0] != first.split("?")[0]


def test_an_officer_goes_on_in_welsh_on_another_device_with_a_resume_code(
    walker: Walker, plain_walker: Walker, officer_link: NewLink
) -> None:
    link = officer_link()
    walker.open(link)
    walker.press("Start")
    code = walker.page.locator(".app-code").inner_text()
    walker.follow("Go to the first question")
    choose_every(walker.page, nth=2)
    walker.press("Save and continue")

    other = plain_walker
    other.open(link)
    other.page.locator("summary").first.click()
    other.page.get_by_label("Your resume code").fill(code.lower())
    other.press("Continue with this code")
    assert "3 of 15 answered" in other.words
    other.page.get_by_role("button", name="Cymraeg").click()
    other.page.wait_for_load_state()
    other.examine()
    assert other.page.locator("html").get_attribute("lang") == "cy"


def test_a_returning_browser_is_asked_before_anything_is_shown(walker: Walker, officer_link: NewLink) -> None:
    link = officer_link()
    walker.open(link)
    walker.press("Start")
    walker.follow("Go to the first question")
    choose_every(walker.page, nth=2)
    walker.press("Save and continue")
    walker.open(link)
    assert "Somebody has begun to answer in this browser" in walker.words
    assert walker.page.locator("input[type=radio]").count() == 0
    walker.press("Start a new one")
    walker.follow("Go to the first question")
    assert walker.page.locator("input[type=radio]:checked").count() == 0


def test_finishing_on_this_device_closes_the_answers_to_this_browser(walker: Walker, officer_link: NewLink) -> None:
    link = officer_link()
    walker.open(link)
    walker.press("Start")
    walker.follow("Go to the first question")
    choose_every(walker.page, nth=2)
    walker.press("Save and finish later")
    walker.press("Finish on this device")
    assert "Finished on this device" in walker.words
    walker.open(link)
    assert "Somebody has begun to answer in this browser" not in walker.words


def test_a_page_is_answered_by_keyboard_alone(walker: Walker, officer_link: NewLink) -> None:
    walker.open(officer_link())
    focus(walker.page, "Start")
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_url("**/respond/**")
    walker.follow("Go to the first question")
    page = walker.page
    groups = page.locator("fieldset").count()
    for _ in range(groups):
        tab_until(page, "input[type=radio]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    assert page.locator("input[type=radio]:checked").count() == groups
    focus(page, "Save and continue")
    first = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    walker.examine()


def answer_every_page(walker: Walker, answer: Callable[[Page], None]) -> None:
    """Saves page after page, twice where a blank is pointed out, until the answers can be checked."""
    for _ in range(80):
        if walker.page.get_by_role("button", name="Send my answers").count():
            return
        answer(walker.page)
        walker.press("Save and continue")
    raise AssertionError("the pages do not end")


def choose_every(page: Page, *, nth: int) -> None:
    """Chooses the nth option of each question; types into free texts."""
    for group in page.locator("fieldset").all():
        options = group.locator("input[type=radio], input[type=checkbox]")
        options.nth(min(nth, options.count() - 1)).check()
    for text in page.locator("textarea").all():
        text.fill("Time to think, and <b>tools</b> that work together.")


def focus(page: Page, name: str) -> None:
    """Tabs until the button of this name has the focus, as a person without a mouse would."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == name:
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{name!r} cannot be reached by keyboard")


def tab_until(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s) && !document.activeElement.checked", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")
