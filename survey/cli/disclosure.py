"""`soundings disclosure`: the audit of everything that was ever told, and the list of it."""

from __future__ import annotations

import time

import click

from survey import ledger, results
from survey.cli.opening import REFUSED, opened


@click.group()
def disclosure() -> None:
    """What releases told, and whether somebody could work out an authority's score from all of it."""


@disclosure.command()
def audit() -> None:
    """Hold everything that was ever told of each wave against an attacker who knows all of it.

    Looks at authorities, and at the people behind every stored figure. Exit code 0 with counts where nobody is pinned;
    1 with one line for each finding.
    """
    begun = time.monotonic()
    with opened() as service:
        found = ledger.audit(service.session)
    left = [(one.wave, measure, group) for one in found for group, measure in sorted(one.audit.dropped)]
    pinned = [(one.wave, measure, code) for one in found for measure, code in one.audit.pinned]
    for wave, measure, code in pinned:
        click.echo(
            f"Wave {wave}: the score of {code} on {measure} follows from earlier releases to 10 points.", err=True
        )
    for wave, measure, group in left:
        click.echo(
            f"Wave {wave}: with the group {group}, a score on {measure} can be worked out. Correct the release.",
            err=True,
        )
    people = [line for one in found for line in one.people]
    for line in people:
        click.echo(line, err=True)
    if pinned or left or people:
        raise click.exceptions.Exit(REFUSED)
    groups, figures, releases = (
        sum(getattr(one.audit, name) for one in found) for name in ("groups", "figures", "releases")
    )
    seconds = time.monotonic() - begun
    click.echo(f"Nobody is pinned: {groups} groups, {figures} figures, {releases} releases, {seconds:.1f} seconds.")


@disclosure.command(name="list")
@click.option("--members", is_flag=True, help="Add the codes of the authorities that the figures are about.")
def list_(*, members: bool) -> None:
    """Print every group and every table of every release that was told.

    Release, when, group or table, to whom, authorities that the figures are about, figures.
    """
    with opened() as service:
        for one in ledger.entries(service.session):
            at = "" if one.at is None else f"{one.at:%Y-%m-%d %H:%M}"
            line = (one.release, at, one.what, one.told_to, str(len(one.authorities)), str(one.figures))
            click.echo("\t".join((*line, " ".join(one.authorities)) if members else line))


@disclosure.command()
@click.argument("label")
def cost(label: str) -> None:
    """Print what safety costs in a release such as 2026.1: table, rule, withheld figures and their share of the table."""
    with opened() as service:
        release = results.get_any(service.session, label)
        for name, reason, count, share in results.withheld(service.session, release):
            click.echo(f"{name}\t{reason}\t{count}\t{share:.1%}")
