"""The migrations lead to what the models say, on both engines, and back."""

from sqlalchemy import inspect, text

from tiejun.operations import migrate
from tiejun.tables import METADATA


def test_a_migrated_database_is_what_the_models_say(database):
    assert migrate.current(database) == migrate.head()
    assert migrate.differences(database) == []


def test_the_tables_of_a_fresh_database_are_empty(database):
    with database.reading() as db:
        filled = [name for name in METADATA.tables if db.execute(text(f'SELECT 1 FROM "{name}"')).first()]

    assert filled == []


def test_the_way_back_leaves_nothing_and_the_way_forth_leads_to_the_same_schema(database):
    migrate.downgrade(database)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}

    migrate.upgrade(database)
    assert migrate.differences(database) == []
