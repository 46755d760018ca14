"""One page of questions: shown, read, and where to go when it is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from questionnaires.definition import AnswerValue, Item, Kind
from survey import answers as answer
from survey.answers import AnswerFault
from survey.submissions import Conflict, Current
from survey.web import context, headers, overview, presence, question_form, tokens
from survey.web.load_respond import AnsweringPage
from survey.web.prepared import Prepared, slot
from survey.web.question_form import Shown

CHECK = "check"
_HIDDEN = {
    (is_noted, is_check): '<input type="hidden" name="noted" value="1">' * is_noted
    + f'<input type="hidden" name="back" value="{CHECK}">' * is_check
    for is_noted in (False, True)
    for is_check in (False, True)
}


@dataclass(frozen=True, slots=True)
class Posted:
    """What a page sent: values, faults, the digest of what it had shown, which button was pressed."""

    values: Mapping[str, AnswerValue | None]
    faults: tuple[AnswerFault, ...]
    shown: str
    action: str
    is_noted: bool
    is_check: bool
    language: str


# Reading


def read(place: AnsweringPage) -> Posted:
    reading = answer.read(place.items, request.form.to_dict(flat=False))
    values = _resolved(place, dict(reading.values)) if "resolving" in request.form else reading.values
    return Posted(
        values,
        reading.faults,
        shown=request.form.get("shown", ""),
        action=request.form.get("action", ""),
        is_noted="noted" in request.form,
        is_check=request.form.get("back") == CHECK,
        language=request.form.get("language", ""),
    )


def _resolved(place: AnsweringPage, values: dict[str, AnswerValue | None]) -> dict[str, AnswerValue | None]:
    """Both values were shown; where the officer kept the saved one, it stands."""
    for item in place.items:
        if request.form.get(f"keep.{item.code}") == "stored":
            values[item.code] = place.draft.answers.get(item.code)
    return values


# Where to go


def next_url(place: AnsweringPage, saved: Current, posted: Posted) -> str:
    code = place.page.code
    if posted.language:
        return url_for("respond.page", page_code=code, back=CHECK if posted.is_check else None)
    if posted.action == "later":
        return url_for("respond.later")
    if posted.action == "tasks":
        return url_for("respond.tasks")
    answering = replace(place.answering, draft=saved)
    if not posted.is_noted and blanks(replace(place, answering=answering)):
        return url_for("respond.page", page_code=code, noted="1", back=CHECK if posted.is_check else None)
    if posted.is_check:
        return url_for("respond.check")
    following = place.questionnaire.next_page(code, saved.answers)
    return url_for("respond.check") if following is None else url_for("respond.page", page_code=following.code)


def blanks(place: AnsweringPage) -> frozenset[str]:
    """Questions left blank that are worth pointing out once: free texts are an offer, not a question."""
    section = place.questionnaire.section_of(place.page.code)
    if section.optional:
        return frozenset()
    unanswered = place.questionnaire.unanswered(place.page, place.draft.answers)
    return frozenset(item.code for item in unanswered if item.kind is not Kind.TEXT)


# Showing


def shown(place: AnsweringPage, *, is_noted: bool, is_check: bool) -> str:
    pointed_out = blanks(place) if is_noted else frozenset()
    seen = Shown(place.draft.answers, blanks=pointed_out, labels=place.labels)
    return _page(place, seen, is_noted=is_noted, is_check=is_check)


def with_faults(place: AnsweringPage, posted: Posted) -> str:
    """The page again, with what was typed and what is wrong with it. Nothing was saved."""
    typed = {item.code: _typed(item) for item in place.items}
    seen = Shown(typed, faults={fault.item: fault for fault in posted.faults}, labels=place.labels)
    return _page(place, seen, is_noted=posted.is_noted, is_check=posted.is_check)


def _typed(item: Item) -> AnswerValue | None:
    given = request.form.getlist(item.code)
    if item.kind is Kind.CHOICES:
        return given
    return given[0] if given else None


def with_conflict(place: AnsweringPage, conflict: Conflict, posted: Posted) -> str:
    answering = replace(place.answering, draft=conflict.current)
    return render_template(
        "respond/conflict.html",
        place=place,
        differences=[
            (pair.item, overview.wording(pair.item, pair.stored, place.labels), overview.wording(pair.item, pair.posted, place.labels))
            for pair in conflict.differences
        ],
        shown=conflict.shown,
        posted=[(item.code, value) for item in place.items for value in request.form.getlist(item.code)],
        is_check=posted.is_check,
        progress=_progress(replace(place, answering=answering)),
        text_html=question_form.text_html,
    )  # fmt: skip


def _page(place: AnsweringPage, seen: Shown, *, is_noted: bool, is_check: bool) -> str:
    """Filled into the page as it was drawn once: this officer's marks, tokens and progress."""
    prepared = _prepared(place, seen)
    gaps = {
        "csrf": tokens.for_form(),
        "nonce": headers.nonce(),
        "shown": answer.shown_digest(place.items, place.draft.answers),
        "progress": str(escape(_progress(place))),
        "back": str(escape(_back(place, is_check=is_check))),
        "hidden": _HIDDEN[is_noted, is_check],
        **question_form.marks(place.items, seen),
    }
    if seen.faults or seen.blanks:
        gaps["problem"] = str(escape(_("Problem: "))) if seen.faults else ""
        gaps["summary"] = _summary(seen, [item.code for item in place.items], is_noted=is_noted)
    return prepared.filled(gaps)


