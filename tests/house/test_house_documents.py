"""The documents keep up: every setting, command, table and word of the vocabulary has its line."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path

import click

from survey import config, vocabulary
from survey.cli import main
from survey.models import Base

DOCS = Path(__file__).parents[2] / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text()
OPERATIONS = (DOCS / "operations.md").read_text()


def words() -> Iterator[str]:
    for name, value in vars(vocabulary).items():
        if isinstance(value, enum.EnumMeta) and value.__module__ == vocabulary.__name__:
            yield from (str(member.value) for member in value)  # type: ignore[attr-defined]
        del name


def commands(group: click.Group, prefix: str = "soundings") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


def test_every_word_of_the_vocabulary_is_in_the_glossary() -> None:
    assert not [word for word in words() if f"`{word}`" not in GLOSSARY]


def test_every_table_is_in_the_glossary() -> None:
    names = [mapper.class_.__name__ for mapper in Base.registry.mappers]
    assert not [name for name in names if name not in GLOSSARY]


def test_every_setting_is_documented() -> None:
    assert not [name for name in sorted(config.KNOWN) if f"`{name}`" not in OPERATIONS]


def test_every_command_is_documented_and_helps() -> None:
    found = list(commands(main))
    assert found
    assert not [command for command in found if f"`{command}" not in OPERATIONS]
