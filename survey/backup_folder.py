"""A folder of backups: how they are named, and which ones have had their time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from survey.errors import BadInput

_NAME = re.compile(r"soundings-(\d{8}T\d{6}Z)\.backup")
_STAMP = "%Y%m%dT%H%M%SZ"


def name_for(now: datetime) -> str:
    """The name of a backup made now.

    >>> name_for(datetime(2026, 5, 4, 1, 30, tzinfo=UTC))
    'soundings-20260504T013000Z.backup'
    """
    return f"soundings-{now.astimezone(UTC).strftime(_STAMP)}.backup"


def read_plan(text: str) -> tuple[int, int, int]:
    """How many days, weeks and months to keep, from a text such as 7/4/12; at least one day."""
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})/(\d{1,4})", text)
    if found is None or int(found[1]) < 1:
        raise BadInput("Say what to keep as days/weeks/months, for example 7/4/12, and at least one day.")
    return int(found[1]), int(found[2]), int(found[3])


def outdated(folder: Path, plan: tuple[int, int, int]) -> list[Path]:
    """The backups of a folder that no day, week or month needs any more, oldest first; other files are not looked at.

    The newest backup of each of the last days, ISO weeks and months that have one is kept.
    """
    dated = sorted(
        (datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC), path)
        for path in folder.iterdir()
        if (found := _NAME.fullmatch(path.name)) and path.is_file()
    )
    days, weeks, months = plan
    kept = {
        *_newest_of(dated, lambda day: day.date().isoformat(), days),
        *_newest_of(dated, lambda day: str(day.isocalendar()[:2]), weeks),
        *_newest_of(dated, lambda day: f"{day:%Y-%m}", months),
    }
    return [path for _, path in dated if path not in kept]


def _newest_of(dated: Iterable[tuple[datetime, Path]], period: Callable[[datetime], str], count: int) -> list[Path]:
    """The newest of each of the last `count` periods that have any; later ones of a period replace earlier ones."""
    newest = {period(made_at): path for made_at, path in dated}
    return list(newest.values())[-count:] if count else []
