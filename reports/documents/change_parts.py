"""What a report shows of change since an earlier wave, whichever form the report takes: sentences and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import change_reading, narrative
from reports.change_reading import Changed, SectorChanged
from reports.documents.authority_parts import Subject
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.frames import BENCHMARKS_RESTATED, CHANGE, SECTOR_CHANGE
from reports.peers import ALL
from reports.wording import signed, text, whole

INTERVAL = "95\u00a0% interval"


@dataclass(frozen=True, slots=True)
class Since:
    """One authority since last time: the finding, whom it is compared with, a table of dimensions and one of themes."""

    finding: str
    replaced: str
    tables: tuple[Table, ...]


def since(of: Subject, imprint: Imprint) -> Since | None:
    """What changed for an authority, or None where there is no earlier wave."""
    change, restated = of.frames.get(CHANGE.name), of.frames.get(BENCHMARKS_RESTATED.name)
    if change is None or restated is None:
        return None
    group = of.peer_group if change_reading.restates(restated, of.peer_group, of.questionnaire.dimensions) else ALL
    changed, by_theme = (
        change_reading.rows(change, restated, measures, authority=of.code, peer_group=group)
        for measures in (of.questionnaire.dimensions, of.questionnaire.themes)
    )
    if not changed:
        return None
    called = {**imprint.replaced, of.code: of.name}
    return Since(
        change_reading.finding(changed, of.name),
        change_reading.replaced(change, called, authority=of.code),
        tables(changed, by_theme, group),
    )


def themes(of: Subject) -> tuple[Changed, ...]:
    """The change on each theme, where one of them may be shown."""
    change = of.frames.get(CHANGE.name)
    if change is None:
        return ()
    changed = change_reading.rows(change, BENCHMARKS_RESTATED.empty(), of.questionnaire.themes, authority=of.code)
    return changed if any(one.change is not None for one in changed) else ()


def tables(changed: Sequence[Changed], themes: Sequence[Changed], peer_group: str = ALL) -> tuple[Table, ...]:
    """Dimensions beside the middle authority of a peer group, and themes where one of them may be shown.

    Nothing for an authority that was not there last time.
    """
    if all(one.absent for one in changed):
        return ()
    shown = any(one.change is not None for one in themes)
    first = dimensions(changed, f"Last time and this time, beside {narrative.group_label(peer_group)}")
    return (first, themes_table(themes, "Theme by theme")) if shown else (first,)


def dimensions(changed: Sequence[Changed], caption: str) -> Table:
    """A row a dimension: both waves, the change with its interval, the middle authority of both, what it means."""
    headings = ("", "Last time", "This time", "Change", INTERVAL, "Middle authority", "In words")
    body = tuple(
        (one.title, *_figures(one), _middles(one.middle_before, one.middle_after), _in_words(one)) for one in changed
    )
    return Table(caption, headings, body)


def themes_table(changed: Sequence[Changed], caption: str) -> Table:
    """A row a theme; themes have no test, so nothing is said of them in words but how their series goes on."""
    headings = ("", "Last time", "This time", "Change", INTERVAL, "Questions")
    body = tuple((one.title, *_figures(one), change_reading.series_words(one)) for one in changed)
    return Table(caption, headings, body)


def of_the_sector(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> tuple[str, Table] | None:
    """How many authorities improved or declined, as a sentence and a table; None without an earlier wave."""
    sector, restated = frames.get(SECTOR_CHANGE.name), frames.get(BENCHMARKS_RESTATED.name)
    if sector is None or restated is None or sector.empty:
        return None
    changed = change_reading.sector_rows(sector, restated, questionnaire)
    headings = ("", "Authorities compared", "Improved", "Declined", "No detectable change", "Middle authority")
    table = Table("Since last time, on the same questions", headings, tuple(_of_sector(one) for one in changed))
    return change_reading.sector_finding(changed), table


def _figures(one: Changed) -> tuple[str, str, str, str]:
    """Both waves with their answers, and the change; a broken series is a visible gap."""
    if one.is_broken:
        return ("–",) * 4
    hidden = text("note.not_shown")
    if one.change is None:
        return (hidden,) * 4
    interval = change_reading.interval_words(one) or hidden
    return _counted(one.before, one.n_before), _counted(one.after, one.n_after), signed(one.change), interval


def _counted(score: float | None, n: int | None) -> str:
    if score is None or n is None:
        return text("note.not_shown")
    return f"{whole(score)} ({n} answers)"


def _in_words(one: Changed) -> str:
    words = change_reading.verdict_word(one)
    return f"{words}; {change_reading.series_words(one)}" if one.series == change_reading.COMMON else words


def _middles(before: float | None, after: float | None) -> str:
    """The middle authority of both waves: "52, then 54"."""
    if before is None or after is None:
        return text("note.not_shown")
    return f"{whole(before)}, then {whole(after)}"


def _of_sector(one: SectorChanged) -> tuple[str, ...]:
    hidden = text("note.not_shown")
    if one.series == change_reading.BROKEN:
        return (one.title, "series broken", *("–",) * 4)
    counts = (hidden if count is None else str(count) for count in (one.n, one.above, one.below, one.rest))
    return (one.title, *counts, _middles(one.middle_before, one.middle_after))
