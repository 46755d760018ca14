"""Tables of releases with their numbers, of the audit trail and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The database itself refuses to change or delete an entry of the audit trail.
APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'The audit trail is append-only.'; END $$",
        "CREATE TRIGGER audit_entry_no_update_or_delete BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only()",
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()",
    ),
}


def upgrade() -> None:
    create_audit_entry()
    create_release()
    create_release_benchmarks()
    create_release_group_scores()
    create_release_items()
    create_release_peer_group()
    create_release_scores()
    create_release_standings()
    create_outbox_message()
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("outbox_message")
    op.drop_table("release_standings")
    op.drop_table("release_scores")
    op.drop_table("release_peer_group")
    op.drop_table("release_items")
    op.drop_table("release_group_scores")
    op.drop_table("release_benchmarks")
    op.drop_table("release")
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_is_append_only()")


def create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_code", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_audit_entry_outcome")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_audit_entry_sequence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain", "sequence", name=op.f("uq_audit_entry_chain_sequence")),
    )


def create_release() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("method_version", sa.String(length=20), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("quality", sa.JSON(), nullable=False),
        sa.Column("questionnaire_digest", sa.String(length=64), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        sa.Column("computed_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("embargo_until", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('computed', 'checked', 'approved', 'published', 'superseded')", name=op.f("ck_release_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'superseded') OR (approved_by_id IS NOT NULL AND published_at IS NOT NULL)",
            name=op.f("ck_release_published_was_approved"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> computed_by_id", name=op.f("ck_release_second_person_approves")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_release_approved_by_id")),
        sa.ForeignKeyConstraint(["computed_by_id"], ["person.id"], name=op.f("fk_release_computed_by_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_release_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("wave_id", "number", name=op.f("uq_release_wave_id_number")),
    )


def create_release_benchmarks() -> None:
    op.create_table(
        "release_benchmarks",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("peer_group", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("lower_quartile", sa.Float(precision=53), nullable=True),
        sa.Column("median", sa.Float(precision=53), nullable=True),
        sa.Column("upper_quartile", sa.Float(precision=53), nullable=True),
        sa.Column("restated_for", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("median_lower", sa.Float(precision=53), nullable=True),
        sa.Column("median_upper", sa.Float(precision=53), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR median IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_benchmarks_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_benchmarks_release_id")),
        sa.PrimaryKeyConstraint("release_id", "peer_group", "measure", name=op.f("pk_release_benchmarks")),
    )


def create_release_group_scores() -> None:
    op.create_table(
        "release_group_scores",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("group", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR score IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_group_scores_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_group_scores_release_id")),
        sa.PrimaryKeyConstraint(
            "release_id", "authority", "kind", "group", "measure", name=op.f("pk_release_group_scores")
        ),
    )


def create_release_items() -> None:
    op.create_table(
        "release_items",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("option", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("share", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR share IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_items_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_items_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "item", "option", name=op.f("pk_release_items")),
    )


def create_release_peer_group() -> None:
    op.create_table(
        "release_peer_group",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("peer_group", sa.String(length=200), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_peer_group_release_id")),
        sa.PrimaryKeyConstraint("release_id", "peer_group", "authority", name=op.f("pk_release_peer_group")),
    )


def create_release_scores() -> None:
    op.create_table(
        "release_scores",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("se", sa.Float(precision=53), nullable=True),
        sa.Column("lower", sa.Float(precision=53), nullable=True),
        sa.Column("upper", sa.Float(precision=53), nullable=True),
        sa.Column("se_comparison", sa.Float(precision=53), nullable=True),
        sa.Column("deff", sa.Float(precision=53), nullable=True),
        sa.Column("weighted", sa.Boolean(), nullable=True),
        sa.Column("reliability", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR score IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_scores_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_scores_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "measure", name=op.f("pk_release_scores")),
    )


def create_release_standings() -> None:
    op.create_table(
        "release_standings",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("peer_group", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("gap", sa.Float(precision=53), nullable=True),
        sa.Column("p_value", sa.Float(precision=53), nullable=True),
        sa.Column("p_adjusted", sa.Float(precision=53), nullable=True),
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.Column("percentile_rank", sa.Float(precision=53), nullable=True),
        sa.Column("rank_lower", sa.Integer(), nullable=True),
        sa.Column("rank_upper", sa.Integer(), nullable=True),
        sa.Column("shrunken_score", sa.Float(precision=53), nullable=True),
        sa.Column("shrunken_se", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("indicative", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR gap IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f("ck_release_standings_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_standings_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", "peer_group", "measure", name=op.f("pk_release_standings")),
    )


def create_outbox_message() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sign_in_code_id", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name=op.f("ck_outbox_message_state")),
        sa.CheckConstraint(
            "(invitation_id IS NOT NULL AND person_id IS NULL AND sign_in_code_id IS NULL) OR (invitation_id IS NULL AND person_id IS NOT NULL AND sign_in_code_id IS NULL) OR (invitation_id IS NULL AND person_id IS NULL AND sign_in_code_id IS NOT NULL)",
            name=op.f("ck_outbox_message_one_addressee"),
        ),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_outbox_message_invitation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_message_person_id")),
        sa.ForeignKeyConstraint(
            ["sign_in_code_id"], ["sign_in_code.id"], name=op.f("fk_outbox_message_sign_in_code_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint(
            "invitation_id", "template", "round", name=op.f("uq_outbox_message_invitation_id_template_round")
        ),
    )
    op.create_index("ix_outbox_message_state", "outbox_message", ["state"], unique=False)
