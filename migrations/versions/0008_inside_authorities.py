"""Service areas that lie apart, tiers that see their authority differently, and both over the sector."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_release_divergence()
    create_release_tier_gaps()
    create_release_elected_gaps()
    create_release_sector_inside()
    create_release_sector_tier_gaps()


def downgrade() -> None:
    op.drop_table("release_sector_tier_gaps")
    op.drop_table("release_sector_inside")
    op.drop_table("release_elected_gaps")
    op.drop_table("release_tier_gaps")
    op.drop_table("release_divergence")


def create_release_divergence() -> None:
    op.create_table(
        "release_divergence",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("service_areas", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("sd_between", sa.Float(precision=53), nullable=True),
        sa.Column("icc1", sa.Float(precision=53), nullable=True),
        sa.Column("icc1_lower", sa.Float(precision=53), nullable=True),
        sa.Column("icc1_upper", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("omega2", sa.Float(precision=53), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR sd_between IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_divergence_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_divergence_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "measure", name=op.f("pk_release_divergence")),
    )


def create_release_tier_gaps() -> None:
    op.create_table(
        "release_tier_gaps",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("upper_tier", sa.String(length=200), nullable=True),
        sa.Column("lower_tier", sa.String(length=200), nullable=True),
        sa.Column("gap", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("p_value", sa.Float(precision=53), nullable=True),
        sa.Column("p_adjusted", sa.Float(precision=53), nullable=True),
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("n_upper", sa.Integer(), nullable=True),
        sa.Column("n_lower", sa.Integer(), nullable=True),
        sa.Column("with_managers", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR gap IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_tier_gaps_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_tier_gaps_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "measure", name=op.f("pk_release_tier_gaps")),
    )


def create_release_elected_gaps() -> None:
    op.create_table(
        "release_elected_gaps",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("upper_tier", sa.String(length=200), nullable=True),
        sa.Column("lower_tier", sa.String(length=200), nullable=True),
        sa.Column("gap", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("p_value", sa.Float(precision=53), nullable=True),
        sa.Column("p_adjusted", sa.Float(precision=53), nullable=True),
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("n_upper", sa.Integer(), nullable=True),
        sa.Column("n_lower", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR gap IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_elected_gaps_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_elected_gaps_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "measure", name=op.f("pk_release_elected_gaps")),
    )


def create_release_sector_inside() -> None:
    op.create_table(
        "release_sector_inside",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("above", sa.Integer(), nullable=True),
        sa.Column("below", sa.Integer(), nullable=True),
        sa.Column("lower_quartile", sa.Float(precision=53), nullable=True),
        sa.Column("median", sa.Float(precision=53), nullable=True),
        sa.Column("upper_quartile", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR median IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_sector_inside_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_sector_inside_release_id")),
        sa.PrimaryKeyConstraint("release_id", "kind", "measure", name=op.f("pk_release_sector_inside")),
    )


def create_release_sector_tier_gaps() -> None:
    op.create_table(
        "release_sector_tier_gaps",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("upper_tier", sa.String(length=200), nullable=True),
        sa.Column("lower_tier", sa.String(length=200), nullable=True),
        sa.Column("authorities", sa.Integer(), nullable=True),
        sa.Column("n_upper", sa.Integer(), nullable=True),
        sa.Column("n_lower", sa.Integer(), nullable=True),
        sa.Column("gap", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR gap IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_sector_tier_gaps_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_sector_tier_gaps_release_id")),
        sa.PrimaryKeyConstraint("release_id", "measure", name=op.f("pk_release_sector_tier_gaps")),
    )
