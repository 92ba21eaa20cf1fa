"""Item words: the search over all that items say"""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 500
INDEX = "ix_item_words_trigrams"
# FTS5 keeps no second copy of the texts (content=); the triggers keep its index in step.
SQLITE = (
    "CREATE VIRTUAL TABLE item_search USING fts5(words, content='item_words', content_rowid='item_id', tokenize='trigram')",
    """CREATE TRIGGER item_words_added AFTER INSERT ON item_words BEGIN
        INSERT INTO item_search (rowid, words) VALUES (new.item_id, new.words); END""",
    """CREATE TRIGGER item_words_changed AFTER UPDATE ON item_words BEGIN
        INSERT INTO item_search (item_search, rowid, words) VALUES ('delete', old.item_id, old.words);
        INSERT INTO item_search (rowid, words) VALUES (new.item_id, new.words); END""",
    """CREATE TRIGGER item_words_gone AFTER DELETE ON item_words BEGIN
        INSERT INTO item_search (item_search, rowid, words) VALUES ('delete', old.item_id, old.words); END""",
)


def upgrade() -> None:
    """Bring the schema forward, and fill the table from the current versions."""
    op.create_table(
        "item_words",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_words_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_words")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    elif connection.dialect.name == "postgresql":
        _index_trigrams(connection)
    _fill(connection)


def _index_trigrams(connection: sa.Connection) -> None:
    """Make the index where the server has pg_trgm and lets us use it; without it searches read all texts."""
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return
    connection.execute(sa.text(f"CREATE INDEX {INDEX} ON item_words USING gin (words gin_trgm_ops)"))


def _fill(connection: sa.Connection) -> None:
    item = sa.table("item", sa.column("id"), sa.column("current_version"))
    version = sa.table(
        "item_version", *map(sa.column, ("id", "item_id", "number")), sa.column("content", sa.JSON)
    )
    key = sa.table("item_key", sa.column("version_id"), sa.column("key", sa.JSON))
    words = sa.table("item_words", sa.column("item_id"), sa.column("words"))
    current = sa.and_(version.c.item_id == item.c.id, version.c.number == item.c.current_version)
    rows = connection.execute(
        sa.select(item.c.id, version.c.content, key.c.key)
        .join(version, current)
        .join(key, key.c.version_id == version.c.id)
        .order_by(item.c.id)
    ).all()
    for start in range(0, len(rows), AT_ONCE):
        some = [{"item_id": one.id, "words": _words(one.content, one.key)} for one in rows[start : start + AT_ONCE]]
        connection.execute(sa.insert(words), some)


def _words(content: dict[str, Any], key: dict[str, Any]) -> str:
    stimulus = re.sub(r"</?(?:strong|em|sub|sup)>", "", content.get("stimulus") or "")
    texts = [re.sub(r"<[^>]*>", " ", stimulus)]
    for part, kept in zip(content["parts"], key["parts"], strict=True):
        texts += [part["stem"], *(one["text"] for one in (*part["options"], *kept["rubric"]))]
    texts.append(key.get("rationale", ""))
    return "\n".join(unicodedata.normalize("NFKC", text).casefold() for text in texts if text.strip())


def downgrade() -> None:
    """Take it back."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("DROP TABLE item_search")
    op.drop_table("item_words")
