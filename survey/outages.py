"""A fault of the database in plain words: what happened, what was kept, what to do. Never a value that somebody typed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError

KEPT = "Nothing of the step that was under way was kept; what was told as done before is done."
_HERE = Path(__file__).parents[1]
_AGAIN = "Run the command again."


@dataclass(frozen=True, slots=True)
class Outage:
    """Why a database does not do now what it would do at another time, and the remedy."""

    happened: str
    remedy: str


AWAY = Outage("cannot be used just now", "Is DATABASE_URL right, and is the server running?")
_TURN = Outage("gave us no turn, because somebody else is changing the same thing", f"Wait a moment. {_AGAIN}")
_FULL = Outage("has no room left on its disk, in its memory or for connections", f"Make room. {_AGAIN}")
_READ_ONLY = Outage(
    "takes no changes: it may only be read", "Give the address of one that takes changes, or the right."
)
_FORBIDDEN = Outage("does not let us in, or not do this", "Check user, password and rights in DATABASE_URL.")
_DISK = Outage("could not read or write its file", "Check the disk and who may write to the folder.")
_DAMAGED = Outage("is damaged, or no database", "Stop the service and restore the newest backup: soundings restore.")
_WAITED = Outage(
    "ended the transaction, because more time passed between two steps than its limit allows "
    "(idle_in_transaction_session_timeout)",
    f"{_AGAIN} If it happens again, report which command it was.",
)
_LONG = Outage(
    "stopped a step that took longer than its limit allows (statement_timeout)",
    f"{_AGAIN.removesuffix('.')} when less is going on. If it happens again, report which command it was.",
)
_GONE = Outage("ended the connection", f"Is the server being restarted? Wait a moment. {_AGAIN}")

_KNOWN = {
    "25P03": _WAITED, "25P04": _WAITED, "57014": _LONG, "55P03": _TURN, "40": _TURN, "57P": _GONE, "08": _GONE,
    "53": _FULL, "25006": _READ_ONLY, "28": _FORBIDDEN, "42501": _FORBIDDEN, "58": _DISK, "XX001": _DAMAGED,
    "SQLITE_BUSY": _TURN, "SQLITE_LOCKED": _TURN, "SQLITE_FULL": _FULL, "SQLITE_NOMEM": _FULL,
    "SQLITE_READONLY": _READ_ONLY, "SQLITE_CANTOPEN": _DISK, "SQLITE_PERM": _DISK, "SQLITE_IOERR": _DISK,
    "SQLITE_CORRUPT": _DAMAGED, "SQLITE_NOTADB": _DAMAGED,
}  # fmt: skip
"""By the beginning of the code that the database gives its faults."""


def of(fault: BaseException) -> Outage | None:
    """What is the matter with the database; None where a statement of the program is at fault."""
    causes = list(_causes(fault))
    for one in causes[::-1]:  # the first fault says why; those after it only that the connection is gone
        code = _code(one)
        known = next((outage for start, outage in _KNOWN.items() if code.startswith(start)), None)
        if known is not None:
            return known
    return AWAY if any(isinstance(one, OperationalError) for one in causes) else None


def sentence(fault: DBAPIError, name: str) -> str:
    """All of it on one line. `name` is the address of the database, without a password."""
    outage = of(fault)
    if outage is not None:
        return f"The database {name} {outage.happened}. {KEPT} {outage.remedy}"
    kind = " ".join(filter(None, (type(fault.orig).__name__, _code(fault))))
    return (
        f"The database {name} refused a statement of the program ({kind}{_place(fault)}). {KEPT} This is a fault of the "
        "program: please report this line, and what you did."
    )


def _causes(fault: BaseException | None) -> Iterator[DBAPIError]:
    """The fault, and those during whose handling it came up."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        if isinstance(fault, DBAPIError):
            yield fault
        fault = fault.__cause__ or fault.__context__


def _code(fault: DBAPIError) -> str:
    """Five signs from PostgreSQL, a name from SQLite."""
    return str(getattr(fault.orig, "sqlstate", None) or getattr(fault.orig, "sqlite_errorname", None) or "")


def _place(fault: DBAPIError) -> str:
    """The last line of our own that led to it."""
    ours = [
        f", {Path(frame.filename).relative_to(_HERE)}:{frame.lineno}"
        for frame in traceback.extract_tb(fault.__traceback__)
        if Path(frame.filename).is_relative_to(_HERE / "survey")
    ]
    return ours[-1] if ours else ""
