"""Which themes an authority leans towards."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_own_profile",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("gap", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("p_adjusted", sa.Float(precision=53), nullable=True),
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("own_contrast", sa.Float(precision=53), nullable=True),
        sa.Column("sector_contrast", sa.Float(precision=53), nullable=True),
        sa.Column("p_value", sa.Float(precision=53), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR gap IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_own_profile_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_own_profile_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "measure", name=op.f("pk_release_own_profile")),
    )


def downgrade() -> None:
    op.drop_table("release_own_profile")
