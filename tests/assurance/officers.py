"""Officers who answer over the wire, and remember what the service acknowledged. Used by the harnesses."""

from __future__ import annotations

import http.client
import random
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

WAIT_SECONDS = 60.0


class Surprise(Exception):  # noqa: N818 - told in the report
    """An answer of the service that no officer should ever see."""


class Inputs(HTMLParser):
    """The hidden inputs of a page: what a form sends by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.hidden[str(given["name"])] = given.get("value") or ""


@dataclass
class Browser:
    """A browser without pictures or scripts. A lost connection is tried again, as a person would."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    retries: int = 0

    def get(self, path: str) -> tuple[int, str, str]:
        return self._until_answered("GET", path, "")

    def post(self, path: str, data: list[tuple[str, str]]) -> tuple[int, str, str]:
        return self._until_answered("POST", path, urlencode(data))

    def _until_answered(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            try:
                status, location, html = self._once(method, path, body)
            except (OSError, http.client.HTTPException):
                self.retries += 1
                time.sleep(0.02)
                continue
            if status == 503:  # busy, and says so: nothing was saved
                time.sleep(0.05)
                continue
            return status, location, html
        raise Surprise(f"{method} {path}: no answer in {WAIT_SECONDS:.0f} s")

    def _once(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if method == "POST":
                headers |= {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Origin": f"http://127.0.0.1:{self.port}",
                }
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            html = response.read().decode()
            for cookie in response.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, response.headers.get("Location") or "", html
        finally:
            connection.close()


@dataclass
class Officer:
    """Answers every item of every page, with answers that nobody else gives."""

    browser: Browser
    link: str
    pages: dict[str, dict[str, str]]  # page code -> item code -> option code
    submitted: bool = False
    retries: int = 0

    @property
    def answers(self) -> dict[str, str]:
        return {item: option for page in self.pages.values() for item, option in page.items()}

    def answer(self) -> None:
        path = urlsplit(self.link).path
        _, _, html = self._expect(200, self.browser.get(path), path)
        self._expect(303, self.browser.post(path, self._sent(html, {})), "start")
        for code, values in self.pages.items():
            where = f"/respond/page/{code}"
            _, _, html = self._expect(200, self.browser.get(where), where)
            self._expect(303, self.browser.post(where, self._sent(html, values)), where)
        _, _, html = self._expect(200, self.browser.get("/respond/check"), "check")
        self._expect(200, self.browser.post("/respond/check", self._sent(html, {})), "submit")
        self.submitted = True
        self.retries = self.browser.retries

    def _sent(self, html: str, values: dict[str, str]) -> list[tuple[str, str]]:
        return [*Inputs(html).hidden.items(), *values.items()]

    def _expect(self, status: int, answered: tuple[int, str, str], where: str) -> tuple[int, str, str]:
        if answered[0] != status:
            raise Surprise(f"{where}: {answered[0]} instead of {status}")
        return answered


def choose(dice: random.Random, pages: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, str]]:
    """One option for each item. With forty items of five options, no two officers answer alike."""
    return {page: {item: dice.choice(options) for item, options in items.items()} for page, items in pages.items()}
