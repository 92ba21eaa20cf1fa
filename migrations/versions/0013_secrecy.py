"""Seal forms, and let two people open them"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward. Forms that are there stay open, as their makers knew them."""
    op.create_table(
        "form_opening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approve_by", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.Column("approved_at", tiejun.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("open_until", tiejun.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"], ["exam_form.id"], name=op.f("fk_form_opening_form_id_exam_form")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_form_opening_asked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["account.id"], name=op.f("fk_form_opening_approved_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_opening")),
        sa.UniqueConstraint("public_id", name=op.f("uq_form_opening_public_id")),
    )
    with op.batch_alter_table("form_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_opening_form_id"), ["form_id"], unique=False)
    # A plain statement: a batch rebuilds the table on SQLite, which what refers to it forbids.
    op.add_column("exam_form", sa.Column("is_sealed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it back; sealed items become exam items."""
    op.execute("UPDATE item SET purpose = 'exam' WHERE purpose = 'sealed'")
    op.drop_column("exam_form", "is_sealed")
    with op.batch_alter_table("form_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_opening_form_id"))
    op.drop_table("form_opening")
