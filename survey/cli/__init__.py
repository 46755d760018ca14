"""The `soundings` command: one file per noun, collected here.

A command's file is imported when the command is asked for, so that `soundings config check` answers at once and does
not wait for the libraries that draw pictures.
"""

from __future__ import annotations

import importlib

import click

from survey.cli.opening import RefusingGroup

COMMANDS = {
    "analyse": "survey.cli.analyse:analyse",
    "anonymity": "survey.cli.anonymity:anonymity",
    "audit": "survey.cli.audit:audit",
    "authorities": "survey.cli.authorities:authorities",
    "backup": "survey.cli.backup:backup",
    "config": "survey.cli.setup:config",
    "demonstration": "survey.cli.demonstration:demonstration",
    "digest": "survey.cli.backup:digest",
    "disclosure": "survey.cli.disclosure:disclosure",
    "export": "survey.cli.export:export",
    "headcounts": "survey.cli.headcounts:headcounts",
    "link": "survey.cli.link:link",
    "mail": "survey.cli.mail:mail",
    "migrate": "survey.cli.setup:migrate",
    "peers": "survey.cli.peers:peers",
    "people": "survey.cli.people:people",
    "questionnaire": "survey.cli.editions:questionnaire",
    "release": "survey.cli.release:release",
    "responses": "survey.cli.responses:responses",
    "restore": "survey.cli.backup:restore",
    "serve": "survey.cli.serve:serve",
    "wave": "survey.cli.wave:wave",
    "worker": "survey.cli.worker:worker",
}


class Soundings(RefusingGroup):
    """All commands, each found in its file by the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Soundings)
@click.version_option(package_name="soundings")
def main() -> None:
    """Soundings: a maturity survey and benchmark for local government."""
