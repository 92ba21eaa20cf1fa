"""Writes of the law register: the shipped metadata, and texts that an installation brings in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from question_bank.assembly.form import sha256_hex
from question_bank.laws import Instrument, LawError, load_register, parse_law
from question_bank.laws import LawVersion as LawText
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.law_followers import consequences
from tiejun.bank.law_report import LawReport, succession_problems, supersede, text_change
from tiejun.bank.law_reviews.impact import follow_import, texts_of
from tiejun.bank.law_reviews.mapping_file import is_mapping
from tiejun.bank.models import Article, Citation, LawVersion
from tiejun.bank.reports import as_problem
from tiejun.errors import Problem

NOT_LAWS = frozenset({"index.json", "report.json"})
METADATA = (
    "title",
    "kind",
    "tier",
    "adopted",
    "effective",
    "ceased",
    "superseded_by",
    "doc_no",
    "article_count",
)


def sync_register(db: Session) -> int:
    """Bring the shipped metadata into the register; return how many versions were added.

    A version whose text this installation has imported keeps what its file said; only an end that the
    file did not know yet is added. Safe to repeat.
    """
    present = {row.id: row for row in db.scalars(select(LawVersion))}
    added = 0
    for instrument in load_register().values():
        row = present.get(instrument.id)
        if row is None:
            row = LawVersion(id=instrument.id)
            db.add(row)
            added += 1
        elif row.text_digest is not None:
            row.ceased = row.ceased or instrument.ceased
            row.superseded_by = row.superseded_by or instrument.superseded_by
            continue
        # An end that an import brought about here stays, though the metadata do not know it.
        ceased, superseded_by = row.ceased, row.superseded_by
        _describe(row, instrument)
        row.ceased, row.superseded_by = row.ceased or ceased, row.superseded_by or superseded_by
    db.flush()
    return added


def read_law_files(path: Path) -> tuple[list[tuple[str, bytes]], list[Problem]]:
    """Return the law files at `path` (a file or a folder) as (name, content), and what was passed over.

    Tables of correspondence are neither: see `law_files`.
    """
    files, notes = [], []
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if not file.is_file():
            continue
        if file.name in NOT_LAWS or file.suffix != ".json":
            notes.append(Problem(file.name, "", said("不是法规文件，已跳过")))
        elif not is_mapping(content := file.read_bytes()):
            files.append((file.name, content))
    return files, notes


@dataclass
class LawBundle:
    """Law files, parsed: the good ones by id, and a report that knows the faults so far."""

    laws: dict[str, LawText] = field(default_factory=dict)
    report: LawReport = field(default_factory=LawReport)


def parse_laws(files: Iterable[tuple[str, bytes]]) -> LawBundle:
    """Parse law files; done before a transaction opens, because hundreds of texts take seconds."""
    bundle = LawBundle()
    report, laws = bundle.report, bundle.laws
    for name, content in files:
        report.read += 1
        try:
            law = parse_law(content, name)
        except LawError as error:
            report.problems += [as_problem(problem) for problem in error.problems]
            report.rejected += 1
            continue
        if law.instrument.id in laws:
            report.problems.append(
                Problem(name, "id", said("法规代码“%(id)s”在另一个文件中已出现", id=law.instrument.id))
            )
            report.rejected += 1
            continue
        laws[law.instrument.id] = law
    return bundle


def import_laws(
    db: Session, bundle: LawBundle, actor: Actor, now: datetime, *, dry_run: bool = False
) -> LawReport:
    """Import law files, all or none; a dry run says what would be done.

    Whatever cites an article that ends, changes or goes thereby moves into the queue of reviews in the same
    transaction; the report counts it. The caller's transaction is left untouched when `report.is_written`
    is False.
    """
    report, laws = bundle.report, bundle.laws
    faults, warnings = succession_problems(db, laws)
    faults += _texts_that_would_go(db, laws)
    report.problems += faults
    report.rejected += len({fault.where for fault in faults})
    report.warnings += _loose_ends(db, laws) + warnings
    report.is_written = not (report.problems or dry_run)
    outcomes = {law_id: _outcome(db, law) for law_id, law in laws.items()}
    changes = [text_change(db, law, laws) for law_id, law in laws.items() if outcomes[law_id] != "unchanged"]
    report.changes += [change for change in changes if change is not None]
    for outcome in outcomes.values():
        report.count(outcome)
    if report.is_written:
        report.under_review = dict(_write_all(db, laws, outcomes, actor, now))
        report.consequences = consequences(db, now)
        report.warnings += report.consequences
    return report


def _texts_that_would_go(db: Session, laws: Mapping[str, LawText]) -> list[Problem]:
    """Return the versions that are only to be registered, while their text is there."""
    bare = [law_id for law_id, law in laws.items() if not law.articles]
    there = select(LawVersion.id).where(LawVersion.id.in_(bare), LawVersion.text_digest.is_not(None))
    message = said("库中已有它的正文，不能改为只登记")
    return [Problem(law_id, "articles", message) for law_id in db.scalars(there)]


def _write_all(
    db: Session, laws: Mapping[str, LawText], outcomes: Mapping[str, str], actor: Actor, now: datetime
) -> Mapping[str, int]:
    """Write the versions that are new or changed; return what moves into the queue of reviews, by kind."""
    written = {law_id for law_id, outcome in outcomes.items() if outcome != "unchanged"}
    if not written:
        return {}
    before = texts_of(db, {law_id for law_id, outcome in outcomes.items() if outcome == "updated"})
    # The older first: a version ends what it supersedes, which must stand there by then.
    for law_id in sorted(written, key=lambda law_id: (laws[law_id].instrument.effective, law_id)):
        _write(db, laws[law_id], outcomes[law_id], actor, now)
    return follow_import(db, written, before, actor, now)


def _write(db: Session, law: LawText, outcome: str, actor: Actor, now: datetime) -> None:
    law_id = law.instrument.id
    row = db.get(LawVersion, law_id)
    if row is None:
        row = LawVersion(id=law_id)
        db.add(row)
    about = law.instrument
    if not law.articles and row.article_count:
        about = replace(about, tier=row.tier, article_count=row.article_count)
    _describe(row, about)
    if law.articles:
        row.text_digest, row.imported_at = _digest(law), now
    db.flush()
    supersede(db, law, actor, now)
    if law.articles:
        _write_articles(db, law)
    record(db, actor, "law.imported", ("law", law_id), now, outcome=outcome, articles=len(law.articles))


def _write_articles(db: Session, law: LawText) -> None:
    law_id = law.instrument.id
    db.execute(delete(Article).where(Article.law_id == law_id))
    db.execute(
        insert(Article),
        [
            {
                "law_id": law_id,
                "number": article.key,
                "position": position,
                "label": article.label,
                "heading": "　".join(article.path)[:300],
                "text": article.text,
            }
            for position, article in enumerate(law.articles)
        ],
    )


def _outcome(db: Session, law: LawText) -> str:
    if not law.articles:
        row = db.get(LawVersion, law.instrument.id)
        return "created" if row is None else "updated" if _differs(row, law) else "unchanged"
    known = db.scalar(select(LawVersion.text_digest).where(LawVersion.id == law.instrument.id))
    if known is None:
        return "created"
    return "unchanged" if known == _digest(law) else "updated"


def _differs(row: LawVersion, law: LawText) -> bool:
    """Return whether a file without text says of a version what the register does not."""
    told = {name: getattr(law.instrument, name) for name in (*METADATA, "change_type")}
    ours = {"tier": row.tier, "article_count": row.article_count}
    return any(getattr(row, name) != value for name, value in (told | ours).items() if value)


def _digest(law: LawText) -> str:
    facts = {name: str(getattr(law.instrument, name)) for name in (*METADATA, "change_type")}
    if law.supersedes:
        facts["supersedes"] = str(law.supersedes)
    return sha256_hex([facts, [(a.key, a.label, a.path, a.text) for a in law.articles]])


def _describe(row: LawVersion, instrument: Instrument) -> None:
    """Write the metadata; an end that came with the superseding version stays if `instrument` knows none."""
    end = (row.ceased, row.superseded_by)
    for name in METADATA:
        setattr(row, name, getattr(instrument, name))
    row.change_type = instrument.change_type or None
    if end[1] and row.ceased is None and row.superseded_by is None:
        row.ceased, row.superseded_by = end


def _loose_ends(db: Session, laws: dict[str, LawText]) -> list[Problem]:
    """Return what does not fit the rest: an unknown successor, an item's citation of a missing article."""
    found = []
    known = set(db.scalars(select(LawVersion.id))) | laws.keys()
    for law_id, law in laws.items():
        successor = law.instrument.superseded_by
        if successor and successor not in known:
            found.append(
                Problem(
                    law_id, "superseded_by", said("法规库中没有取代它的“%(successor)s”", successor=successor)
                )
            )
    with_text = [law_id for law_id, law in laws.items() if law.articles]
    cited = select(Citation.law_id, Citation.article).where(Citation.law_id.in_(with_text)).distinct()
    for law_id, number in db.execute(cited):
        if laws[law_id].article(number) is None:
            found.append(
                Problem(
                    law_id,
                    "articles",
                    said("题库引用了第 %(number)s 条，导入的正文中没有这一条", number=number),
                )
            )
    return found
