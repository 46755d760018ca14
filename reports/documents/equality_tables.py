"""Who answered the equality questions, as tables: the mix of the sector beside what the census counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from questionnaires.definition import Item, Questionnaire
from reports import equality
from reports.documents.cells import Table
from reports.frames import EQUALITY_MIX
from reports.wording import percent, text

TITLE = "Who answered the equality questions"
WORDS = (
    f"The mix of those who answered, over all authorities together, in groups of at least {equality.FEWEST} people; "
    "smaller groups stand together. It says who answered, not who works for the authorities, and is never broken down. "
    "Beside it, where the groups are the same, stands the census: everybody who lives there, of all ages."
)

NO_FIGURE = "no figure"


def tables(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> list[Table]:
    """One table an equality question that was asked, in the order of the questionnaire; nothing where none was."""
    mix = frames.get(EQUALITY_MIX.name)
    if mix is None or mix.empty:
        return []
    items = [item for item in questionnaire.items.values() if item.code in set(mix["item"])]
    return [_table(item, mix[mix["item"] == item.code]) for item in items]


def _table(item: Item, rows: pd.DataFrame) -> Table:
    options = [option.code for option in item.options if option.missing is None]
    ordered = sorted(_rows(rows), key=lambda row: options.index(row[0].split(equality.JOINED)[0]))
    beside = [one for one in equality.censuses() if one.counts(item.code, options)]
    labels = {option.code: str(option.label) for option in item.options}
    body = tuple(
        (
            "; ".join(labels[code] for code in option.split(equality.JOINED)),
            share,
            people,
            *(_percent(one.share(item.code, option, options)) for one in beside),
        )
        for option, share, people in ordered
    )
    return Table(str(item.text), ("", "Of those who said", "People, in tens", *(one.title for one in beside)), body)


def _rows(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    hidden = text("note.not_shown")
    for option, n, share in zip(rows["option"], rows["n"], rows["share"], strict=True):
        shown = not pd.isna(share)
        yield str(option), _percent(float(share)) if shown else hidden, f"{int(n):,}" if shown else hidden


def _percent(share: float | None) -> str:
    return NO_FIGURE if share is None else percent(share)


def sources() -> list[str]:
    """Where the figures of the censuses come from."""
    return [f"{one.title}: {one.source}." for one in equality.censuses()]
