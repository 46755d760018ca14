"""Authorities that chose to be named to each other: as chosen for a wave, and as frozen with a release."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "named_authority",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_named_authority_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "authority", name=op.f("pk_named_authority")),
    )
    op.create_table(
        "release_named",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_named_release_id")),
        sa.PrimaryKeyConstraint("release_id", "authority", name=op.f("pk_release_named")),
    )


def downgrade() -> None:
    op.drop_table("release_named")
    op.drop_table("named_authority")
