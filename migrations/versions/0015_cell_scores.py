"""Scores of service areas by tier, as far as they may be shown."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_cell_scores",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("service_area", sa.String(length=200), nullable=False),
        sa.Column("tier", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR score IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_cell_scores_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_cell_scores_release_id")),
        sa.PrimaryKeyConstraint(
            "release_id", "authority", "service_area", "tier", "measure", name=op.f("pk_release_cell_scores")
        ),
    )


def downgrade() -> None:
    op.drop_table("release_cell_scores")
