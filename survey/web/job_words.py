"""How each kind of job is called on screen, and where what it made is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

Payload = Mapping[str, Any]  # Any: what each kind of job says it holds


@dataclass(frozen=True, slots=True)
class Result:
    """A link to what a job made."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The title of a job of this kind, from its payload, and the link to its result, where it has a page."""

    title: Callable[[Payload], str]
    result: Callable[[Payload], Result] | None = None


def of(kind: str) -> Words:
    """The words of a kind; one that this version does not know is called by its name."""
    return WORDS.get(kind) or Words(lambda _payload: kind)


def _release(result: Payload) -> Result:
    label = str(result["release"])
    return Result(url_for("research_releases.show", label=label), _("See release %(label)s", label=label))


def _bundle(result: Payload) -> Result:
    label = str(result["release"])
    return Result(url_for("research_documents.index", label=label), _("Fetch the file, if you asked for it"))


def _reports(payload: Payload) -> str:
    if "authority" not in payload:
        return str(_("Make all reports"))
    return str(_("Make the reports of %(code)s and of the sector", code=payload["authority"]))


WORDS: dict[str, Words] = {
    "documents.bundle": Words(lambda _payload: _("All reports in one file"), _bundle),
    "documents.make": Words(_reports, _release),
    "release.compute": Words(lambda payload: _("Compute survey %(wave)s", wave=payload["wave"]), _release),
}
