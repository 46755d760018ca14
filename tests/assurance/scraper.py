"""A scraper that signs in as members and takes every number from pages, pictures and files; it never asks the database."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import parse_qs, quote, urljoin, urlsplit
from xml.etree import ElementTree as ET

NUMBER = re.compile(r"[+−-]?\d+(?:\.\d+)?")
DECIMAL = re.compile(r"(?<![\d.])\d{1,3}\.\d+(?![\d.])")
PAGE = re.compile(r"/compare/(?P<code>[^/]+)/(?P<label>[^/]+)/")
OWN = ("score", "lower", "upper")
PEERS = ("median", "lower_quartile", "upper_quartile")
WHOLE, TENTH = 0.5, 0.05
ROUND_ABOUT = re.compile(r"\.svg|/dimension/|^/results/")  # what repeats the figures of the pages before


class Client(Protocol):
    """What the scraper needs of a browser."""

    def get(self, url: str) -> tuple[int, str, bytes]: ...


@dataclass(frozen=True)
class Fact:
    """One number that somebody could read: about whom, of which release, and within how much it is told."""

    authority: str
    release: str
    group: (
        str  # a peer group, `service_area:Label`, `tier:Label`, `cell:Label, Label`, an item's text; "" for the whole
    )
    measure: str  # the title as it is printed
    statistic: str
    value: float
    within: float
    where: str = field(compare=False)


@dataclass
class Table:
    caption: str = ""
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Links, tables, alternative texts and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.options: list[str] = []
        self.alternatives: list[str] = []
        self.tables: list[Table] = []
        self.words: list[str] = []
        self._cell: list[str] | None = None
        self._small = ""
        self.figures: list[str] = []  # scores that stand in no table

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.links += [named[one] for one in ("href", "src", "srcset") if named.get(one)]
        if "alt" in named:
            self.alternatives.append(named["alt"])
        if tag == "option":
            self.options.append(named.get("value", ""))
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
        if tag in ("th", "td", "caption") or (tag == "p" and "figure" in named.get("class", "")):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if self._cell is None or tag not in ("th", "td", "caption", "p"):
            return
        text = " ".join(" ".join(self._cell).split())
        if tag == "p":
            self.figures.append(text)
        elif tag == "caption":
            self.tables[-1].caption = text
        else:
            self.tables[-1].rows[-1].append(text)
        self._cell = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        for one in self.tables:
            if one.rows:
                one.headings, one.rows = one.rows[0], [row for row in one.rows[1:] if row]


@dataclass
class Scraped:
    """All facts, and every decimal that was read where pages print whole numbers."""

    facts: list[Fact] = field(default_factory=list)
    decimals: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)  # headings over numbers that nobody has thought of

    def take(self, other: Scraped) -> None:
        self.facts += other.facts
        self.decimals += other.decimals
        self.unread += other.unread
        for kind, count in other.read.items():
            self.read[kind] = self.read.get(kind, 0) + count


def walk(
    client: Client, start: str = "/compare/", *, authority: str, skip: Callable[[str], object] | None = None
) -> Scraped:
    """Everything that can be reached by links, pictures and menus from the first page of a member."""
    found, seen, waiting = Scraped(), {start}, deque([start])
    while waiting:
        url = waiting.popleft()
        status, kind, content = client.get(url)
        assert status in (200, 303), f"{url}: {status}"
        if status == 303:
            continue
        found.take(read(url, kind, content, authority=authority))
        for one in _onward(url, kind, content):
            if one not in seen and (skip is None or not skip(one)):
                seen.add(one)
                waiting.append(one)
    return found


def _onward(url: str, kind: str, content: bytes) -> Iterator[str]:
    if kind != "text/html":
        return
    page = parsed(content)
    path = urlsplit(url).path
    for link in [
        *page.links,
        *(f"?peer_group={quote(one, safe=':,')}" for one in page.options if ":" in one or one == "all"),
    ]:
        onward = urljoin(url, link).partition("#")[0]
        if onward.startswith(("/compare/", "/results/")):
            yield onward
    if (place := PAGE.match(path)) and path == place[0]:
        query = urlsplit(url).query
        yield f"{path}profile.csv" + (f"?{query}" if query else "")


def parsed(content: bytes) -> Reader:
    page = Reader()
    page.feed(content.decode())
    page.close()
    return page


def read(url: str, kind: str, content: bytes, *, authority: str) -> Scraped:
    """The facts of one page, picture or file."""
    parts = urlsplit(url)
    place = PAGE.match(parts.path)
    label = place["label"] if place else parts.path.split("/")[2] if parts.path.startswith("/results/") else ""
    whose = authority if place else ""
    group = parse_qs(parts.query).get("peer_group", [""])[0]
    about = (whose, label, group, url)
    if content.startswith(b"%PDF"):
        return Scraped(read={"pdf": 1})  # `attack_documents` reads every report
    if kind == "text/csv":
        return Scraped(list(_from_csv(about, content)), read={"csv": 1})
    if kind == "image/svg+xml" and "/inside/" in parts.path:
        return Scraped(
            read={"picture": 1}
        )  # a scale of its own; tests/reports/test_charts_precision.py holds its marks
    if kind == "image/svg+xml":
        return Scraped(list(_from_picture(about, content)), read={"picture": 1})
    if kind != "text/html" or not label:
        return Scraped(read={"other": 1})
    page = parsed(content)
    if place and not group and page.options:
        about = (whose, label, _chosen(content), url)
    facts = [*_from_tables(about, page.tables), *_from_figures(about, page)]
    said = [" ".join(page.words), *page.alternatives]
    return Scraped(facts, [found for text in said for found in decimals_of(text, url)], {"page": 1})


def _chosen(content: bytes) -> str:
    found = re.search(rb'<option value="([^"]+)" selected>', content)
    return found[1].decode() if found else ""


def decimals_of(text: str, url: str) -> list[str]:
    """Figures with a decimal point. Labels of releases, versions of the method and sizes of files have one, too."""
    text = re.sub(r"(?:[Rr]elease|method|version) [\w.-]+|\d+\.\d+\s[kM]?B", "", text)
    return [f"{url}: {found[0]}" for found in DECIMAL.finditer(text)]


# Tables


def _from_tables(about: tuple[str, str, str, str], tables: Iterable[Table]) -> Iterator[Fact]:
    for table in tables:
        heads = table.headings[1:]
        kind = {"Service areas": "service_area", "Tiers": "tier", "Service areas by tier": "cell"}.get(table.caption)
        for title, *cells in table.rows:
            if kind:
                yield from _inside(about, f"{kind}:{title}", dict(zip(heads, cells, strict=True)))
            elif "Score" in (head.split(" ")[0] for head in heads):
                yield from _beside_peers(about, title, list(zip(heads, cells, strict=True)))
            elif "Answers" in heads and any("%" in cell for cell in cells):
                yield from _answers(about, title, list(zip(heads, cells, strict=True)))
            elif "Last time" in heads:
                yield from _since(about, title, dict(zip(heads, cells, strict=True)))
            elif "Difference" in heads:
                yield from _numbered(about, title, ("difference", "", ""), cells[heads.index("Difference")])
            elif heads and heads[0].startswith("Middle authority"):
                yield from _sector(about, title, list(zip(heads, cells, strict=True)))


def _inside(about: tuple[str, str, str, str], group: str, cells: dict[str, str]) -> Iterator[Fact]:
    whose, label, _, url = about
    for measure, cell in cells.items():
        names = ("n",) if measure in ("Officers", "Members") else OWN
        yield from _numbered((whose, label, group, url), measure, names, cell)


def _since(about: tuple[str, str, str, str], title: str, cells: dict[str, str]) -> Iterator[Fact]:
    """Both waves on the questions that are the same in both."""
    whose, label, _, url = about
    for head, names in (("Last time", ("before", "n_before")), ("This time", ("after", "n_after"))):
        yield from _numbered((whose, label, "", url), title, names, cells.get(head, ""))


def _beside_peers(about: tuple[str, str, str, str], title: str, cells: list[tuple[str, str]]) -> Iterator[Fact]:
    whose, label, _, url = about
    own = (whose, label, "", url)
    for head, cell in cells:
        if head.startswith("Score"):
            yield from _numbered(own, title, OWN, cell)
        elif head.startswith("Middle authority"):
            yield from _numbered(about, title, PEERS if "half" in head else PEERS[:1], cell)
        elif head.startswith("Middle half"):
            yield from _numbered(about, title, PEERS[1:], cell)
        elif head in ("Officers", "Answers"):
            yield from _numbered(own, title, ("n",), cell)


def _sector(about: tuple[str, str, str, str], title: str, cells: list[tuple[str, str]]) -> Iterator[Fact]:
    whose, label, _, url = about
    sector = (whose, label, "all", url)
    for head, cell in cells:
        names = {
            "Middle authority": ("median", "median_lower", "median_upper"),
            "Middle half": PEERS[1:],
            "Authorities": ("authorities",),
        }
        yield from _numbered(sector, title, next((names[one] for one in names if head.startswith(one)), ()), cell)


def _answers(about: tuple[str, str, str, str], title: str, cells: list[tuple[str, str]]) -> Iterator[Fact]:
    whose, label, _, url = about
    for head, cell in cells:
        if "or more" not in cell:
            yield from _numbered(
                (whose, label, "", url), title, ("n",) if head == "Answers" else (f"share {head}",), cell
            )


def _from_figures(about: tuple[str, str, str, str], page: Reader) -> Iterator[Fact]:
    """The overall, which stands beside the pictures."""
    whose, label, _, url = about
    if urlsplit(url).path == f"/compare/{whose}/{label}/" and page.figures:
        found = [one for one in page.figures if NUMBER.match(one)]
        yield from _numbered((whose, label, "", url), "Overall", OWN, found[0] if found else "")


def _numbered(about: tuple[str, str, str, str], measure: str, names: tuple[str, ...], cell: str) -> Iterator[Fact]:
    whose, label, group, url = about
    for name, number in zip(names, NUMBER.findall(cell), strict=False):
        if name:
            is_count = name in ("n", "n_before", "n_after", "authorities")
            within = 0.0 if is_count else WHOLE if "." not in number else TENTH
            yield Fact(whose, label, group, measure, name, float(number.replace("−", "-")), within, url)


# Files and pictures


def _from_csv(about: tuple[str, str, str, str], content: bytes) -> Iterator[Fact]:
    whose, label, _, url = about
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        group = row.get("peer_group", "all")
        for name in (*OWN, *PEERS, "n", "authorities"):
            if row.get(name):
                within = 0.0 if name in ("n", "authorities") else TENTH if name in OWN else WHOLE
                where = "" if name in (*OWN, "n") else group
                yield Fact(whose, label, where, row["title"], name, float(row[name]), within, url)


def _from_picture(about: tuple[str, str, str, str], content: bytes) -> Iterator[Fact]:
    """Where the marks lie, as numbers on the picture's own scale."""
    root = ET.fromstring(content.decode())  # noqa: S314 - a picture of the service itself
    marks = {one.get("id", ""): one for one in root.iter() if one.get("id")}
    if any(name.startswith("axis-") for name in marks):
        yield from _from_radar(about, marks)
        return
    lines = [one for one in root.iter() if one.get("stroke") == "#cecece" or one.get("stroke-width") == "1"]
    ends = sorted({float(x) for one in lines for x in re.findall(r"M(-?[\d.]+) ", one.get("d", ""))})
    if len(ends) < 2:
        return
    left, right = ends[0], ends[-1]
    for name, one in marks.items():
        kind, _, measure = name.partition("-")
        for statistic, x in _marked(kind, one):
            yield _drawn(about, measure, statistic, 100 * (x - left) / (right - left), 0.01 * 100 / (right - left))


