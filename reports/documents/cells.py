"""Tables of a report as words in cells: every score with its interval and its count, every refusal the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from questionnaires.definition import Item, Option, Questionnaire
from reports import narrative, own_profile_reading
from reports.disclosure.reasons import Reason
from reports.own_profile_reading import Leaning
from reports.profile import Row, number, rows
from reports.wording import percent, signed, text, whole

Spread: TypeAlias = dict[str, dict[Hashable, object]]
"""The rows of one item by option."""
Spreads: TypeAlias = dict[str, Spread]


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, headings, and rows whose first cell is the heading of its row."""

    caption: str
    headings: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]

    @property
    def withholds(self) -> bool:
        return any(text("note.not_shown") in cell for row in self.body for cell in row)


def measures(profile: pd.DataFrame, caption: str, *, verdicts: bool) -> Table:
    """The rows of a profile beside its peers, with or without the verdict."""
    last = ("Beside peers",) if verdicts else ()
    headings = ("", "Score", "95\u00a0% interval", "Answers", "Middle authority", "Middle half of peers", *last)
    body = tuple(
        (
            row.title,
            _score(row.score),
            _interval(row),
            _count(row.n),
            _score(row.median),
            _between(row.lower_quartile, row.upper_quartile),
            *((narrative.verdict_word(row),) if verdicts else ()),
        )
        for row in rows(profile)
    )
    return Table(caption, headings, body)


def leanings(found: Sequence[Leaning], caption: str) -> Table:
    """Themes beside the authority's own average, minus what is usual among authorities."""
    hidden = text("note.not_shown")
    body = tuple(
        (
            one.title,
            hidden if one.gap is None else signed(one.gap),
            own_profile_reading.interval_words(one) or hidden,
            own_profile_reading.verdict_word(one),
        )
        for one in found
    )
    return Table(caption, ("", "Points", "95\u00a0% interval", "In words"), body)


def medians(profile: pd.DataFrame, caption: str) -> Table:
    """The medians of a peer group."""
    bounded = any(row.lower is not None for row in rows(profile))
    headings = ("", "Middle authority", *(("95\u00a0% interval",) if bounded else ()), "Middle half", "Authorities")
    body = tuple(
        (
            row.title,
            _score(row.score),
            *((_interval(row),) if bounded else ()),
            _between(row.lower_quartile, row.upper_quartile),
            _count(row.n),
        )
        for row in rows(profile)
    )
    return Table(caption, headings, body)


def middles(profile: pd.DataFrame) -> tuple[str, ...]:
    """The medians of a peer group as one row: each with the middle half in brackets, and how many authorities."""
    found = rows(profile)
    scores = []
    for row in found:
        half = _between(row.lower_quartile, row.upper_quartile)
        scores.append(
            _score(row.score) if row.score is None or row.lower_quartile is None else f"{whole(row.score)} ({half})"
        )
    return (*scores, _count(max((row.n for row in found if row.n is not None), default=None)))


def verdicts(profiles: Mapping[str, pd.DataFrame], caption: str) -> Table:
    """How the verdicts depend on the peer group: a row a group (label to profile), a column a dimension."""
    groups = {label: rows(profile) for label, profile in profiles.items()}
    titles = (row.title for row in next(iter(groups.values()), ()))
    body = tuple(
        (narrative.first_upper(label), *(narrative.verdict_word(row) for row in group))
        for label, group in groups.items()
    )
    return Table(caption, ("", *titles), body)


def together(parts: Sequence[tuple[str, Table]], caption: str) -> list[Table]:
    """Tables with the same headings as one, in their order: the title of each stands in a row of its own.

    >>> first, second = Table("A", ("", "n"), (("x", "1"),)), Table("B", ("", "n"), (("y", "2"),))
    >>> together([("First", first), ("Second", second)], "Both")[0].body
    (('First', ''), ('x', '1'), ('Second', ''), ('y', '2'))
    """
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for title, one in parts:
        body = found.setdefault(one.headings, [])
        body += [(title, *("" for _ in one.headings[1:])), *one.body]
    return [Table(caption, headings, tuple(body)) for headings, body in found.items()]


