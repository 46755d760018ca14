"""Wording of dates and numbers on screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_decimal, format_percent, format_time

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


def percent(value: float) -> str:
    """A share of 0 to 1 as whole percent."""
    return str(format_percent(value, "0%"))


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "moment": moment,
    "count": count,
    "one_decimal": one_decimal,
    "percent": percent,
}
