"""How Alembic runs our migrations: on the connection, and inside the transaction, that it is handed."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator, TypeEngine


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | bool:
    """A type of the service is written as the plain type below it: migrations import nothing of the service."""
    del autogen
    if kind == "type" and isinstance(item, TypeDecorator):
        plain = item.impl if isinstance(item.impl, TypeEngine) else item.impl()
        return f"sa.{plain!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_item=render_item,
    transactional_ddl=True,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
