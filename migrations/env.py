"""Alembic's entry: run on a connection given by `tiejun.operations.migrate`, or on the settings' own."""

from alembic import context
from sqlalchemy import Connection

from tiejun.db import Database
from tiejun.settings import Settings
from tiejun.tables import METADATA, is_ours


def run(connection: Connection) -> None:
    """Run the migrations; SQLite changes tables by copying them."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_object=is_ours,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(Settings.from_env().sqlalchemy_url)
    with database.engine.begin() as connection:
        run(connection)
    database.dispose()
