"""The privacy notice in words: made from the facts as they are, in each language; frozen ones are only shown."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from survey import notices
from survey.notices import Facts, Section, Texts, Told
from survey.web import context, languages


def of(told: Told, language: str) -> list[Section]:
    """What the officers of a wave are told: as it was frozen, or as it would be frozen now."""
    if told.notice is None:
        return sections(told.facts)
    texts: dict[str, Any] = told.notice.texts  # Any: JSON, written by `in_languages`
    found: list[Section] = texts.get(language) or texts["en"]
    return found


def fix(wave_id: int) -> None:
    """Fix what the officers of a wave were told, with the first page that is saved; the caller commits."""
    known, session = context.service().frozen_notices, context.session()
    if wave_id in known:
        return
    if notices.is_frozen(session, wave_id):
        known.add(wave_id)
        return
    told = notices.facts_of(session, wave_id, context.settings())
    notices.freeze(session, wave_id, told, in_languages(told), database=context.database(), now=context.now())


def in_languages(facts: Facts) -> Texts:
    """The notice in every language of the pages: what is frozen."""
    found: Texts = {}
    for language in languages.NAMES:
        with force_locale(language):
            found[language] = sections(facts)
    return found


def sections(facts: Facts) -> list[Section]:
    """The notice in the language of the page."""
    return [
        {"heading": _("In short"), "lines": [_in_short(facts)]},
        {"heading": _("Who asks"), "lines": _asking(facts)},
        {"heading": _("If you answer"), "lines": _answering(facts)},
        {"heading": _("Where the limits are"), "lines": _limits(facts)},
        {"heading": _("Who sees what"), "lines": _seeing(facts)},
        {"heading": _("How long we keep it"), "lines": _keeping(facts)},
        {"heading": _("What the machine writes down"), "lines": [_written()]},
    ]


def _in_short(facts: Facts) -> str:
    return str(
        _(
            "Nobody at your council sees what you answered: results are about groups of at least %(people)s people. What you send is kept without your name, your address and your link. It is not perfect, so the limits are told below.",
            people=facts["people"],
        )
    )


def _asking(facts: Facts) -> list[str]:
    lines = [
        _(
            "%(organisation)s runs this survey and is responsible for the information in it. Write to %(contact)s.",
            organisation=facts["organisation"],
            contact=facts["contact"],
        )
    ]
    if facts["mail"]:
        lines.append(
            _("Mails with links go through %(host)s, which sees the address and the mail.", host=facts["mail"])
        )
    else:
        lines.append(_("We send no mails ourselves: you get your link from your council."))
    return lines


def _answering(facts: Facts) -> list[str]:
    lines = [
        _(
            "While you answer, your draft is kept with your link, so that you can come back. It is shown only to the browser that saved it, or after your resume code."
        ),
        _(
            "When you send, your answers are stored under a new random number: without your link, your address, the date, the time taken, your IP address or your browser. The draft is deleted and overwritten."
        ),
        _("Free texts and equality answers are stored apart from the rest, each under a random number of its own.")
        if facts.get("equality", True)
        else _("Free texts are stored apart from the rest, each under a random number of its own."),
        _(
            "We note that your link was used, not when. When the survey closes, we delete that note and the list of mails sent to links."
        ),
    ]
    if facts.get("shared_link"):
        lines.append(_("Where a council gave one link to everybody, we count how many answers came with it."))
    if "equality" in facts:
        asked = _("The survey has an optional section on equality; each question has “prefer not to say”.")
        lines.append(
            asked if facts["equality"] else _("The survey asks nothing about age, gender, ethnicity or disability.")
        )
    lines.append(
        _(
            "Until you send, you can leave any answer out or send nothing. After that we cannot find your answers, so we can neither show nor delete them for you."
        )
    )
    return lines


def _limits(facts: Facts) -> list[str]:
    """What was measured by the harness of linkage, and what no measure takes away."""
    lines = [
        _(
            "Every night, and when the survey closes, sealed answers are written again in random order. Until then, somebody who controls the machine could tie links to answers: when we tried it, all of them. After it, none better than by guessing."
        ),
    ]
    if facts["server_log"]:
        lines.append(
            _(
                "The database server keeps a log of its own until its files are used again. Whoever controls the server could read in it."
            )
        )
    if facts["backups"]:
        lines.append(
            _("Whoever holds backups from before and after you sent your answers could see which came in between.")
        )
    lines += [
        _(
            "If you are the only one at your council who answers, whoever can read the database while the survey is open knows that the answers are yours. After it has closed, that is so only if you alone were invited."
        ),
        _("The people who run the machine must not do any of this, and nobody else can."),
        _("What you write in your own words may say who you are. Only the research team reads it."),
    ]
    return lines


def _seeing(facts: Facts) -> list[str]:
    lines = [
        _(
            "Your council: results for groups of at least %(people)s people, and rounded counts while the survey runs.",
            people=facts["people"],
        ),
        _(
            "Other councils: results of groups of at least %(authorities)s councils, yours alone only if your council agreed to be named.",
            authorities=facts["authorities"],
        ),
        _("The research team: answers without names, links or times."),
        _(
            "Files for researchers leave out what fewer than %(people)s people share. One file has it, to check our numbers: two people must agree to it, and nobody gets both.",
            people=facts["people"],
        ),
    ]
    if facts.get("equality"):
        lines.append(
            _(
                "Answers on equality: counted over all councils together only, in groups of at least %(people)s people.",
                people=facts["background"],
            )
        )
    return lines


def _keeping(facts: Facts) -> list[str]:
    lines = [
        _(
            "Drafts that were not sent: until the survey is closed, at most %(days)s days after its last date.",
            days=facts["draft_days"],
        ),
        _("The address that your link was sent to: until %(days)s days after it.", days=facts["address_days"]),
        _("Answers that were sent stay, because nobody can tell any more whose they are."),
    ]
    if facts["backups"]:
        days, weeks, months = str(facts["backups"]).split("/")
        lines.append(
            _(
                "Backups: of the last %(days)s days, %(weeks)s weeks and %(months)s months. What we deleted is in them until then.",
                days=days,
                weeks=weeks,
                months=months,
            )
        )
    return lines


def _written() -> str:
    return str(
        _(
            "For each request: the time, which kind of page, and whether it worked. No address, no name, no link, nothing that you typed."
        )
    )