def _marked(kind: str, one: ET.Element) -> Iterator[tuple[str, float]]:
    at = {name: float(one.get(name, "nan")) for name in ("cx", "x1", "x2", "x", "width")}
    if kind == "dot":
        yield "score", at["cx"]
    elif kind == "before":
        yield "before", at["cx"]
    elif kind == "whisker":
        yield "lower", at["x1"]
        yield "upper", at["x2"]
    elif kind == "median":
        yield "median", at["x1"]
    elif kind == "quartiles" and not math.isnan(at["x"]):
        yield "lower_quartile", at["x"]
        yield "upper_quartile", at["x"] + at["width"]


def _from_radar(about: tuple[str, str, str, str], marks: dict[str, ET.Element]) -> Iterator[Fact]:
    for name, axis in marks.items():
        if not name.startswith("axis-"):
            continue
        measure = name.removeprefix("axis-")
        x, y, rim_x, rim_y = (float(axis.get(one, "nan")) for one in ("x1", "y1", "x2", "y2"))
        radius = math.hypot(rim_x - x, rim_y - y)
        for kind in ("dot", "before"):
            mark = marks.get(f"{kind}-{measure}")
            if mark is not None:
                far = math.hypot(float(mark.get("cx", "nan")) - x, float(mark.get("cy", "nan")) - y)
                statistic = "score" if kind == "dot" else kind
                yield _drawn(about, measure, statistic, 100 * far / radius, 1.5 / radius)


def _drawn(about: tuple[str, str, str, str], measure: str, statistic: str, value: float, within: float) -> Fact:
    whose, label, group, url = about
    return Fact(whose, label, group, measure, f"drawn {statistic}", value, within, url)
