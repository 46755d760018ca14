"""What the members' page of change shows, loaded by who asks."""

from __future__ import annotations

from dataclasses import dataclass

from reports.charts.style import Size
from survey import change_results
from survey.change_results import Since
from survey.errors import NotFound
from survey.web import load_compare
from survey.web.access import Asked


@dataclass(frozen=True, slots=True)
class ChangePicture:
    """The scores with last time in them, and how wide the picture is wanted."""

    seen: Since
    kind: str
    size: Size


def seen(asked: Asked) -> Since:
    release, _ = load_compare.own_release(asked)
    return change_results.of(asked.session, release, asked.args["code"], asked.query.get("peer_group"))


def picture(asked: Asked) -> ChangePicture:
    loaded = seen(asked)
    if not loaded.has_picture:
        raise NotFound(load_compare.NOT_THERE)
    return ChangePicture(loaded, asked.args["kind"], load_compare.size_of(asked))
