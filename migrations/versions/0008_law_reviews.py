"""Add law reviews"""

import sqlalchemy as sa
from alembic import op

import tiejun.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "law_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=True),
        sa.Column("writer", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("law_id", sa.String(length=80), nullable=False),
        sa.Column("article", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("import_of", sa.String(length=80), nullable=True),
        sa.Column("old_label", sa.String(length=40), nullable=False),
        sa.Column("old_text", sa.Text(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("entered_at", tiejun.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("target_law_id", sa.String(length=80), nullable=True),
        sa.Column("target_article", sa.String(length=20), nullable=True),
        sa.Column("decided_at", tiejun.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_of"], ["law_version.id"], name=op.f("fk_law_review_import_of_law_version")
        ),
        sa.ForeignKeyConstraint(
            ["law_id"], ["law_version.id"], name=op.f("fk_law_review_law_id_law_version")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["unit.id"], name=op.f("fk_law_review_owner_id_unit")),
        sa.ForeignKeyConstraint(
            ["target_law_id"], ["law_version.id"], name=op.f("fk_law_review_target_law_id_law_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_law_review_public_id")),
    )
    with op.batch_alter_table("law_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_law_review_decided_at_law_id"), ["decided_at", "law_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_law_review_kind_subject_id"), ["kind", "subject_id"], unique=False
        )
        batch_op.create_index(
            "uq_law_review_open",
            ["kind", "subject_id", "law_id", "article"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("law_review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_law_review_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_law_review_kind_subject_id"))
        batch_op.drop_index(batch_op.f("ix_law_review_decided_at_law_id"))

    op.drop_table("law_review")
