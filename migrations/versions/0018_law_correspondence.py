"""Tables of correspondence: which articles of the successor stand for those of an old law"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "law_correspondence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("law_id", sa.String(length=80), nullable=False),
        sa.Column("article", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("target_law_id", sa.String(length=80), nullable=False),
        sa.Column("target_article", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["law_id"], ["law_version.id"], name=op.f("fk_law_correspondence_law_id_law_version")
        ),
        sa.ForeignKeyConstraint(
            ["target_law_id"], ["law_version.id"], name=op.f("fk_law_correspondence_target_law_id_law_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_correspondence")),
        sa.UniqueConstraint("law_id", "article", "rank", name=op.f("uq_law_correspondence_law_id_article_rank")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("law_correspondence")
