"""Don't know, the leadership profile and people of programmes as findings; what was tested outside of the program for a wave."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("sector_programmes", "dont_know", "sector_dont_know", "leadership", "sector_leadership")


def upgrade() -> None:
    op.add_column("wave", sa.Column("rules", sa.JSON(), nullable=True))
    create(
        "sector_programmes",
        ("measure",),
        "gap",
        [
            *integers("authorities", "n_took_part", "n_others"),
            *numbers("gap", "lower", "upper", "p_value", "p_adjusted"),
            *texts("verdict", "reason"),
        ],
    )
    share = [*numbers("share", "lower", "upper"), *texts("reason")]
    create("dont_know", ("authority", "kind", "group", "measure"), "share", [*integers("n"), *share])
    create("sector_dont_know", ("kind", "group", "measure"), "share", [*integers("n", "authorities"), *share])
    create("leadership", ("authority", "profile", "item"), "share", [*integers("n"), *share, *texts("nearly")])
    create("sector_leadership", ("profile", "item"), "share", [*integers("authorities", "n"), *share])


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(f"release_{name}")
    op.drop_column("wave", "rules")


def create(name: str, key: tuple[str, ...], value: str, columns: list[sa.Column]) -> None:
    table = f"release_{name}"
    op.create_table(
        table,
        sa.Column("release_id", sa.Integer(), nullable=False),
        *(sa.Column(one, sa.String(length=200), nullable=False) for one in key),
        *columns,
        sa.CheckConstraint(
            f"reason IS NULL OR {value} IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f(f"ck_{table}_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f(f"fk_{table}_release_id")),
        sa.PrimaryKeyConstraint("release_id", *key, name=op.f(f"pk_{table}")),
    )


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(length=200), nullable=True) for name in names]


def integers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=True) for name in names]


def numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Float(precision=53), nullable=True) for name in names]
