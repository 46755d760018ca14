"""When sealed rows were last rewritten, what officers were told, and the mix of those who answered equality questions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rewriting",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_rewriting_one_row")),
        sa.CheckConstraint("sealed >= 0", name=op.f("ck_rewriting_sealed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewriting")),
    )
    op.create_table(
        "privacy_notice",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_privacy_notice_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_privacy_notice")),
    )
    op.create_table(
        "release_equality_mix",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("option", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("share", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR share IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_equality_mix_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_equality_mix_release_id")),
        sa.PrimaryKeyConstraint("release_id", "item", "option", name=op.f("pk_release_equality_mix")),
    )


def downgrade() -> None:
    op.drop_table("release_equality_mix")
    op.drop_table("privacy_notice")
    op.drop_table("rewriting")
