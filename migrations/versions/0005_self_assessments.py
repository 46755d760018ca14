"""Tables of self-assessments, and of their distance from what officers see."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_wave_assessment()
    create_assessment()
    create_assessment_answer()
    create_release_say_do()
    op.add_column("release", sa.Column("self_assessment_digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("release", "self_assessment_digest")
    op.drop_table("release_say_do")
    op.drop_table("assessment_answer")
    op.drop_table("assessment")
    op.drop_table("wave_assessment")


def create_wave_assessment() -> None:
    op.create_table(
        "wave_assessment",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_wave_assessment_edition_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_assessment_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_wave_assessment")),
    )


def create_assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('in_progress', 'submitted')", name=op.f("ck_assessment_state")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_assessment_revision")),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL AND submitted_by_id IS NOT NULL)",
            name=op.f("ck_assessment_submitted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_assessment_edition_id")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_assessment_participation_id")
        ),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_assessment_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("participation_id", name=op.f("uq_assessment_participation_id")),
    )


def create_assessment_answer() -> None:
    op.create_table(
        "assessment_answer",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=80), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("target", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_answer_assessment_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item_code", name=op.f("pk_assessment_answer")),
    )


def create_release_say_do() -> None:
    op.create_table(
        "release_say_do",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("gap", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("p_adjusted", sa.Float(precision=53), nullable=True),
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("assessed", sa.Float(precision=53), nullable=True),
        sa.Column("staff", sa.Float(precision=53), nullable=True),
        sa.Column("staff_lower", sa.Float(precision=53), nullable=True),
        sa.Column("staff_upper", sa.Float(precision=53), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("themes", sa.Integer(), nullable=True),
        sa.Column("median_gap", sa.Float(precision=53), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR gap IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_say_do_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_say_do_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "measure", name=op.f("pk_release_say_do")),
    )
