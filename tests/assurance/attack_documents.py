"""Documents as an attacker reads them: tables of PDF and HTML reports and of workbooks, as the same facts as pages tell.

Every number in a table becomes a fact or stands under a heading that is named here with what it is. A heading that
nobody has thought of is a finding.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

import scraper
import tagged_pdf
from openpyxl import load_workbook
from scraper import NUMBER, Fact, Scraped, Table

SCORE = "score"
OF_OTHER_FIGURES = {"Change", "Differ", "Higher"}
"""Headings of tables whose middle authorities are of changes, of service areas or of tiers."""
COLUMNS = {
    "Score": (SCORE, "lower", "upper"),
    "Answers": ("n",),
    "Middle authority": ("median", "median_lower", "median_upper"),
    "Middle half of peers": ("lower_quartile", "upper_quartile"),
    "Middle half": ("lower_quartile", "upper_quartile"),
    "Authorities": ("authorities",),
    "Last time": ("before", "n_before"),
    "This time": ("after", "n_after"),
    "Difference": ("difference",),
}
BESIDE = {"Score": ("lower", "upper"), "Middle authority": ("median_lower", "median_upper")}
"""What an interval in the column after these is of."""
INSIDE = {"Service areas": "service_area", "Tiers": "tier", "Service areas by tier": "cell"}
NOT_USED = {
    "Change": "the difference of last time and this time",
    "Beside its own average": "a theme less the mean of the authority's themes",
    "Since last time": "the difference of last time and this time",
    "Points": "a theme less the mean of the authority's themes",
    "Typical distance": "between service areas, all of which are shown",
    "Share of all differences": "between service areas, all of which are shown",
    "Answers of": "how many, who is taken to be known",
    "Service areas": "how many of them are shown",
    "Tiers": "how many of them are shown",
    "Average officer": "a mean over thousands of officers, attacked as such by row space",
    "Real spread": "how far authorities lie apart, in whole points",
    "Officers": "how many",
    "Differ": "how many", "Higher": "how many", "Lower": "how many",
    "Beside peers": "words",
    "In words": "words",
    "Questions": "how many are the same",
    "Authorities compared": "how many", "Improved": "how many", "Declined": "how many", "No detectable change": "how many",
    "Too few answers to say": "how many",
    "With results to show": "how many", "In the register": "how many",
    "95 % interval": "beside what stands here",
}  # fmt: skip
ABOUT_SCALES = re.compile(
    r"gate|made from|as a scale|How reliably|are weighted|has a note|How far authorities differ|Rank correlation|How evenly|Each setting|beside each peer group"
    r"|can be placed|drawn towards|equality|Who answered|Answers to each question"
)
"""Captions of tables about the method and the sector's answers as a whole, or made of figures that stand elsewhere."""
ONE_DECIMAL = {"Score": SCORE, "Lower bound": "lower", "Upper bound": "upper", "Officers": "n", "Earlier wave": "before", "This wave": "after", "Difference from the middle authority": "gap"}  # fmt: skip
STYLES = re.compile(r"<(style|script|svg)\b.*?</\1>", re.DOTALL)
OF_GROUPS = {"Authorities": "authorities", "Lower quartile": "lower_quartile", "Middle authority": "median", "Upper quartile": "upper_quartile", "Middle authority, lower bound": "median_lower", "Middle authority, upper bound": "median_upper"}  # fmt: skip

About = tuple[str, str, str, str]


def of_pdf(about: About, content: bytes, labels: dict[str, str]) -> Scraped:
    """The tables of a tagged PDF, and decimals in any of its words."""
    document = tagged_pdf.read(content)
    tables = []
    for one in document.every("Table"):
        rows = [[_plain(cell.text) for cell in row.inside] for row in one.every("TR")]
        caption = " ".join(_plain(each.text) for each in one.every("Caption"))
        tables.append(Table(caption, rows[0], rows[1:]))
    decimals = [] if not about[0] else scraper.decimals_of(_plain(document.text), about[3])
    return Scraped(list(of_tables(about, tables, labels)), decimals, {"pdf": 1}, unread=unread(about, tables))


def of_html(about: About, content: str, labels: dict[str, str]) -> Scraped:
    """The tables of a standalone report."""
    page = scraper.parsed(STYLES.sub("", content).encode())
    for table in page.tables:
        table.headings = [_plain(one) for one in table.headings]
        table.rows = [[_plain(one) for one in row] for row in table.rows]
    found = list(of_tables(about, page.tables, labels))
    decimals = scraper.decimals_of(_plain(" ".join([*page.words, *page.alternatives])), about[3])
    return Scraped(found, decimals, {"html": 1}, unread=unread(about, page.tables))


