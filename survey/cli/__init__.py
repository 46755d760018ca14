"""The `soundings` command: one file per noun, collected here."""

from __future__ import annotations

import click


@click.group()
@click.version_option(package_name="soundings")
def main() -> None:
    """Soundings: a maturity survey and benchmark for local government."""
