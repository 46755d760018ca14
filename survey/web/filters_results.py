"""Wording of published figures on screen."""

from __future__ import annotations

from collections.abc import Callable

from survey import result_tables

FILTERS: dict[str, Callable[..., str]] = {
    "percent": result_tables.percent_words,
    "reason_words": result_tables.reason_words,
    "table_name": result_tables.table_words,
}
