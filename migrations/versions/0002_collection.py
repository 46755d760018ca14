"""Tables of collection: editions, waves, participations, invitations, drafts, sealed answers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_spent_key()
    create_edition()
    create_edition_translation()
    create_wave()
    create_participation()
    create_sealed_equality()
    create_sealed_text()
    create_submission()
    create_headcount()
    create_invitation()
    create_participation_service_area()
    create_draft()


def downgrade() -> None:
    op.drop_table("draft")
    op.drop_table("participation_service_area")
    op.drop_table("invitation")
    op.drop_table("headcount")
    op.drop_table("submission")
    op.drop_table("sealed_text")
    op.drop_table("sealed_equality")
    op.drop_table("participation")
    op.drop_table("wave")
    op.drop_table("edition_translation")
    op.drop_table("edition")
    op.drop_table("spent_key")


def create_spent_key() -> None:
    op.create_table(
        "spent_key",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_spent_key")),
        sqlite_with_rowid=False,
    )


def create_edition() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("measurement_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'approved', 'fielded', 'retired')", name=op.f("ck_edition_state")
        ),
        sa.ForeignKeyConstraint(["approver_id"], ["person.id"], name=op.f("fk_edition_approver_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_edition_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_edition_code_version")),
    )


def create_edition_translation() -> None:
    op.create_table(
        "edition_translation",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_translation_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "language", name=op.f("pk_edition_translation")),
    )


def create_wave() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(), nullable=False),
        sa.Column("last_start_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("optional_sections", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'open', 'grace', 'closed')", name=op.f("ck_wave_state")),
        sa.CheckConstraint(
            "opens_at < deadline_at AND deadline_at <= last_start_at AND last_start_at <= closes_at",
            name=op.f("ck_wave_dates_in_order"),
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_wave_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("code", name=op.f("uq_wave_code")),
    )


def create_participation() -> None:
    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.Column("frame", sa.String(length=20), nullable=False),
        sa.Column("link_reviewed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("frame IN ('invited', 'headcount', 'unknown')", name=op.f("ck_participation_frame")),
        sa.CheckConstraint(
            "state IN ('invited', 'accepted', 'headcounts_returned', 'collecting', 'signed_off', 'draft_profile', 'right_of_reply', 'agreed', 'disputed', 'released', 'declined', 'withdrawn', 'merged')",
            name=op.f("ck_participation_state"),
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_participation_authority_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_participation_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("wave_id", "authority_id", name=op.f("uq_participation_wave_id_authority_id")),
    )


def create_sealed_equality() -> None:
    op.create_table(
        "sealed_equality",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sealed_equality_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_equality")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sealed_equality_wave_id", "sealed_equality", ["wave_id"], unique=False)


def create_sealed_text() -> None:
    op.create_table(
        "sealed_text",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_sealed_text_authority_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sealed_text_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_text")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sealed_text_wave_id_authority_id", "sealed_text", ["wave_id", "authority_id"], unique=False)


def create_submission() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("too_fast", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_submission_authority_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_submission_edition_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_submission_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_submission_wave_id_authority_id", "submission", ["wave_id", "authority_id"], unique=False)


def create_headcount() -> None:
    op.create_table(
        "headcount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("service_area", sa.String(length=80), nullable=False),
        sa.Column("tier", sa.String(length=80), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_headcount_not_negative")),
        sa.ForeignKeyConstraint(["participation_id"], ["participation.id"], name=op.f("fk_headcount_participation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
        sa.UniqueConstraint(
            "participation_id", "service_area", "tier", name=op.f("uq_headcount_participation_id_service_area_tier")
        ),
    )


def create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'shared') = (cap IS NOT NULL)", name=op.f("ck_invitation_shared_links_are_capped")),
        sa.CheckConstraint("kind = 'personal' OR NOT used", name=op.f("ck_invitation_shared_links_count_by_received")),
        sa.CheckConstraint(
            "kind = 'personal' OR address IS NULL", name=op.f("ck_invitation_shared_links_have_no_address")
        ),
        sa.CheckConstraint("kind = 'shared' OR received = 0", name=op.f("ck_invitation_personal_links_count_by_used")),
        sa.CheckConstraint("kind IN ('personal', 'shared')", name=op.f("ck_invitation_kind")),
        sa.CheckConstraint("received >= 0 AND (cap IS NULL OR received <= cap)", name=op.f("ck_invitation_cap_holds")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_invitation_participation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index("ix_invitation_participation_id", "invitation", ["participation_id"], unique=False)
    op.create_index(
        "uq_invitation_participation_id_address", "invitation", ["participation_id", "address"], unique=True
    )
    op.create_index(
        "uq_invitation_shared",
        "invitation",
        ["participation_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'shared'"),
        postgresql_where=sa.text("kind = 'shared'"),
    )


def create_participation_service_area() -> None:
    op.create_table(
        "participation_service_area",
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("standard_code", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("merged_into", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_participation_service_area_participation_id")
        ),
        sa.PrimaryKeyConstraint("participation_id", "standard_code", name=op.f("pk_participation_service_area")),
    )


def create_draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("browser_key_hash", sa.String(length=64), nullable=False),
        sa.Column("resume_hash", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_draft_revision")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_draft_invitation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("browser_key_hash", name=op.f("uq_draft_browser_key_hash")),
        sa.UniqueConstraint("invitation_id", "resume_hash", name=op.f("uq_draft_invitation_id_resume_hash")),
    )
