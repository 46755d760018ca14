"""`soundings wave`: plan, fill, open, invite, close and list waves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from survey import address_lists, anonymity, editions, invitations, participation, wave_rules, waves
from survey.cli import acting
from survey.cli.counting import are, counted
from survey.cli.opening import Opened, as_person, opened
from survey.errors import BadInput, NotNow
from survey.wave_rules import Sizes, Tested
from survey.waves import Dates, Plan

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from survey.models import Edition, Participation, Wave

WALL = "A wall clock time, such as “2026-05-31 17:00”."


@click.group()
def wave() -> None:
    """Waves: one run of the survey each."""


@wave.command()
@click.argument("code")
@click.option("--title", required=True, help="How the wave is called on screen.")
@click.option("--questionnaire", required=True, metavar="CODE", help="Code of the staff questionnaire.")
@click.option("--version", required=True, help="Version of the questionnaire.")
@click.option("--self-assessment", metavar="CODE", help="Code of the self-assessment that authorities fill in.")
@click.option("--self-assessment-version", metavar="VERSION", help="Its version; the one stored last if not given.")
@click.option("--opens", required=True, help=WALL)
@click.option("--deadline", required=True, help=f"The deadline that officers are shown. {WALL}")
@click.option("--last-start", help="No new starts after it; the deadline if not given.")
@click.option("--closes", help="No changes after it; a quarter of an hour after the last start if not given.")
@click.option("--time-zone", default="Europe/London", show_default=True, help="Where these clocks hang.")
@click.option("--section", "sections", multiple=True, metavar="CODE", help="An optional section that is asked.")
@click.option("--rehearsal", is_flag=True, help="On generated respondents; never mixed with live results.")
@as_person
def plan(  # noqa: PLR0913 - one argument for each option of the command
    *,
    code: str,
    title: str,
    questionnaire: str,
    version: str,
    self_assessment: str | None,
    self_assessment_version: str | None,
    opens: str,
    deadline: str,
    last_start: str | None,
    closes: str | None,
    time_zone: str,
    sections: tuple[str, ...],
    rehearsal: bool,
    email: str,
) -> None:
    """Plan wave CODE: what is asked, and when."""
    dates = Dates.of(
        waves.moment(opens, time_zone),
        waves.moment(deadline, time_zone),
        last_start_at=waves.moment(last_start, time_zone) if last_start else None,
        closes_at=waves.moment(closes, time_zone) if closes else None,
    )
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        wanted = Plan(
            code,
            title,
            dates,
            time_zone=time_zone,
            optional_sections=sections,
            rehearsal=rehearsal,
            demonstration=service.settings.demonstration,
        )
        with service.database.write(session):
            edition = editions.find(session, questionnaire, version)
            own = _self_assessment(session, self_assessment, self_assessment_version)
            waves.plan(session, wanted, edition, actor=person.actor, now=service.now, self_assessment=own)
            session.commit()
    click.echo(f"Wave {code} is planned. Add authorities with `soundings wave add {code}`.")


def _self_assessment(session: Session, code: str | None, version: str | None) -> Edition | None:
    if code is None:
        return None
    return editions.find(session, code, version) if version else editions.newest(session, code)


@wave.command()
@click.argument("code")
@click.argument("authorities", nargs=-1, required=True, metavar="AUTHORITY…")
@as_person
def add(code: str, authorities: tuple[str, ...], email: str) -> None:
    """Let authorities take part in wave CODE. Those that do already stay as they are."""
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        with service.database.write(session):
            added = participation.add(
                session, waves.by_code(session, code), authorities, actor=person.actor, now=service.now
            )
            session.commit()
    were = "was" if len(added) == 1 else "were"
    click.echo(f"{counted(len(added), 'authority', 'authorities')} {were} added to wave {code}.")


@wave.command("open")
@click.argument("code")
@as_person
def open_(code: str, email: str) -> None:
    """Open wave CODE: links begin to work, the questionnaire is fixed, attributes of authorities are copied."""
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        with service.database.write(session):
            found = waves.by_code(session, code)
            waves.open_wave(session, found, actor=person.actor, now=service.now, roles=person.roles)
            session.commit()
        click.echo(f"Wave {code} is open until {_wall(found)}.")


@wave.command()
@click.argument("code")
@click.option("--authority", metavar="CODE", help="Only this authority.")
@click.option("--addresses", type=click.Path(path_type=Path), help="A table: authority, address.")
@click.option("--shared", is_flag=True, help="One shared link an authority, limited by its headcount.")
@click.option("--expected", type=click.IntRange(min=1), help="Staff expected, where there is no headcount.")
@click.option("--links", "out", type=click.Path(path_type=Path), help="Write all links to this new CSV file.")
@click.option("--send", is_flag=True, help="Queue a mail to every personal link; who has answered is sent none.")
@click.option("--round", "round_", type=click.IntRange(min=1), default=1, help="Which mail of this kind.")
@click.option("--dry-run", is_flag=True, help="Only count, by domain; change nothing.")
@as_person
def invite(  # noqa: PLR0913 - the same
    *,
    code: str,
    authority: str | None,
    addresses: Path | None,
    shared: bool,
    expected: int | None,
    out: Path | None,
    send: bool,
    round_: int,
    dry_run: bool,
    email: str,
) -> None:
    """Make the links of wave CODE, write them to a file, or queue their mails. Nobody is invited twice."""
    with opened() as service:
        actor, session = acting.researcher(service, email).actor, service.session
        found = waves.by_code(session, code)
        lists = address_lists.read(addresses, authority=authority) if addresses else {}
        if out:
            _refuse_unless_new(out)
        if dry_run:
            _count(service, found, lists)
            return
        with service.database.write(session):
            for owner, wanted in sorted(lists.items()):
                one = participation.one(session, found, owner)
                link_key, now = service.settings.link_key, service.now
                made = invitations.invite(session, one, wanted, link_key=link_key, actor=actor, now=now)
                click.echo(f"{owner}: {counted(made, 'new link')}.")
            if shared:
                _share(service, found, authority=authority, expected=expected, actor=actor)
            if send:
                queued = invitations.queue_mails(
                    session, found, template="invitation", round_=round_, now=service.now, authority=authority
                )
                click.echo(f"{counted(queued, 'mail')} {are(queued)} queued.")
            session.commit()
        if out:
            written = _write_links(service, found, out, authority=authority)
            click.echo(f"{counted(written, 'link')} {are(written)} in {out}.")


def _count(service: Opened, found: Wave, lists: dict[str, list[str]]) -> None:
    """The dry run: who would be invited, by domain."""
    for owner, wanted in sorted(lists.items()):
        preview = invitations.preview(service.session, participation.one(service.session, found, owner), wanted)
        has = "has" if len(preview.already) == 1 else "have"
        click.echo(f"{owner}: {len(preview.new)} new, {len(preview.already)} {has} a link already.")
        for domain, count in preview.domains.items():
            click.echo(f"  {domain}: {count}")


def _share(service: Opened, found: Wave, *, authority: str | None, expected: int | None, actor: str) -> None:
    session = service.session
    sharing = [participation.one(session, found, authority)] if authority else participation.of_wave(session, found)
    staff = {one.authority.code: participation.expected(session, one) or expected or 0 for one in sharing}
    unknown = [code for code, count in staff.items() if not count]
    if unknown:
        raise BadInput(
            "A shared link is limited by the headcount. No link was made.",
            tuple(f"{code}: no headcount. Import it, or give --expected." for code in unknown),
        )
    for one in sharing:
        _share_one(service, one, expected=staff[one.authority.code], actor=actor)


def _share_one(service: Opened, one: Participation, *, expected: int, actor: str) -> None:
    link = invitations.share(
        service.session,
        one,
        expected=expected,
        link_key=service.settings.link_key,
        actor=actor,
        now=service.now,
    )
    click.echo(f"{one.authority.code}: a shared link for at most {link.cap} answers.")


def _refuse_unless_new(out: Path) -> None:
    """Asked before a link is made: a command that is refused has done nothing."""
    if out.exists():
        raise BadInput(f"{out}: there is such a file already. Name another one.")
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise BadInput(f"{out.parent} is no folder that may be written to. Nothing was changed. Choose another one.")


def _write_links(service: Opened, found: Wave, out: Path, *, authority: str | None) -> int:
    settings = service.settings
    links = invitations.links(
        service.session, found, link_key=settings.link_key, base_url=settings.base_url, authority=authority
    )
    with out.open("x", encoding="utf-8", newline="") as file:
        out.chmod(0o600)
        return invitations.write_csv(links, file)


@wave.command()
@click.argument("code")
@click.option("--reason", default="", help="Needed to close before the last date.")
@as_person
def close(code: str, reason: str, email: str) -> None:
    """Close wave CODE, and take away the last traces of the order in which answers came."""
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        with service.database.write(session):
            found = waves.by_code(session, code)
            try:
                waves.close(session, found, actor=person.actor, now=service.now, reason=reason, roles=person.roles)
            except waves.TooEarly as refusal:
                raise NotNow(f"{refusal.sentence} Say why with --reason “…”.") from None
            session.commit()
        anonymity.rewrite(service.database)
    click.echo(f"Wave {code} is closed.")


@wave.command()
@click.argument("code")
@click.argument("analysis", type=click.Choice(wave_rules.NAMES))
@click.argument("state", type=click.Choice(wave_rules.CHOICES))
@click.option("--date", "on", default="", help="The day of the analysis, such as 2026-11-20.")
@click.option("--source", default="", help="Who ran it, with what. It stands in the technical annex.")
@as_person
def tested(*, code: str, analysis: str, state: str, on: str, source: str, email: str) -> None:
    """Enter for wave CODE the STATE of an ANALYSIS that was run with other software; the next release is computed by it."""
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        with service.database.write(session):
            found = waves.by_code(session, code)
            result = Tested(analysis, state, on, source)
            wave_rules.enter(session, found, result, actor=person.actor, now=service.now)
            session.commit()
    click.echo(f"Wave {code}: {analysis} is {state}.")


@wave.command()
@click.argument("code")
@click.option("--median", type=int, default=10, show_default=True, help="Authorities that a median needs; 5 or more.")
@click.option(
    "--quartiles", type=int, default=12, show_default=True, help="Authorities that quartiles need; 8 or more."
)
@click.option("--because", default="", help="Why fewer than usual are enough. It stands in the technical annex.")
@as_person
def sizes(*, code: str, median: int, quartiles: int, because: str, email: str) -> None:
    """Set for wave CODE how many authorities a peer group needs to be told; the next release is computed by it."""
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        with service.database.write(session):
            found = waves.by_code(session, code)
            asked = Sizes(median, quartiles, because)
            wave_rules.set_sizes(session, found, asked, actor=person.actor, now=service.now)
            session.commit()
    click.echo(f"Wave {code}: a median needs {median} authorities, quartiles need {quartiles}.")


@wave.command("link-reviewed")
@click.argument("code")
@click.argument("authorities", nargs=-1, metavar="[AUTHORITY…]")
@as_person
def link_reviewed(code: str, authorities: tuple[str, ...], email: str) -> None:
    """Note that the answers by shared links of closed wave CODE were looked at; without an authority, list what waits.

    Anybody who has a shared link can answer with it, and more than once. Until somebody has looked, the staff numbers of
    the authority do not count: no response rate, no weights. What is noted holds for the next release.
    """
    with opened() as service:
        person, session = acting.researcher(service, email), service.session
        found = waves.by_code(session, code)
        if not authorities:
            for one in participation.waiting_links(session, found):
                click.echo(f"{one.authority.code}\t{one.authority.name}")
            return
        with service.database.write(session):
            participation.review_links(session, found, authorities, actor=person.actor, now=service.now)
            session.commit()
    click.echo(f"Wave {code}: {counted(len(set(authorities)), 'shared link', 'shared links')} noted as looked at.")


@wave.command("list")
def list_() -> None:
    """All waves, newest first: code, state, authorities, questionnaire, last moment for changes."""
    with opened() as service:
        for one in waves.listed(service.session):
            edition = one.wave.edition
            click.echo(
                f"{one.wave.code}\t{one.wave.state}\t{counted(one.authorities, 'authority', 'authorities')}\t"
                f"{edition.code} {edition.version}\t{_wall(one.wave)}"
            )


def _wall(found: Wave) -> str:
    return f"{found.closes_at.astimezone(ZoneInfo(found.time_zone)):%Y-%m-%d %H:%M} {found.time_zone}"
