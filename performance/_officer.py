"""An officer who answers every question, through whichever door: called directly or over the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Protocol
from urllib.parse import urlencode, urlsplit

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z_-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    location: str
    html: str
    seconds: float  # of CPU or of waiting, as the door measures


class Door(Protocol):
    """One browser's way to an application; keeps its cookies."""

    def __call__(self, method: str, path: str, body: str) -> Reply: ...


@dataclass(slots=True)
class Walk:
    """What one journey cost: each page fetched, each save with the page it leads to, and everything together."""

    gets: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    journey: float = 0.0
    requests: int = 0
    page_bytes: int = 0


class Surprise(Exception):  # noqa: N818 - told in the report
    """An answer that no officer should see."""


def walk(door: Door, link: str, pages: tuple[str, ...], check: str) -> Walk:
    """Open the link, start, answer every page, check, send. Every request counts towards the journey."""
    done = Walk()

    def asked(method: str, path: str, body: str = "", *, status: int = 200) -> Reply:
        reply = door(method, path, body)
        if reply.status != status:
            raise Surprise(f"{method} {path}: {reply.status} instead of {status}")
        done.journey += reply.seconds
        done.requests += 1
        return reply

    def left(path: str, html: str) -> tuple[Reply, Reply]:
        posted = asked("POST", path, urlencode(_filled(html)), status=303)
        return posted, asked("GET", urlsplit(posted.location).path)

    started, shown = left(link, asked("GET", link).html)
    if urlsplit(started.location).path != pages[0]:
        shown = asked("GET", pages[0])  # a page between the start and the questions was read and left
    for path in pages:
        posted, following = left(path, shown.html)
        done.saves.append(posted.seconds + following.seconds)
        if path != pages[-1]:
            done.gets.append(following.seconds)
            done.page_bytes += len(following.html)
        shown = following
    asked("POST", check, urlencode(_filled(shown.html)))
    return done


def _filled(html: str) -> list[tuple[str, str]]:
    """What a form sends: its hidden inputs, and the third answer of each question."""
    hidden, choices = [], dict[str, list[str]]()
    for tag in _INPUT.findall(html):
        given = dict(_ATTRIBUTE.findall(tag))
        if given.get("type") == "hidden":
            hidden.append((given["name"], unescape(given["value"])))
        elif given.get("type") in {"radio", "checkbox"}:
            choices.setdefault(given["name"], []).append(given["value"])
    return [*hidden, *((name, values[min(2, len(values) - 1)]) for name, values in choices.items())]


def walks(make_door: Callable[[], Door], links: Iterator[str], pages: tuple[str, ...], check: str) -> Iterator[Walk]:
    """One officer after the other, each in a browser of their own."""
    for link in links:
        yield walk(make_door(), link, pages, check)
