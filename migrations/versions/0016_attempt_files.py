"""Files as answers: which attempt and slot a stored file was handed in for"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "attempt_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("lease_id", BIG, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("received_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_file_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(["lease_id"], ["lease.id"], name=op.f("fk_attempt_file_lease_id_lease")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_attempt_file_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_attempt_file_file_id")),
    )
    op.create_index(
        op.f("ix_attempt_file_attempt_id_slot"), "attempt_file", ["attempt_id", "slot"], unique=False
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_attempt_file_attempt_id_slot"), table_name="attempt_file")
    op.drop_table("attempt_file")
