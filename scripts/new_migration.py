"""Write the next migration: what the models have beyond the newest one.

    make migration TITLE="Add courses"

The file is a draft: read it, and try it with the tests of tests/migrations, before it is committed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from tiejun.db import Database
from tiejun.operations import migrate

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Compare an empty migrated SQLite database with the models, and write the difference."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("title")
    title = parser.parse_args().title
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = f"{int(migrate.head() or 0) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        migrate.upgrade(database)
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, title, autogenerate=True, rev_id=number)
        database.dispose()
    written = next((ROOT / "migrations" / "versions").glob(f"{number}_*.py"))
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=110"]
    subprocess.run([*ruff, str(written)], check=True)


if __name__ == "__main__":
    main()
