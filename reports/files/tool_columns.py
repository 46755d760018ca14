"""The columns that survey tools add by themselves: who answered is dropped, two times become seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from reports.files.recognition import words
from reports.files.responses import SECONDS
from reports.files.tables import Rows, Table

WHO = frozenset({
    "email", "e mail", "email address", "name", "full name", "first name", "last name", "surname", "username", "user name", "user id",
    "ip address", "ipaddress", "recipient email", "recipientemail", "recipient first name", "recipientfirstname", "recipient last name",
    "recipientlastname", "external reference", "externalreference", "location latitude", "locationlatitude", "location longitude",
    "locationlongitude", "token", "e bost", "ebost", "enw", "cyfeiriad ip", "respondent email",
})  # fmt: skip
IDS = frozenset({"id", "response id", "responseid", "respondent id", "unique response number", "rhif"})
STARTS = frozenset(
    {"start time", "startdate", "start date", "date started", "started", "startlanguage time", "amser dechrau"}
)
ENDS = frozenset({"completion time", "enddate", "end date", "date submitted", "submitted", "submitdate", "amser cwblhau"})  # fmt: skip
LENGTHS = frozenset({SECONDS, "duration in seconds", "total time", "interviewtime", "time taken in seconds"})
OTHERS = frozenset({
    "timestamp", "last modified time", "language", "user language", "userlanguage", "start language", "last page", "seed",
    "referrer url", "date last action", "recorded date", "recordeddate", "distribution channel", "distributionchannel", "status",
    "progress", "finished", "collector id", "custom data 1", "total points", "quiz feedback", "grade posted time", "iaith",
})  # fmt: skip
QUIZ = ("points ", "feedback ")  # Forms adds two columns to each question of a quiz
FORMATS = (
    "%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%d %b %Y %H:%M:%S",
)  # fmt: skip
LONGEST_STAY = timedelta(days=60)  # longer than this is no time of answering


@dataclass
class Cleaned:
    """A table without what a tool added. `repeated` counts, while rows are read, those that stood in it before."""

    table: Table
    dropped: tuple[str, ...]
    repeated: int = 0
    _seen: set[bytes] = field(default_factory=set)

    def is_new(self, row: Sequence[str]) -> bool:
        """Whether this row of the tool's own table has not come before."""
        digest = hashlib.blake2b("\x1f".join(row).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in self._seen:
            self.repeated += 1
            return False
        self._seen.add(digest)
        return True


@dataclass(frozen=True)
class _Places:
    kept: tuple[int, ...]
    ids: tuple[int, ...]
    start: int | None
    end: int | None


def cleaned(table: Table, is_asked: Callable[[str], bool]) -> Cleaned:
    """The table without the columns of the tool; where it has two times, with the seconds between them.

    A column that `is_asked` is a question, whatever it is called. Where the tool numbers its rows, a row that stands
    twice, as it does where exports were put together, counts once; without such numbers two people may have
    answered alike, so both count.
    """
    places, dropped = _planned(table.columns, is_asked)
    with_seconds = places.start is not None and places.end is not None and not _has_length(table.columns)
    names = [SECONDS if words(table.columns[at]) in LENGTHS else table.columns[at] for at in places.kept]
    if with_seconds:
        names.append(SECONDS)
    result = Cleaned(Table(table.name, tuple(names), iter(())), dropped)
    chunks = _chunks(table, places, result, with_seconds=with_seconds) if dropped else table.chunks
    result.table = Table(table.name, tuple(names), chunks)
    return result


def _planned(columns: Sequence[str], is_asked: Callable[[str], bool]) -> tuple[_Places, tuple[str, ...]]:
    kept, ids = [], []
    start = end = None
    dropped = []
    for place, name in enumerate(columns):
        plain = words(name)
        if is_asked(name) or not _is_the_tools(plain):
            kept.append(place)
            continue
        dropped.append(name)
        if plain in IDS:
            ids.append(place)
        elif plain in STARTS:
            start = place if start is None else start
        elif plain in ENDS:
            end = place if end is None else end
    return _Places(tuple(kept), tuple(ids), start, end), tuple(dropped)


def _is_the_tools(plain: str) -> bool:
    return plain in WHO or plain in IDS or plain in STARTS or plain in ENDS or plain in OTHERS or plain.startswith(QUIZ)


def _has_length(columns: Sequence[str]) -> bool:
    return any(words(name) in LENGTHS for name in columns)


def _chunks(table: Table, places: _Places, result: Cleaned, *, with_seconds: bool) -> Iterator[Rows]:
    for rows in table.chunks:
        numbers, cells = [], []
        for number, row in zip(rows.numbers, rows.cells, strict=True):
            if any(row[at].strip() for at in places.ids) and not result.is_new(row):
                continue
            kept = [row[at] for at in places.kept]
            if with_seconds and places.start is not None and places.end is not None:
                kept.append(seconds_between(row[places.start], row[places.end]))
            numbers.append(number)
            cells.append(kept)
        yield Rows(numbers, cells)


def seconds_between(start: str, end: str) -> str:
    """Whole seconds between two times as a tool wrote them; empty where they cannot be read for certain.

    >>> seconds_between("11/23/26 9:03:12", "11/23/26 9:07:42"), seconds_between("soon", "later")
    ('270', '')
    """
    for begun, done in zip(_moments(start), _moments(end), strict=True):
        if begun is not None and done is not None and timedelta() <= done - begun <= LONGEST_STAY:
            return str(round((done - begun).total_seconds()))
    return ""


def _moments(text: str) -> Iterator[datetime | None]:
    """The moment that a text means in each way of writing one."""
    plain = text.strip()[:40]
    try:
        yield datetime.fromisoformat(plain).replace(tzinfo=UTC)
    except ValueError:
        yield None
    for way in FORMATS:
        try:
            yield datetime.strptime(plain, way).replace(tzinfo=UTC)
        except ValueError:
            yield None
    try:
        yield datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=float(plain))  # a date that lost its format
    except (ValueError, OverflowError):
        yield None