def of_workbook(release: str, content: bytes, holders: Sequence[str], where: str) -> Scraped:
    """What a workbook says of groups, and of those who hold it; the scores of others in it are the team's alone."""
    found: list[Fact] = []
    book = load_workbook(io.BytesIO(content), read_only=True)
    for sheet in book:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        at = next((place for place, row in enumerate(rows) if "Measure code" in row), None)
        if at is None:
            continue
        heads = [str(one or "").split(" [")[0] for one in rows[at]]
        for row in rows[at + 1 :]:
            cells = dict(zip(heads, row, strict=True))
            whose = str(cells.get("Authority code") or "")
            if "Authority code" in heads and whose not in holders:
                continue
            names, group = (ONE_DECIMAL if whose else OF_GROUPS), str(cells.get("Peer group code") or "")
            for head, statistic in names.items():
                value = cells.get(head)
                if isinstance(value, int | float):
                    within = 0.0 if statistic in ("n", "authorities") else 0.05 if whose else 0.5
                    place = group if statistic == "gap" or not whose else ""
                    found.append(
                        Fact(whose, release, place, str(cells["Measure"]), statistic, float(value), within, where)
                    )
    return Scraped(found, [], {"xlsx": 1})


def of_tables(about: About, tables: Sequence[Table], labels: dict[str, str]) -> Iterator[Fact]:
    for table in tables:
        if _of_answers(table):
            continue
        heads = table.headings[1:]
        for title, *cells in (row for row in table.rows if len(row) == len(table.headings)):  # others are headings
            if table.caption in INSIDE:
                for measure, cell in zip(heads, cells, strict=True):
                    yield from _numbers(
                        about, f"{INSIDE[table.caption]}:{title}", measure, (SCORE, "lower", "upper"), cell
                    )
            elif title in labels and "Middle authority" in heads:  # a table of one measure, a group a row
                yield from _columns(about, labels[title], table.caption, heads, cells)
            elif title in labels:  # a measure a column
                for measure, cell in zip(heads, cells, strict=True):
                    yield from _numbers(about, labels[title], measure, ("median",), cell)
            elif "Authorities compared" not in heads:
                yield from _columns(about, about[2], title, heads, cells)


def _columns(about: About, group: str, measure: str, heads: Sequence[str], cells: Sequence[str]) -> Iterator[Fact]:
    before, is_of_scores = "", "Middle authority" in heads and OF_OTHER_FIGURES.isdisjoint(heads)
    for head, cell in zip(heads, cells, strict=True):
        names = BESIDE.get(before, ()) if head.startswith("95") else COLUMNS.get(head, ())
        before = head
        of_group = bool(names) and names[0] in ("median", "median_lower", "lower_quartile", "authorities")
        if of_group and not is_of_scores:
            yield from _numbers(about, group, f"{', '.join(heads)}: {measure}", names, cell)
        else:
            yield from _numbers(about, group if of_group else "", measure, names, cell)


def _numbers(about: About, group: str, measure: str, names: Sequence[str], cell: str) -> Iterator[Fact]:
    whose, label, _, url = about
    for name, number in zip(names, NUMBER.findall(cell), strict=False):
        within = 0.0 if name.startswith(("n", "authorities")) else 0.5 if "." not in number else 0.05
        yield Fact(whose, label, group, measure, name, float(number.replace("−", "-")), within, url)


def unread(about: About, tables: Sequence[Table]) -> list[str]:
    """Headings over numbers that are neither read nor named."""
    found = []
    for table in tables:
        if _of_answers(table) or table.caption in INSIDE:
            continue
        for at, head in enumerate(table.headings[1:], start=1):
            told = any(NUMBER.search(row[at]) for row in table.rows if len(row) == len(table.headings))
            measure = head.startswith(("Dimension ", "Theme ", "Overall"))
            if told and not measure and head not in COLUMNS and head not in NOT_USED and not head.startswith("95"):
                found.append(f"{about[3]}: {table.caption}: {head}")
    return found


def _of_answers(table: Table) -> bool:
    """Tables of shares of answers, of the method, or of figures that stand elsewhere."""
    return bool(ABOUT_SCALES.search(table.caption)) or "Asked" in table.headings


def _plain(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())
