"""What changed since an earlier wave, and with which release of it a release was compared."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release", sa.Column("previous_label", sa.String(length=100), nullable=True))
    op.add_column("release", sa.Column("previous_digest", sa.String(length=64), nullable=True))
    _create(
        "release_change",
        ("authority", "measure"),
        "change",
        _integer("common_items"),
        _text("series"),
        *_numbers("before", "after", "change", "lower", "upper", "p_value", "p_adjusted"),
        _text("verdict"),
        _text("reason"),
        _integer("n_before"),
        _integer("n_after"),
        _text("predecessors"),
    )
    _create(
        "release_benchmarks_restated",
        ("peer_group", "measure", "restated_for"),
        "median",
        _integer("n"),
        *_numbers("lower_quartile", "median", "upper_quartile"),
        sa.Column("restated_for", sa.String(length=200), nullable=False),
        _text("reason"),
        *_numbers("median_lower", "median_upper"),
    )
    _create(
        "release_sector_change",
        ("measure",),
        "median",
        _integer("common_items"),
        _text("series"),
        *(_integer(name) for name in ("n", "above", "similar", "below", "cannot_tell")),
        *_numbers("lower_quartile", "median", "upper_quartile"),
        _text("reason"),
    )


def downgrade() -> None:
    op.drop_table("release_sector_change")
    op.drop_table("release_benchmarks_restated")
    op.drop_table("release_change")
    op.drop_column("release", "previous_digest")
    op.drop_column("release", "previous_label")


def _create(name: str, keys: tuple[str, ...], value: str, *columns: sa.Column) -> None:
    placed = {column.name for column in columns}
    op.create_table(
        name,
        sa.Column("release_id", sa.Integer(), nullable=False),
        *(sa.Column(key, sa.String(length=200), nullable=False) for key in keys if key not in placed),
        *columns,
        sa.CheckConstraint(
            f"reason IS NULL OR {value} IS NULL OR reason = 'too_few_for_quartiles'",
            name=op.f(f"ck_{name}_withheld_has_no_number"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f(f"fk_{name}_release_id")),
        sa.PrimaryKeyConstraint("release_id", *keys, name=op.f(f"pk_{name}")),
    )


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(length=200), nullable=True)


def _integer(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=True)


def _numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Float(precision=53), nullable=True) for name in names]
