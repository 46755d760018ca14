"""A served demonstration and a real browser that checks every page it visits."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page

from survey import config
from survey.cli import main
from survey.db import Database
from survey.demonstration import entrances, sector

LONG = os.environ.get("ASSURANCE") == "long"
ROOT = Path(__file__).parents[2]
SOUNDINGS = str(Path(sys.executable).with_name("soundings"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FEW = {f"D{number:03}" for number in (*range(18, 35), 42, 43, 122, 44, 45, 46)}  # districts, a merger; three unitary
# The engine looks once at what is the same to the letter, but for keys of this visit: a third of the pages of all walks.
OF_ONE_VISIT = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|/r/[\w.-]+|class="app-code"[^<]*')
EXAMINED: set[tuple[int, str]] = set()


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a demonstration of its own, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SOUNDINGS_") and k != "DATABASE_URL"}
    return environment | {
        "SOUNDINGS_DATA": str(tmp_path_factory.mktemp("data")),
        "SOUNDINGS_DEMONSTRATION": "1",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def served(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The demonstration, served once for all workers of a run; the printed link of each role."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        refuse_a_second(tmp_path_factory.getbasetemp().parent / "journeys")
    load(environment)
    process = subprocess.Popen(
        [SOUNDINGS, "serve", "--print-links"], env=environment, cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield ready_links(process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def refuse_a_second(mark: Path) -> None:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        pytest.fail("Two workers walk the journeys. Leave --dist away, or say --dist loadgroup.", pytrace=False)


def load(environment: dict[str, str]) -> None:
    """The demonstration. The short form takes one type whole enough for quartiles, and one too small for a median.

    The others are a hundred more reports of each release, and more to compute whenever a journey computes.
    """
    few = [place for place in sector.places() if place.code in FEW]
    with pytest.MonkeyPatch.context() as patch:
        if not LONG:
            patch.setattr(sector, "places", lambda: few)
        loaded = CliRunner().invoke(main, ["demonstration", "load"], env={**environment, "DATABASE_URL": None})
    assert loaded.exit_code == 0, loaded.output


def ready_links(process: subprocess.Popen[str]) -> dict[str, str]:
    expected = {"officer", "lead", "member", "researcher", "publisher-1", "publisher-2"}
    links: dict[str, str] = {}
    assert process.stdout is not None
    while not expected <= links.keys():
        line = process.stdout.readline()
        assert line, "the server stopped before it printed its links"
        role, tab, url = line.rstrip("\n").partition("\t")
        if tab:
            links[role] = url
    return links


@pytest.fixture
def officer_link(served: dict[str, str], environment: dict[str, str]) -> Callable[[], str]:
    """Finds a personal link that nobody has used yet on each call, as `soundings demonstration links` does."""
    assert served
    settings = config.read(environment)

    def fresh() -> str:
        database = Database(settings.database_url)
        with database.session() as session:
            found = dict(entrances.links(session, settings))
        database.dispose()
        return found["officer"]

    return fresh


@dataclass
class Walker:
    """A person with a browser. Every page is examined before the next step."""

    page: Page
    width: int
    javascript: bool = True
    trouble: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All that can be read on the page."""
        return self.page.locator("body").inner_text()

    def sign_in(self, url: str) -> None:
        """Signs in as a made-up person."""
        self.open(url)
        self.press("Sign in")

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.examine()

    def press(self, name: str) -> None:
        """Presses the button of this name and examines the page that follows."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.examine()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.examine()

    def examine(self) -> None:
        page = self.page
        where = f"{page.url} at {self.width} px"
        self.visited.append(page.url)
        seen = (self.width, OF_ONE_VISIT.sub("", page.content()))
        if self.javascript and seen not in EXAMINED:  # the engine itself is a script
            found = violations(page)
            assert not found, f"{where}: {found}"
            EXAMINED.add(seen)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{where} scrolls sideways by {too_wide} px"
        assert re.search("Demonstration|Arddangosiad", self.words), f"{where} does not say that the data are made up"
        assert not self.trouble, f"{where}: {self.trouble}"


def violations(page: Page) -> list[str]:
    """What the accessibility engine finds wrong on a page, a line each."""
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', ')))",
        AXE_RULES,
    )
    return found


@pytest.fixture(params=[320, 1280])
def walker(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Walker]:
    """A walker on a phone and on a desktop."""
    yield from walk(browser, request.param, javascript=True)


@pytest.fixture
def plain_walker(browser: Browser) -> Iterator[Walker]:
    """A walker on a phone whose browser runs no JavaScript."""
    yield from walk(browser, 320, javascript=False)


def walk(browser: Browser, width: int, *, javascript: bool) -> Iterator[Walker]:
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=javascript, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    walker = Walker(page, width, javascript)
    page.on("console", lambda message: walker.trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: walker.trouble.append(str(error)))
    yield walker
    context.close()