def groups_inside(
    group_scores: pd.DataFrame, questionnaire: Questionnaire, labels: Mapping[str, str], caption: str
) -> Table:
    """The groups inside one authority that `labels` names, in its order: score, interval and answers on each dimension."""
    found = {(str(row["group"]), str(row["measure"])): _inside(row) for row in group_scores.to_dict("records")}
    dimensions = questionnaire.dimensions
    body = tuple(
        (label, *(found.get((group, one.code), text("note.not_shown")) for one in dimensions))
        for group, label in labels.items()
    )
    return Table(caption, ("", *(str(dimension.title) for dimension in dimensions)), body)


def distributions(items: pd.DataFrame, chosen: Sequence[Item], caption: str) -> list[Table]:
    """How the answers to single items are spread, five options drawn together as three; a table an option set."""
    found: Spreads = {}
    for row in items.to_dict("records"):
        found.setdefault(str(row["item"]), {})[str(row["option"])] = row
    sets: dict[str, list[Item]] = {}
    for item in chosen:
        if item.option_set is not None:
            sets.setdefault(item.option_set.code, []).append(item)
    return [_distribution(found, members, caption) for members in sets.values()]


def _distribution(found: Spreads, members: Sequence[Item], caption: str) -> Table:
    columns = _columns([option for option in members[0].options if option.score is not None])
    headings = ("", "Answers", *(_heading(column) for column in columns))
    body = []
    for item in members:
        title = f"{item.text} (turned round)" if item.reverse else str(item.text)
        body.append((title, *_spread(found.get(item.code, {}), columns)))
    return Table(caption, headings, tuple(body))


def _heading(column: Sequence[Option]) -> str:
    first, *others = (str(option.label) for option in column)
    return " or ".join([first, *(narrative.in_sentence(label) for label in others)])


def _columns(options: Sequence[Option]) -> list[Sequence[Option]]:
    if len(options) == 5:
        return [options[:2], options[2:3], options[3:]]
    return [[option] for option in options]


def _spread(found: Spread, columns: Sequence[Sequence[Option]]) -> tuple[str, ...]:
    answers = {code: row for code, row in found.items() if code not in ("dk", "blank")}
    if any(row["reason"] == Reason.NEARLY_EVERYONE for row in answers.values() if isinstance(row["reason"], str)):
        return (text("answered.nearly_everyone"), *("" for _ in columns))
    shown = {code: row for code, row in answers.items() if not isinstance(row["reason"], str)}
    count = next((number(row["n"]) for row in shown.values()), None)
    shares = [_share(shown, [option.code for option in column]) for column in columns]
    if count is None or "" in shares:
        return (text("note.not_shown"), *("" for _ in columns))
    return (str(int(count)), *shares)


def _share(shown: Spread, codes: list[str]) -> str:
    together = f"{codes[0]}-{codes[-1]}" if len(codes) > 1 else codes[0]
    wanted = [together] if together in shown else codes
    shares = [number(shown[code]["share"]) for code in wanted if code in shown]
    known = [share for share in shares if share is not None]
    return percent(sum(known)) if len(known) == len(wanted) else ""


def _inside(row: Mapping[Hashable, object]) -> str:
    score, lower, upper, n = (number(row[column]) for column in ("score", "lower", "upper", "n"))
    if score is None or n is None or isinstance(row["reason"], str):
        return text("note.not_shown")
    bounds = "" if lower is None else f" ({_between(lower, upper)})"
    return f"{whole(score)}{bounds}, {int(n)} answers"


def _score(value: float | None) -> str:
    return text("note.not_shown") if value is None else whole(value)


def _count(value: int | None) -> str:
    return text("note.not_shown") if value is None else str(value)


def _interval(row: Row) -> str:
    if row.score is None or row.lower is None:
        return text("note.not_shown")
    exact = row.everybody_answered and row.invited is not None and row.invited >= narrative.RATE_FROM
    return "all invited officers answered" if exact else narrative.interval_words(row)


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return text("note.not_shown")
    return text("answered.range", low=whole(low), high=whole(high))
