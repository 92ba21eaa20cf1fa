"""Add the use of items and their statistics"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "item_observation",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("occasion", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("item", sa.Double(), nullable=False),
        sa.Column("item_squares", sa.Double(), nullable=False),
        sa.Column("rest", sa.Double(), nullable=False),
        sa.Column("rest_squares", sa.Double(), nullable=False),
        sa.Column("products", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["exam_form.id"], name=op.f("fk_item_observation_form_id_exam_form")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_observation_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", "occasion", "form_id", name=op.f("pk_item_observation")),
    )
    op.create_index(op.f("ix_item_observation_form_id"), "item_observation", ["form_id"])
    op.create_table(
        "item_usage",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sittings", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=False),
        sa.Column("facility", sa.Double(), nullable=True),
        sa.Column("discrimination", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_usage_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_usage")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("item_usage")
    op.drop_index(op.f("ix_item_observation_form_id"), table_name="item_observation")
    op.drop_table("item_observation")
