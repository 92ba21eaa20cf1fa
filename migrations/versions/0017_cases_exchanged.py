"""Let cases be put on another article by the queue of law changes, read by a second person"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("law_review", sa.Column("submitted_at", tiejun.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("case_version", sa.Column("exchanged_by_id", BIG, nullable=True))
    op.add_column("case_version", sa.Column("exchanged_by", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("case_version", "exchanged_by")
    op.drop_column("case_version", "exchanged_by_id")
    op.drop_column("law_review", "submitted_at")
