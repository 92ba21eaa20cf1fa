"""What an index would save the search over the articles of all laws, on both databases.

    python -m benchmarks.law_search FOLDER [--postgres]

FOLDER holds law files. Printed are, for each query, the milliseconds of our search as a page asks it (counts
by law, one page of hits) and of a bare count by LIKE and by a trigram index, and the ratio of these two.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.support import tools
from tests.support.postgres import running_cluster
from tiejun.audit import COMMAND_LINE
from tiejun.bank.law_search import SearchFilter, search_articles
from tiejun.bank.laws_service import import_laws, parse_laws, read_law_files
from tiejun.installation import Core, opened
from tiejun.operations import migrate
from tiejun.settings import Settings

QUERIES = ("不得", "罚款", "排污许可证", "按日连续处罚", "PM2.5", "不存在的词语")
ROUNDS = 15
LIKE = "SELECT count(*) FROM article WHERE text LIKE :pattern"
SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE article_text
    USING fts5(text, content='article', content_rowid='id', tokenize='trigram')""",
    "INSERT INTO article_text(article_text) VALUES ('rebuild')",
)
SQLITE_FIND = "SELECT count(*) FROM article_text WHERE article_text MATCH :quoted"
POSTGRES_INDEX = (
    "CREATE EXTENSION pg_trgm",
    "CREATE INDEX article_trigrams ON article USING gin (text gin_trgm_ops)",
    "ANALYZE article",
)


def main(folder: Path, *, on_postgres: bool) -> None:
    """Print the table of one database."""
    with tempfile.TemporaryDirectory() as data, _database(on_postgres) as url:
        settings = Settings(
            mode="test", data_dir=Path(data), secret_key="s" * 32, data_key="d" * 32, database_url=url
        )
        with opened(settings) as core:
            migrate.upgrade(core.database)
            files, _skipped = read_law_files(folder)
            with core.database.transaction() as db:
                import_laws(db, parse_laws(files), COMMAND_LINE, core.clock())
            _report(core, on_postgres=on_postgres)
            core.database.dispose()


@contextmanager
def _database(on_postgres: bool) -> Iterator[str]:
    """Return the address of a throw-away cluster's database, or none for SQLite."""
    if not on_postgres:
        yield ""
        return
    binaries = tools.postgres_bin()
    if binaries is None:
        sys.exit("no initdb and pg_ctl on this machine")
    with running_cluster(binaries) as cluster:
        cluster.create("laws")
        yield cluster.url("laws")


def _report(core: Core, *, on_postgres: bool) -> None:
    with core.database.reading() as db:
        articles, characters = db.execute(text("SELECT count(*), sum(length(text)) FROM article")).one()
        ours = {query: _time(lambda query=query: _ours(db, query)) for query in QUERIES}
        bare = {query: _time(lambda query=query: _bare(db, LIKE, query)) for query in QUERIES}
    print(f"{'PostgreSQL' if on_postgres else 'SQLite'}: {articles} articles, {characters} characters")
    try:
        started = time.perf_counter()
        with core.database.engine.begin() as connection:
            for statement in POSTGRES_INDEX if on_postgres else SQLITE_INDEX:
                connection.execute(text(statement))
        print(f"index built in {time.perf_counter() - started:.1f} s")
    except DBAPIError as error:
        print(f"no index: {error.orig}")
        indexed = {}
    else:
        find = LIKE if on_postgres else SQLITE_FIND
        with core.database.reading() as db:
            indexed = {query: _time(lambda query=query: _bare(db, find, query)) for query in QUERIES}
    print("   search     LIKE    index   ratio  query")
    for query in QUERIES:
        index = f"{indexed[query]:8.2f} {bare[query] / indexed[query]:7.0f}" if indexed else " " * 16
        print(f"{ours[query]:9.1f} {bare[query]:8.1f} {index}  {query}")


def _ours(db: Session, query: str) -> None:
    search_articles(db, SearchFilter(query, "", "", None, date(2026, 11, 20)))


def _bare(db: Session, statement: str, query: str) -> None:
    db.execute(text(statement), {"pattern": f"%{query}%", "quoted": f'"{query}"'}).one()


def _time(run: Callable[[], None]) -> float:
    """Return the median milliseconds of a run."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL cluster")
    asked = parser.parse_args()
    main(asked.folder, on_postgres=asked.postgres)
