"""Files of laws as a folder has them: versions, and tables of correspondence between them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from question_bank.laws import LawError
from tiejun.audit import Actor
from tiejun.bank.law_report import LawReport
from tiejun.bank.law_reviews.mapping import check_mapping, write_mapping
from tiejun.bank.law_reviews.mapping_file import Counterpart, is_mapping, parse_mapping
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.reports import as_problem
from tiejun.errors import Problem

Files = Sequence[tuple[str, bytes]]


def tables_at(path: Path) -> Files:
    """Return the tables of correspondence at `path` (a file or a folder) as (name, content)."""
    there = sorted(path.glob("*.json")) if path.is_dir() else [path]
    read = ((file.name, file.read_bytes()) for file in there if file.is_file())
    return [(name, content) for name, content in read if is_mapping(content)]


def import_law_files(
    db: Session, laws: Files, tables: Files, actor: Actor, now: datetime, *, dry_run: bool = False
) -> LawReport:
    """Import versions and the tables of correspondence between them, all or none."""
    rows, faults = _rows(tables)
    bundle = parse_laws(laws)
    checked, named = check_mapping(db, rows, bundle.laws)
    bundle.report.problems += faults + checked.problems
    bundle.report.rejected += checked.rejected + len(faults)
    report = import_laws(db, bundle, actor, now, dry_run=dry_run)
    report.mapped = len(rows)
    if report.is_written and named:
        write_mapping(db, named, actor, now)
    return report


def _rows(tables: Files) -> tuple[list[Counterpart], list[Problem]]:
    rows: list[Counterpart] = []
    faults: list[Problem] = []
    for name, content in tables:
        try:
            rows += parse_mapping(content, name)
        except LawError as error:
            faults += [as_problem(problem) for problem in error.problems]
    return rows, faults
