"""What a score was weighted to, and how far scales and scores can be relied on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release_scores", sa.Column("weighting", sa.String(length=200), nullable=True))
    op.add_column("release_scores", sa.Column("unweighted_score", sa.Float(precision=53), nullable=True))
    create_release_reliability()
    create_release_agreement()


def downgrade() -> None:
    op.drop_table("release_agreement")
    op.drop_table("release_reliability")
    op.drop_column("release_scores", "unweighted_score")
    op.drop_column("release_scores", "weighting")


def create_release_reliability() -> None:
    op.create_table(
        "release_reliability",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("n_items", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("alpha", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_standardised", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_lower", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_upper", sa.Float(precision=53), nullable=True),
        sa.Column("omega", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_uncentred", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_standardised_uncentred", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_lower_uncentred", sa.Float(precision=53), nullable=True),
        sa.Column("alpha_upper_uncentred", sa.Float(precision=53), nullable=True),
        sa.Column("omega_uncentred", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR alpha IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_reliability_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_reliability_release_id")),
        sa.PrimaryKeyConstraint("release_id", "measure", name=op.f("pk_release_reliability")),
    )


def create_release_agreement() -> None:
    op.create_table(
        "release_agreement",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("authorities", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("icc1_anova", sa.Float(precision=53), nullable=True),
        sa.Column("icc1_lower", sa.Float(precision=53), nullable=True),
        sa.Column("icc1_upper", sa.Float(precision=53), nullable=True),
        sa.Column("icc1_reml", sa.Float(precision=53), nullable=True),
        sa.Column("icc2", sa.Float(precision=53), nullable=True),
        sa.Column("tau2", sa.Float(precision=53), nullable=True),
        sa.Column("sigma2", sa.Float(precision=53), nullable=True),
        sa.Column("rwg_median", sa.Float(precision=53), nullable=True),
        sa.Column("rwg_median_skewed", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR icc1_anova IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_agreement_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_agreement_release_id")),
        sa.PrimaryKeyConstraint("release_id", "measure", name=op.f("pk_release_agreement")),
    )
