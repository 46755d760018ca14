"""The self-assessment of an authority, filled in by its lead: overview, one page at a time, check, send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.definition import Item
from survey import assessments
from survey.assessments import Assessing, Changed, Filled
from survey.web import context
from survey.web.assess_rows import Row, rows_by_section
from survey.web.load_assess import AssessingPage

blueprint = Blueprint("assess", __name__, url_prefix="/assess")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, and where it is."""

    field: str
    sentence: str


@blueprint.get("/<code>/<wave>/")
def overview(assessing: Assessing) -> str:
    return render_template(
        "assess/overview.html",
        assessing=assessing,
        where=_where(assessing),
        sections=rows_by_section(assessing),
        refusal=assessing.refusal(context.now()),
    )


@blueprint.get("/<code>/<wave>/page/<page_code>")
def page(place: AssessingPage) -> str | Redirect:
    if place.assessing.is_submitted:
        return redirect(_url(place.assessing, "overview"), 303)
    return _page(place, place.assessing.answers)


@blueprint.post("/<code>/<wave>/page/<page_code>")
def save(place: AssessingPage) -> Redirect | tuple[str, int]:
    """Save what the page posted, then go where the pressed button says."""
    posted = {item.code: _posted(item) for item in place.page.items}
    faults = [
        Fault(f"{code}.evidence", _("The note is too long. Use at most 2,000 characters"))
        for code, filled in posted.items()
        if len(filled.evidence.replace("\r\n", "\n").strip()) > assessments.LONGEST_EVIDENCE
    ]
    if faults:
        return _page(place, posted, faults=faults, shown=request.form.get("shown", "")), 422
    session = context.session()
    with context.database().write(session):
        saved = assessments.save_page(
            session,
            place.assessing,
            place.page,
            posted,
            shown=request.form.get("shown", ""),
            by=context.principal(),
            now=context.now(),
        )
        session.commit()
    if isinstance(saved, Changed):
        return _page(AssessingPage(saved.current, place.page), posted, changed=saved.current), 409
    return redirect(_next(place), 303)


@blueprint.get("/<code>/<wave>/check")
def check(assessing: Assessing) -> str:
    return render_template(
        "assess/check.html",
        assessing=assessing,
        where=_where(assessing),
        sections=rows_by_section(assessing),
        open_items=assessments.unanswered(assessing, assessing.questionnaire.items.values()),
        refusal=assessing.refusal(context.now()),
    )


@blueprint.post("/<code>/<wave>/check")
def submit(assessing: Assessing) -> Redirect:
    session = context.session()
    with context.database().write(session):
        assessments.submit(
            session,
            assessing,
            revision=request.form.get("revision", -1, type=int),
            by=context.principal(),
            now=context.now(),
        )
        session.commit()
    return redirect(_url(assessing, "overview"), 303)


@blueprint.post("/<code>/<wave>/change")
def take_back(assessing: Assessing) -> Redirect:
    session = context.session()
    with context.database().write(session):
        assessments.take_back(session, assessing, by=context.principal(), now=context.now())
        session.commit()
    return redirect(_url(assessing, "overview"), 303)


def _posted(item: Item) -> Filled:
    form = request.form
    return Filled(
        form.get(item.code) or None, form.get(f"{item.code}.target") or None, form.get(f"{item.code}.evidence", "")
    )


def _page(
    place: AssessingPage,
    values: Mapping[str, Filled],
    *,
    faults: list[Fault] | None = None,
    changed: Assessing | None = None,
    shown: str = "",
) -> str:
    assessing, pages = place.assessing, place.assessing.questionnaire.pages
    return render_template(
        "assess/page.html",
        assessing=assessing,
        where=_where(assessing),
        page=place.page,
        section_title=assessing.questionnaire.section_of(place.page.code).title,
        intro=_intro(place),
        number=pages.index(place.page) + 1,
        pages=len(pages),
        previous=pages[pages.index(place.page) - 1].code if pages.index(place.page) else "",
        items=[Row.of(item, values.get(item.code, assessments.BLANK)) for item in place.page.items],
        stored=[Row.of(item, changed.of(item)) for item in place.page.items] if changed else [],
        faults=faults or [],
        shown=shown or assessments.shown_digest(assessing, place.page),
    )


def _intro(place: AssessingPage) -> str:
    """What a section says of itself stands on its first page."""
    section = place.assessing.questionnaire.section_of(place.page.code)
    return str(section.intro or "") if place.page is section.pages[0] else ""


def _next(place: AssessingPage) -> str:
    where, pages = _where(place.assessing), place.assessing.questionnaire.pages
    if request.form.get("action") == "overview":
        return _url(place.assessing, "overview")
    if request.form.get("back") == "check" or place.page is pages[-1]:
        return _url(place.assessing, "check")
    return url_for(
        "assess.page", page_code=pages[pages.index(place.page) + 1].code, code=where["code"], wave=where["wave"]
    )


def _where(assessing: Assessing) -> dict[str, str]:
    return {"code": assessing.participation.authority.code, "wave": assessing.wave.code}


def _url(assessing: Assessing, view: str) -> str:
    where = _where(assessing)
    return url_for(f"assess.{view}", code=where["code"], wave=where["wave"])
