"""How many personal links of an authority could be answered with, written down when its wave closes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participation") as table:
        table.add_column(sa.Column("invited", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_participation_invited"), "invited IS NULL OR invited >= 0")


def downgrade() -> None:
    with op.batch_alter_table("participation") as table:
        table.drop_constraint(op.f("ck_participation_invited"), type_="check")
        table.drop_column("invited")
