"""Add the life of items: states, steps, comments"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = tiejun.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    # Plain statements: to rebuild the table, as a batch does on SQLite, would take its search along.
    op.add_column(
        "item", sa.Column("state", sa.String(length=20), nullable=False, server_default="operational")
    )
    op.execute("UPDATE item SET state = 'retired' WHERE is_retired")
    op.drop_column("item", "is_retired")
    op.create_index(op.f("ix_item_state"), "item", ["state"])
    op.create_table(
        "item_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_item_step_account_id_account")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_step_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_step")),
    )
    op.create_index(op.f("ix_item_step_item_id_id"), "item_step", ["item_id", "id"])
    op.create_table(
        "item_comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("settled_by", sa.String(length=100), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_comment_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_comment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_comment_public_id")),
    )
    op.create_index(op.f("ix_item_comment_item_id_id"), "item_comment", ["item_id", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_item_comment_item_id_id"), table_name="item_comment")
    op.drop_table("item_comment")
    op.drop_index(op.f("ix_item_step_item_id_id"), table_name="item_step")
    op.drop_table("item_step")
    op.add_column("item", sa.Column("is_retired", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE item SET is_retired = (state = 'retired')")
    op.drop_index(op.f("ix_item_state"), table_name="item")
    op.drop_column("item", "state")
