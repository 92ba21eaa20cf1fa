"""Let citations name paragraph and item, and versions be transitional"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OLD, NEW = "uq_citation_version_id_law_id_article", "uq_citation_version_id_law_id_article_paragraph_item"


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paragraph", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("item", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(OLD, type_="unique")
        batch_op.create_unique_constraint(NEW, ["version_id", "law_id", "article", "paragraph", "item"])
    # A plain statement: a batch rebuilds the table on SQLite, which what refers to it forbids.
    op.add_column(
        "item_version", sa.Column("is_transitional", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Take it back; of several places of one article one is kept."""
    op.execute(
        "DELETE FROM citation WHERE id NOT IN"
        " (SELECT MIN(id) FROM citation GROUP BY version_id, law_id, article)"
    )
    op.drop_column("item_version", "is_transitional")
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.drop_constraint(NEW, type_="unique")
        batch_op.create_unique_constraint(OLD, ["version_id", "law_id", "article"])
        batch_op.drop_column("item")
        batch_op.drop_column("paragraph")
