"""What the members' page of a self-assessment shows, loaded by who asks."""

from __future__ import annotations

from dataclasses import dataclass

from reports.charts.style import Size
from survey import say_do_results
from survey.errors import NotFound
from survey.say_do_results import SayDo
from survey.web import load_compare
from survey.web.access import Asked


@dataclass(frozen=True, slots=True)
class SayDoPicture:
    """The radar of a self-assessment, and how wide it is wanted."""

    seen: SayDo
    size: Size


def seen(asked: Asked) -> SayDo:
    release, _ = load_compare.own_release(asked)
    return say_do_results.of(asked.session, release, asked.args["code"])


def picture(asked: Asked) -> SayDoPicture:
    loaded = seen(asked)
    if not loaded.has_picture:
        raise NotFound(load_compare.NOT_THERE)
    return SayDoPicture(loaded, load_compare.size_of(asked))