def _prepared(place: AnsweringPage, seen: Shown) -> Prepared:
    """Drawn once for each edition, language and set of questions; with something to point out, drawn for this reply."""
    if seen.faults or seen.blanks:
        return Prepared.of(_drawn(place, seen))
    draft = place.draft
    asked = "" if len(place.items) == len(place.page.items) else " ".join(item.code for item in place.items)
    key = (draft.edition_digest, draft.optional_sections, context.language(), place.page.code, asked)
    return context.service().pages.get(key, lambda: _drawn(place, seen))


def _drawn(place: AnsweringPage, seen: Shown) -> str:
    section = place.questionnaire.section_of(place.page.code)
    is_first = section.pages[0].code == place.page.code
    return render_template(
        "respond/page.html",
        slot=slot,
        csrf_field=lambda: Markup('<input type="hidden" name="csrf_token" value="{}">').format(slot("csrf")),
        nonce=lambda: slot("nonce"),
        section_title=question_form.text_html(section.title),
        page_title=question_form.text_html(place.page.title) if place.page.title else None,
        intro=[question_form.paragraph_html(section.intro, part) for part in _paragraphs(section.intro)]
        if is_first
        else [],
        plain_title=place.page.title or section.title,
        page_code=place.page.code,
        in_other_language=any(item.text.lang != context.language() for item in place.items),
        idle_warning=presence.WARNING_SECONDS,
        questions=question_form.items_html(place.items, seen),
    )


def _paragraphs(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split("\n\n") if part.strip()]


def _summary(seen: Shown, order: Sequence[str], *, is_noted: bool) -> str:
    if not seen.faults and not (is_noted and seen.blanks):
        return ""
    faults = [(code, _(fault.message, **fault.arguments)) for code, fault in seen.faults.items()]
    first = next((code for code in order if code in seen.blanks), "")
    return render_template("respond/summary.html", faults=faults, blanks=len(seen.blanks), first=first)


def _progress(place: AnsweringPage) -> str:
    codes = [page.code for page in place.answering.pages]
    if place.page.code not in codes:
        return ""
    return str(_("Page %(number)d of %(total)d", number=codes.index(place.page.code) + 1, total=len(codes)))


def _back(place: AnsweringPage, *, is_check: bool) -> str:
    if is_check:
        return url_for("respond.check")
    before = place.questionnaire.previous_page(place.page.code, place.draft.answers)
    return url_for("respond.tasks") if before is None else url_for("respond.page", page_code=before.code)
