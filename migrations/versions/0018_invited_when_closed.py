"""How many personal links of an authority could be answered with, written down when its wave closes."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite would drop the table to make it anew, which the rows that point to it forbid.
    op.execute(
        "ALTER TABLE participation ADD COLUMN invited INTEGER"
        " CONSTRAINT ck_participation_invited CHECK (invited IS NULL OR invited >= 0)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE participation DROP COLUMN invited")
