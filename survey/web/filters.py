"""Wording of dates and numbers on screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_decimal, format_time, lazy_gettext

DEFAULT_ZONE = "Europe/London"


def day(value: date) -> str:
    """31 May 2026, in the language of the page. A moment is shown as the day it is in London."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(DEFAULT_ZONE)).date()
    return str(format_date(value, "d MMMM y"))


def moment(value: datetime, zone: str = DEFAULT_ZONE) -> str:
    """31 May 2026, 17:00, as the clock shows in that zone."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), 'd MMMM y')}, {format_time(local, 'HH:mm', rebase=False)}"


def count(value: int) -> str:
    """Thousands apart: 1,234."""
    return str(format_decimal(value))


def one_decimal(value: float) -> str:
    return str(format_decimal(value, "#,##0.0"))


def file_size(value: int) -> str:
    """The size of a file in words: 480 kB, 1.2 MB."""
    kilobytes = max(1, round(value / 1000))
    return f"{kilobytes} kB" if kilobytes < 1000 else f"{one_decimal(value / 1_000_000)} MB"


ROLE_WORDS = {
    "LEAD": lazy_gettext("Survey lead"),
    "DEPUTY": lazy_gettext("Deputy of the survey lead"),
    "CONTRIBUTOR": lazy_gettext("Contributor to the self-assessment"),
    "SIGNATORY": lazy_gettext("Signs the self-assessment off"),
    "MEMBER": lazy_gettext("Member: sees the results"),
    "RESEARCHER": lazy_gettext("Researcher"),
    "PUBLISHER": lazy_gettext("Publisher: approves releases"),
    "OPERATOR": lazy_gettext("Operator"),
}


def role_word(role: str) -> str:
    """A role as people say it."""
    return str(ROLE_WORDS[role])


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "moment": moment,
    "count": count,
    "file_size": file_size,
    "one_decimal": one_decimal,
    "role_word": role_word,
}
