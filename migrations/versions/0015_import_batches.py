"""Import batches: undone again, columns explained once, large files in the background"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema forward; versions that an import created are known by their items."""
    op.add_column("item_batch", sa.Column("undone_by", sa.String(length=100), nullable=True))
    op.add_column("item_batch", sa.Column("undone_at", tiejun.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("item_version", sa.Column("batch_id", BIG, nullable=True))
    op.create_index(op.f("ix_item_version_batch_id"), "item_version", ["batch_id"], unique=False)
    op.execute(
        "UPDATE item_version SET batch_id = (SELECT item.batch_id FROM item WHERE item.id = item_version.item_id)"
        " WHERE number = 1"
    )
    op.create_table(
        "column_mapping",
        sa.Column("id", BIG, nullable=False),
        sa.Column("headers_key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(length=100), nullable=False),
        sa.Column("saved_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("headers_key", name=op.f("uq_column_mapping_headers_key")),
    )
    op.create_table(
        "item_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=True),
        sa.Column("asked_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("skip_faulty", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("beat_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_import_public_id")),
    )
    op.create_index(op.f("ix_item_import_account_id"), "item_import", ["account_id"], unique=False)
    op.create_index(op.f("ix_item_import_state"), "item_import", ["state"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_item_import_state"), table_name="item_import")
    op.drop_index(op.f("ix_item_import_account_id"), table_name="item_import")
    op.drop_table("item_import")
    op.drop_table("column_mapping")
    op.drop_index(op.f("ix_item_version_batch_id"), table_name="item_version")
    op.drop_column("item_version", "batch_id")
    op.drop_column("item_batch", "undone_at")
    op.drop_column("item_batch", "undone_by")
