"""Everybody else: the public, a member, a lead, the research team with its second person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walker

Links = dict[str, str]
HOME = "D019"


def test_the_public_reads_a_release_and_how_it_was_made(walker: Walker, served: Links) -> None:
    start = served["officer"].split("/r/")[0]
    walker.open(f"{start}/")
    for path in ("methods", "privacy", "accessibility", "cookies"):
        walker.open(f"{start}/{path}")
    walker.open(f"{start}/results/")
    walker.page.locator("main a[href*='/results/']").first.click()
    walker.page.wait_for_load_state()
    walker.examine()
    assert "The middle authority" in walker.words
    every_picture_is_drawn(walker)


def test_a_member_compares_with_a_group_chosen_from_the_menu(walker: Walker, served: Links) -> None:
    walker.sign_in(served["member"])
    walker.open(walker.page.locator("main a[href*='/compare/']").first.evaluate("link => link.href"))
    assert re.search(r"peers", walker.words)
    every_picture_is_drawn(walker)
    groups = walker.page.locator("select option").evaluate_all("options => options.map(option => option.value)")
    assert "all" in groups
    walker.page.locator("select").first.select_option("all")
    walker.press("Show")
    assert "peer_group=all" in walker.page.url
    every_picture_is_drawn(walker)
    page = walker.page
    for link in page.locator("main a[href*='/dimension/'], main a[href*='/inside']").evaluate_all(
        "links => [...new Set(links.map(link => link.href))]"
    ):
        walker.open(link)
        assert "not shown" in walker.words or re.search(r"\d\d", walker.words)


def test_a_member_reads_what_changed_since_last_time(walker: Walker, served: Links) -> None:
    walker.sign_in(served["member"])
    walker.open(walker.page.locator("main a[href*='/compare/']").first.evaluate("link => link.href"))
    walker.open(walker.page.locator("main a[href$='/change']").first.evaluate("link => link.href"))
    assert "last time" in walker.words
    assert "questions are the same" in walker.words  # one question had other words
    every_picture_is_drawn(walker)
    assert walker.page.locator("tbody tr").count() > 4


def test_a_member_sees_no_other_authority(walker: Walker, served: Links) -> None:
    walker.sign_in(served["member"])
    own = walker.page.locator("main a[href*='/compare/']").first.evaluate("link => link.href")
    code = own.split("/compare/")[1].split("/")[0]
    foreign = own.replace(f"/{code}/", "/D020/")  # a neighbour that took part in every wave
    assert code == HOME
    missing = own.replace(f"/{code}/", "/NOWHERE/")
    assert [walker.page.request.get(url).status for url in (own, foreign, missing)] == [200, 404, 404]


def test_a_lead_sees_rounded_progress_only(walker: Walker, served: Links) -> None:
    walker.sign_in(served["lead"])
    walker.page.locator("main a[href*='/lead/']").first.click()
    walker.page.wait_for_load_state()
    walker.examine()
    assert "How far you are" in walker.words
    shown = [int(found) for found in re.findall(r"at least (\d+)", walker.words, re.IGNORECASE)]
    assert shown
    assert all(number == 11 or number % 5 == 0 for number in shown), shown


def test_the_research_team_looks_at_its_waves_and_releases(walker: Walker, served: Links) -> None:
    walker.sign_in(served["researcher"])
    parts = walker.page.locator("main a[href*='/research/']").evaluate_all("links => links.map(link => link.href)")
    assert len(parts) >= 4
    for part in parts:
        walker.open(part)
    for path in ("/research/waves/2026/", "/research/releases/2025.1/"):
        walker.open(served["officer"].split("/r/")[0] + path)


def test_a_second_person_approves_what_the_first_computed(walker: Walker, served: Links) -> None:
    """The first person computes the closed wave again; the button to approve is the second person's."""
    start = served["officer"].split("/r/")[0]
    walker.sign_in(served["publisher-1"])
    walker.open(f"{start}/research/waves/2025/compute")
    walker.press("Compute")
    result = walker.page.get_by_role("link", name=re.compile(r"See release 2025\.\d+"))
    result.wait_for(timeout=90_000)  # the script of the page shows it when the job is done
    walker.examine()
    walker.follow(result.inner_text())
    label = walker.page.url.rstrip("/").split("/")[-1]
    assert re.fullmatch(r"2025\.\d+", label)
    assert walker.page.get_by_role("button", name="Approve this release").count() == 0

    walker.press("Sign out")
    walker.sign_in(served["publisher-2"])
    walker.open(f"{start}/research/releases/{label}/")
    walker.press("Approve this release")
    walker.press("Approve")
    walker.press("Publish this release")
    walker.press("Publish")
    assert "published" in walker.words.lower()


def every_picture_is_drawn(walker: Walker) -> None:
    """Each picture has arrived, has a size, and says in words what it shows."""
    pictures = walker.page.locator("main img")
    assert pictures.count()
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 0
        assert len(picture.get_attribute("alt") or "") > 20
