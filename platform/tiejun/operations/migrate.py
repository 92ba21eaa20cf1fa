"""Migrations, run from code so that the wheel needs no alembic.ini."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tiejun.db import Database
from tiejun.resources import resource_dir
from tiejun.tables import METADATA, is_ours


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")))
    return config


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema; a fresh one gets all tables."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def downgrade(database: Database, revision: str = "base") -> None:
    """Take the schema back to `revision`; for tests and emergencies."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def head() -> str | None:
    """Return the newest revision that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(database: Database) -> str | None:
    """Return the revision that the database is at."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(database: Database) -> list[object]:
    """Return what the tables of the database lack or have beyond the models; empty when they agree."""
    with database.engine.connect() as connection:
        options = {"include_object": is_ours}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
        return found
