"""Verifying a bundle: its numbers are computed again from its answers, and every cell must be the same text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from questionnaires import loader
from reports import peer_safety, peers, publication
from reports.files import bundle_reading, writing
from reports.files.bundle import PEOPLE, Sources
from reports.files.bundle_reading import Bundle
from reports.files.tables import FileFaults
from reports.publication import Results

KEYS = (
    "authority", "measure", "item", "option", "kind", "group", "peer_group", "restated_for", "upper_tier", "lower_tier",
    "profile", "service_area", "tier",
)  # fmt: skip
"""The columns that say which row of a table it is; the others are what was computed."""


@dataclass(frozen=True)
class Verified:
    """How much was found to be identical."""

    numbers: int
    tables: int


def verify(found: Bundle, *, answers: Bundle | None = None, tell: Callable[[str], None] | None = None) -> Verified:
    """Compute everything again and compare it at the stored precision, 12 significant digits.

    Raises FileFaults that name each altered file and the first number that differs. `answers` is a bundle whose answers stand
    in for those of one that holds none, such as a published one; they must be the same that it was computed from.
    """
    holder = found if found.sources is not None or answers is None else answers
    sources = holder.sources
    if sources is None:
        faults = [
            *found.altered,
            f"{found.name}: holds no answers, so its numbers cannot be computed again. Give the answers with --answers.",
        ]
        raise FileFaults(faults)
    faults = [*found.altered, *_origin(found, sources, holder.previous)]
    again = _recomputed(found, (sources, holder.previous), tell)
    first = next(_differences(found, again), None)
    if first is not None:
        faults.append(f"{found.name}: {first}")
    if faults:
        raise FileFaults(faults)
    return Verified(sum(_count(content) for content in found.tables.values()), len(found.tables))


def _origin(found: Bundle, sources: Sources, previous: Sources | None) -> Iterator[str]:
    """Whether what the bundle says of itself is true of its content."""
    if found.method_version != found.rules.method_version:
        yield f"{found.name}: says method {found.method_version}, but its rules are of method {found.rules.method_version}."
    if found.questionnaire_digest != loader.measurement_digest(sources.questionnaire):
        yield f"{found.name}: its numbers come from another questionnaire than it says."
    if not sources.gave(found.input_digest):
        yield f"{found.name}: its numbers were computed from other answers than those given."
    if not (previous.gave(found.previous_digest) if previous is not None else found.previous_digest is None):
        yield f"{found.name}: its change was computed from other answers of the earlier wave than those given."


def _recomputed(found: Bundle, waves: tuple[Sources, Sources | None], tell: Callable[[str], None] | None) -> Results:
    """What the answers of the wave, and of the one before it where there is one, give by the rules of the bundle."""
    sources, previous = waves
    results = publication.compute(
        sources.responses,
        sources.questionnaire,
        found.rules,
        authorities=peers.register(sources.authorities, sources.menu),
        headcounts=sources.headcounts,
        assessments=sources.assessments,
        previous=None if previous is None else bundle_reading.before(previous),
        progress=tell,
    )
    results = publication.without(results, peer_safety.pairs(sources.dropped))
    if found.audience == "release":
        return publication.published(results)
    return publication.for_file(results, found.audience)


def _differences(found: Bundle, again: Results) -> Iterator[str]:
    """Every difference in words, tables in their order first, quality last."""
    for name, frame in again.frames.items():
        if name in found.tables:
            yield from _table(name, found.tables[name], writing.csv_bytes(frame))
        elif name != PEOPLE and found.audience != "release":
            yield f"the table {name} is not in it."
    for name in found.tables:
        if name not in again.frames:
            yield f"the table {name} is not among those that are computed."
    try:
        given = json.loads(found.quality)
    except (ValueError, RecursionError):
        yield "quality.json is not readable."
        return
    yield from _quality(given, json.loads(writing.json_bytes(again.quality)), "quality")


def _table(name: str, given: bytes, again: bytes) -> Iterator[str]:
    if given == again:
        return
    columns, rows = _rows(given)
    known, computed = _rows(again)
    unknown = [column for column in columns if column not in known]
    if unknown:
        yield f"{name}: the column {unknown[0]} is not computed."
    keys = [column for column in KEYS if column in columns]
    expected = {tuple(row[key] for key in keys): row for row in computed}
    for row in rows:
        key = tuple(row.get(one, "") for one in keys)
        place = f"{name}, " + ", ".join(f"{one} {value}" for one, value in zip(keys, key, strict=True) if value)
        if key not in expected:
            yield f"{place}: this row is not computed."
            continue
        other = expected.pop(key)
        for column in columns:
            if column in other and row.get(column) != other[column]:
                yield f"{place}, {column}: {_said(row.get(column))} in the bundle, {_said(other[column])} computed again."
    for key in expected:
        yield f"{name}, {', '.join(filter(None, key))}: this row is missing."


def _rows(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8", "replace"), newline=""), restkey="", restval="")
    try:
        return list(reader.fieldnames or ()), [{str(k): str(v) for k, v in row.items()} for row in reader]
    except csv.Error:
        return [], []


def _quality(given: object, again: object, place: str) -> Iterator[str]:
    if isinstance(given, Mapping) and isinstance(again, Mapping):
        for key in dict.fromkeys([*again, *given]):
            if key not in given or key not in again:
                yield f"{place}.{key}: {'not computed' if key in given else 'missing'}."
            else:
                yield from _quality(given[key], again[key], f"{place}.{key}")
    elif given != again:
        yield f"{place}: {given!r} in the bundle, {again!r} computed again."


def _said(cell: str | None) -> str:
    return cell or "nothing"


def _count(content: bytes) -> int:
    """How many cells of a table are figures."""
    columns, rows = _rows(content)
    own = [column for column in columns if column not in KEYS]
    return sum(_is_number(row[column]) for row in rows for column in own)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
