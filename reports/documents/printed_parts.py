"""What the printed report draws together, where pages and the HTML report have a table for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports import change_reading, narrative, own_profile_reading, say_do_reading
from reports.change_reading import Changed
from reports.documents import authority_parts, cells, change_parts, finding_tables, say_do_parts
from reports.documents.authority_parts import Subject
from reports.documents.cells import Table
from reports.documents.change_parts import Since
from reports.documents.finding_tables import Finding
from reports.documents.inside_tables import AREAS, ELECTED, TIERS
from reports.documents.say_do_parts import Said
from reports.own_profile_reading import Leaning
from reports.profile import rows
from reports.wording import signed, text, whole

SAYS, LEANS, SINCE = "Self-assessment", "Beside its own average", "Since last time"
_INSIDE = {AREAS: "Service areas", TIERS: "Tiers", ELECTED: "Elected members"}
_SAID = "What the authority says of itself"
_GROUPS = "Scores of service areas, tiers and elected members"


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups inside an authority that have something to show, as tables, and the names of all others."""

    tables: tuple[Table, ...]
    hidden: str


def also(of: Subject, since: Since | None, said: Said | None) -> list[tuple[str, str]]:
    """What else was found, each as a title and a sentence: the first page has all findings, the others their figures."""
    found = [(SINCE, since.finding)] if since else []
    if said:
        found.append((_SAID, say_do_reading.judged(said.apart, of.name)))
    found += [(_INSIDE[one.kind], one.sentence) for one in authority_parts.inside_findings(of)]
    found += [(one.title, one.sentence) for one in authority_parts.findings(of)]
    return [(title, sentence) for title, sentence in found if sentence]


def themes(of: Subject, said: Said | None) -> list[Table]:
    """Every theme under its dimension: score, peers, the authority's own word, where it leans, what changed."""
    own = {one.measure: say_do_parts.assessed(one) for one in said.by_theme} if said else {}
    leans = {one.measure: _leaning(one) for one in authority_parts.shown_leanings(of)}
    changed = {one.measure: _change(one) for one in change_parts.themes(of)}
    more = [(heading, words) for heading, words in ((SAYS, own), (LEANS, leans), (SINCE, changed)) if words]
    parts, hidden = [], text("note.not_shown")
    for dimension in of.questionnaire.dimensions:
        measures = [row.measure for row in rows(of.themes[dimension.code])]
        for one in authority_parts.themes(of, dimension):
            body = tuple(
                (*line, *(words.get(measure, hidden) for _, words in more))
                for measure, line in zip(measures, one.body, strict=True)
            )
            headings = (*one.headings, *(heading for heading, _ in more))
            parts.append((str(dimension.title), replace(one, headings=headings, body=body)))
    return cells.together(parts, f"Themes of {of.name}, 0 to 100")


def groups(of: Subject, drawn: Table | None) -> Groups:
    """Service areas, tiers and elected members in one table; those without any figure are named once, below it.

    `drawn` are service areas drawn towards the authority's score, by their names: each stands below the area's own.
    """
    seen, parts = inside(of), []
    towards = {row[0]: row[1:] for row in drawn.body} if drawn else {}
    for one in seen.tables:
        areas = one.caption == _INSIDE[AREAS]
        parts.append(
            (one.caption, replace(one, body=tuple(_beside(row, towards) for row in one.body)) if areas else one)
        )
    return Groups(tuple(cells.together(parts, _GROUPS)), seen.hidden)


def inside(of: Subject) -> Groups:
    """The same with a table for each kind."""
    hidden, tables, missing = text("note.not_shown"), [], []
    for one in authority_parts.inside(of):
        shown = tuple(row for row in one.body if any(cell != hidden for cell in row[1:]))
        missing += [row[0] for row in one.body if row not in shown]
        tables += [replace(one, body=shown)] if shown else []
    missing += authority_parts.not_inside(of)
    return Groups(tuple(tables), _hidden(missing, said=any(one.withholds for one in tables)))


def questions(of: Subject) -> list[Table]:
    """Every question under its dimension; a table for each set of options."""
    parts = [(str(one.title), table) for one in of.questionnaire.dimensions for table in authority_parts.items(of, one)]
    return cells.together(parts, "Answers to each question")


def findings(of: Subject) -> tuple[Finding, ...]:
    """Of how leaders are seen the parts only: their questions stand among all others."""
    return tuple(
        replace(one, tables=one.tables[:1]) if one.title == finding_tables.LEADERS else one
        for one in authority_parts.findings(of)
    )


def _beside(row: tuple[str, ...], towards: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The cells of a service area, each with its score drawn towards the authority's: "62 (58 to 66), 19 answers, …"."""
    hidden = text("note.not_shown")
    drawn = towards.get(row[0], ("",) * len(row[1:]))
    cells_of = (
        one if hidden in (one, to) or not to else f"{one}, drawn {to}" for one, to in zip(row[1:], drawn, strict=True)
    )
    return (row[0], *cells_of)


def _leaning(one: Leaning) -> str:
    """The points with their interval, and in words: "+8 (+5 to +11), leans towards it"."""
    bounds = own_profile_reading.interval_words(one)
    if one.gap is None or not bounds:
        return text("note.not_shown")
    return f"{signed(one.gap)} ({bounds}), {own_profile_reading.verdict_word(one)}"


def _change(one: Changed) -> str:
    """The change with its interval, and what it began from: "+6 (0 to +13), from 59 (83 answers)"."""
    if one.is_broken:
        return change_reading.series_words(one)
    bounds = change_reading.interval_words(one)
    if one.change is None or one.before is None or one.after is None or not bounds:
        return text("note.not_shown")
    came = f"{signed(one.change)} ({bounds}), from {whole(one.before)} ({one.n_before} answers)"
    if one.series != change_reading.COMMON:
        return came
    return f"{came} to {whole(one.after)} ({one.n_after} answers), {change_reading.series_words(one)}"


def _hidden(names: Sequence[str], *, said: bool) -> str:
    """Of which groups nothing is shown; the reason stands below a table that withholds, and else here."""
    if not names:
        return ""
    why = "Nothing is shown for" if said else f"{narrative.refusal()} This holds for"
    return f"{why}: {'; '.join(names)}."
