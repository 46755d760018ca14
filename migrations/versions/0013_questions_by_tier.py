"""Tiers compared question by question, where the questions do not mean the same to all; single questions for researchers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("tier_item_gaps", "sector_item_gaps", "item_analysis")


def upgrade() -> None:
    create(
        "tier_item_gaps",
        ("authority", "item"),
        "gap",
        [
            *texts("upper_tier", "lower_tier"),
            sa.Column("with_managers", sa.Boolean(), nullable=True),
            *integers("n_upper", "n_lower"),
            *numbers("share_upper", "share_lower", "gap", "lower", "upper"),
            *texts("reason"),
        ],
    )
    create(
        "sector_item_gaps",
        ("item",),
        "gap",
        [
            *texts("upper_tier", "lower_tier"),
            *integers("authorities", "n_upper", "n_lower"),
            *numbers("gap", "lower", "upper"),
            *texts("reason"),
        ],
    )
    create(
        "item_analysis",
        ("item", "measure"),
        "item_total",
        [*integers("n"), *numbers("mean", "sd", "item_total", "alpha_if_deleted"), *texts("reason")],
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(f"release_{name}")


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
