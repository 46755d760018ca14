"""Lists of authorities that the research team adds to the menu of peer groups."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_list",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_peer_list_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "name", "authority", name=op.f("pk_peer_list")),
    )


def downgrade() -> None:
    op.drop_table("peer_list")
