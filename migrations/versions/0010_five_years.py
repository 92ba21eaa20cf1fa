"""Add the list of the five years"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "five_year_member",
        sa.Column("law_id", sa.String(length=80), nullable=False),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        sa.Column("decided_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["law_id"], ["law_version.id"], name=op.f("fk_five_year_member_law_id_law_version")
        ),
        sa.PrimaryKeyConstraint("law_id", name=op.f("pk_five_year_member")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("five_year_member")
