"""The average officer of the sector, and the band of a standing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release_standings", sa.Column("band", sa.String(length=200), nullable=True))
    op.add_column("release_standings", sa.Column("band_probability", sa.Float(precision=53), nullable=True))
    op.create_table(
        "release_average_officer",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("authorities", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("se", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("tau", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR score IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_average_officer_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_average_officer_release_id")),
        sa.PrimaryKeyConstraint("release_id", "measure", name=op.f("pk_release_average_officer")),
    )


def downgrade() -> None:
    op.drop_table("release_average_officer")
    op.drop_column("release_standings", "band_probability")
    op.drop_column("release_standings", "band")
