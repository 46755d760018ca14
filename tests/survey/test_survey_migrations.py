"""Migrations up and down equal the models, on both databases, and the service starts on no other schema."""

from __future__ import annotations

import ast
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Inspector, event, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex
from sqlalchemy.exc import DBAPIError

from survey import db, schema
from survey.config import SettingFault
from survey.db import Database
from survey.errors import Unavailable
from survey.models import Base

VERSIONS = schema.SCRIPTS / "versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        make: Callable[[], str] = request.getfixturevalue("new_postgresql_database")
        url = make()
    database = Database(url)
    yield database
    database.dispose()


def shape(database: Database) -> dict[str, object]:
    """Everything that a database says of its tables, and its triggers."""
    with database.engine.connect() as connection:
        seen = inspect(connection)
        tables = {name: of_table(seen, name) for name in seen.get_table_names() if name != "alembic_version"}
        return tables | {"triggers": triggers(database)}


def of_table(seen: Inspector, name: str) -> dict[str, object]:
    return {
        "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)],
        "key": seen.get_pk_constraint(name),
        "unique": sorted(seen.get_unique_constraints(name), key=str),
        "checks": sorted((c["name"], c["sqltext"]) for c in seen.get_check_constraints(name)),
        "foreign": sorted(seen.get_foreign_keys(name), key=str),
        "indexes": sorted(
            (str(i["name"]), i["column_names"], i["unique"], condition(i)) for i in seen.get_indexes(name)
        ),
        "options": seen.get_table_options(name),
    }


def condition(index: ReflectedIndex) -> list[str]:
    return [f"{name} {option}" for name, option in index.get("dialect_options", {}).items()]


def triggers(database: Database) -> list[str]:
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
    }[database.engine.dialect.name]
    with database.engine.connect() as connection:
        return list(connection.scalars(text(asked)))


def test_the_migrated_schema_equals_the_models(empty: Database, request: pytest.FixtureRequest):
    made: Database = request.getfixturevalue(f"{empty.engine.dialect.name}_database")
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    assert shape(empty) == shape(made)
    assert len(triggers(empty)) == 2


def test_up_and_down_and_up_again_leaves_nothing_between(empty: Database):
    schema.upgrade(empty)
    before = shape(empty)
    schema.downgrade(empty, "base")
    assert shape(empty) == {"triggers": []}
    schema.upgrade(empty)
    assert shape(empty) == before


def test_each_step_can_be_taken_back_alone(empty: Database):
    for script in sorted(path.stem[:4] for path in VERSIONS.glob("0*.py")):
        before = shape(empty)
        schema.upgrade(empty, script)
        schema.downgrade(empty, "-1")
        assert shape(empty) == before
        schema.upgrade(empty, script)
    assert schema.current(empty) == schema.head()


def test_no_step_makes_a_table_anew(empty: Database):
    """Rows point to each other: a table that is dropped to be made anew fails where it has rows, or takes others along."""
    dropped = []

    @event.listens_for(empty.engine, "before_cursor_execute")
    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.strip().upper().startswith("DROP TABLE"):
            dropped.append(statement.strip())

    schema.upgrade(empty)
    assert dropped == []


def test_a_migration_that_fails_leaves_the_schema_as_it_was(empty: Database):
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE wave (id INTEGER)"))  # in the way of a later step
    with pytest.raises(DBAPIError):
        schema.upgrade(empty)
    assert schema.current(empty) is None
    assert set(shape(empty)) == {"wave", "triggers"}


def test_the_service_refuses_an_empty_an_older_and_a_newer_schema(empty: Database):
    with pytest.raises(SettingFault, match=r"no tables yet\. Run: soundings migrate"):
        schema.require_current(empty)
    schema.upgrade(empty, "0001")
    with pytest.raises(SettingFault, match=f"the schema is 0001, this version needs {schema.head()}"):
        schema.require_current(empty)
    schema.upgrade(empty)
    schema.require_current(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingFault, match="9999 is newer than this version"):
        schema.require_current(empty)


def test_a_second_migration_waits_and_gives_up_in_a_sentence(empty: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(db, "LOCK_WAIT_SECONDS", 0.05)
    if empty.is_sqlite:
        with Path(f"{empty.url.database}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with pytest.raises(Unavailable):
                schema.upgrade(empty)
    else:
        monkeypatch.setattr(schema, "LOCK_TIMEOUT", "50ms")
        with empty.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": schema.POSTGRESQL_LOCK})
            with pytest.raises(Unavailable, match="another migration"):
                schema.upgrade(empty)
    schema.upgrade(empty)


def test_a_step_of_the_schema_imports_nothing_of_the_service():
    for path in VERSIONS.glob("*.py"):
        tree = ast.parse(path.read_text())
        imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
        imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert imported <= {"sqlalchemy", "alembic"}, path.name
