"""Imports of items: all rows of a file or none, looked at before, known again afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.assembly.form import item_images
from question_bank.item import Item as ItemText
from question_bank.words import kept, listed, said
from tiejun.audit import Actor, record
from tiejun.bank import images
from tiejun.bank.citations import CitationCheck, unit_problems
from tiejun.bank.item_files import ItemFile
from tiejun.bank.item_rows import add_many, stem_hash, text_digest
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.law_reviews.queue import settle, waiting_ids
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life.rules import Step
from tiejun.bank.life.service import note_step, note_written
from tiejun.bank.models import Item, ItemBatch, ItemPurpose
from tiejun.bank.reports import ItemReport, row_report
from tiejun.bank.secrecy import EVERYTHING, Sight
from tiejun.bank.service import add_version, cited
from tiejun.bank.states import ItemState
from tiejun.bank.twins import Twins, twin_sentence
from tiejun.db import Database
from tiejun.errors import Problem
from tiejun.imports import Progress, silent

CHUNK = 500
UNREVIEWED = (ItemState.DRAFT, ItemState.FIRST_REVIEW, ItemState.SECOND_REVIEW)
Outcome = tuple[str, ItemText, str, Item | None]


@dataclass(frozen=True)
class ImportPlan:
    """How to import: for which use, whether faulty rows may be left out, whether only to look.

    `state` is that of new items and versions: drafts, unless they were reviewed elsewhere.
    `sight` is what the importer may know of the bank: what is hidden from them, no report tells of.
    `progress` hears how many per cent of the look are done.
    """

    purpose: ItemPurpose
    skip_faulty: bool = False
    dry_run: bool = False
    state: ItemState = ItemState.OPERATIONAL
    sight: Sight = EVERYTHING
    progress: Progress = silent


def import_in_steps(
    database: Database, file: ItemFile, plan: ImportPlan, actor: Actor, now: datetime
) -> ItemReport:
    """Import a file that may be large: look first, and let other writers wait for the writing alone.

    On SQLite one transaction writes at a time, answers of an exam among them; finding twins takes longer
    than the writing.
    """
    with database.reading() as db:
        looked = import_items(db, file, replace(plan, dry_run=True), actor, now)
    if plan.dry_run or (looked.problems and not plan.skip_faulty):
        return looked
    with database.transaction() as db:
        return import_items(db, file, plan, actor, now, looked.twins)


def import_items(
    db: Session,
    file: ItemFile,
    plan: ImportPlan,
    actor: Actor,
    now: datetime,
    twins: list[Problem] | None = None,
) -> ItemReport:
    """Write the items of a file: all rows or none, unless the plan leaves faulty rows out.

    A row with a code of its own is known again by it; any other by its whole content, so that a file may
    be imported twice. A new row that asks nearly what the bank or another row asks is a warning. When
    `report.is_written` is False the caller's transaction is untouched.

    Args:
        twins: the warnings of twins that a look at the same file found; None: to be found now.
    """
    report = ItemReport(read=file.read, problems=list(file.problems), warnings=list(file.warnings))
    present = _Present(db, file, plan.sight)
    good = list(_sound_rows(db, file, plan, present, report))
    report.rejected = file.read - len(good)
    outcomes = [(where, item, *present.outcome(item)) for where, item in good]
    for where, item, outcome, row in outcomes:
        report.count(outcome)
        code = row.code if row else item.id if item.id in file.codes else None
        report.rows.append(row_report(where, item, outcome, code))
    new = [(where, item) for where, item, done, _ in outcomes if done == "created"]
    report.twins = list(_twins(db, plan, new, present)) if twins is None else twins
    report.warnings += report.twins
    report.is_written = not plan.dry_run and (plan.skip_faulty or not report.problems)
    if report.is_written:
        _write(db, file, plan, outcomes, _Pen(actor, now, report))
    _tell_warnings(report)
    return report


def _twins(
    db: Session, plan: ImportPlan, rows: Sequence[tuple[str, ItemText]], present: "_Present"
) -> Iterator[Problem]:
    """Return a warning for each new row that asks what the bank or a row before it asks already."""
    twins = Twins(db, plan.sight, [item for _, item in rows], plan.progress)
    for position, (where, item) in enumerate(rows):
        known = present.twins(item)
        if known:
            names = listed(known[:3])
            yield Problem(where, said("题干"), said("题库中已有相同题干：%(names)s", names=names))
        if (found := twins.in_bank(position)) and found[0] not in known:
            yield Problem(where, said("题干"), twin_sentence(found[0], found[1]))
        if within := twins.in_file(position):
            place = said("文件中 %(place)s", place=rows[within[0]][0])
            yield Problem(where, said("题干"), twin_sentence(place, within[1]))


def _tell_warnings(report: ItemReport) -> None:
    """Repeat each row's warnings in the row."""
    by_place: dict[str, list[str]] = defaultdict(list)
    for warning in report.warnings:
        by_place[warning.where].append(warning.message)
    for row in report.rows:
        row["warnings"] = by_place.get(row["source"], [])


def _sound_rows(
    db: Session, file: ItemFile, plan: ImportPlan, present: "_Present", report: ItemReport
) -> Iterator[tuple[str, ItemText]]:
    """Return the rows that fit syllabus and register; note what is wrong or doubtful about the others."""
    check = CitationCheck(db, (item for _, item in file.rows))
    check_images = images.ImageCheck(db, (item for _, item in file.rows), file.images)
    for where, item in file.rows:
        found = check(where, item)
        purpose = present.purpose(item) or plan.purpose
        problems = unit_problems(where, item, purpose) + found.problems + check_images(where, item)
        problems += present.code_problems(where, item)
        report.problems += problems
        report.warnings += found.warnings
        if not problems:
            yield where, item


@dataclass(frozen=True)
class _Pen:
    """Who writes, when, and the report that is kept with the batch."""

    actor: Actor
    now: datetime
    report: ItemReport


class _Present:
    """What the bank already holds of the rows about to be imported."""

    def __init__(self, db: Session, file: ItemFile, sight: Sight) -> None:
        items = [item for _, item in file.rows]
        self.codes = file.codes
        self.by_code: dict[str, Item] = {}
        self.by_digest: dict[str, list[Item]] = defaultdict(list)
        self.codes_by_stem: dict[str, list[str]] = defaultdict(list)
        self.hidden_codes: set[str] = set()
        for row in _matching(db, EVERYTHING, Item.code, (item.id for item in items if item.id in self.codes)):
            self.hidden_codes.add(row.code)
        for row in _matching(db, sight, Item.code, self.hidden_codes.copy()):
            self.by_code[row.code] = row
        self.hidden_codes -= self.by_code.keys()
        uncoded = {text_digest(item) for item in items if item.id not in self.codes}
        for row in _matching(db, sight, Item.digest, uncoded):
            self.by_digest[row.digest].append(row)
        for row in _matching(db, sight, Item.stem_hash, {stem_hash(item) for item in items}):
            self.codes_by_stem[row.stem_hash].append(row.code)

    def code_problems(self, where: str, item: ItemText) -> list[Problem]:
        """Return that a code can't be had, of an item that the importer may not know, and not why."""
        if item.id not in self.hidden_codes:
            return []
        return [Problem(where, said("编号"), said("编号“%(id)s”不能使用，请换一个。", id=item.id))]

    def purpose(self, item: ItemText) -> ItemPurpose | None:
        """Return what the item of the same code is for: a new version of it is for the same."""
        row = self.by_code.get(item.id)
        return ItemPurpose(row.purpose) if row else None

    def outcome(self, item: ItemText) -> tuple[str, Item | None]:
        """Return created, updated or unchanged, with the row that is meant."""
        if item.id in self.codes:
            row = self.by_code.get(item.id)
            if row is None:
                return "created", None
            return "unchanged" if row.digest == text_digest(item) else "updated", row
        # A file may hold the same question twice: each row of the bank answers for one row of the file.
        same = self.by_digest[text_digest(item)]
        return ("unchanged", same.pop()) if same else ("created", None)

    def twins(self, item: ItemText) -> list[str]:
        """Return the codes of items in the bank that ask the same words."""
        return self.codes_by_stem[stem_hash(item)]


def _matching(db: Session, sight: Sight, column: Any, values: Iterable[str]) -> Iterator[Item]:
    """Return the items in sight whose `column` is one of `values`, in portions that all engines take."""
    rest = iter(values)
    while portion := list(islice(rest, CHUNK)):
        yield from db.scalars(select(Item).where(column.in_(portion), sight.condition()).order_by(Item.id))


def _write(db: Session, file: ItemFile, plan: ImportPlan, outcomes: list[Outcome], pen: _Pen) -> None:
    batch = ItemBatch(
        public_id=uuid4(),
        filename=file.filename,
        sha256=file.sha256,
        created_by=pen.actor.name,
        created_at=pen.now,
        report=kept(pen.report.to_json()) | {"purpose": plan.purpose.value, "state": plan.state.value},
    )
    db.add(batch)
    db.flush()
    pen.report.batch = batch.public_id
    coded = []
    for number, (_, item, outcome, _) in enumerate(outcomes, start=1):
        if outcome == "created":
            code = item.id if item.id in file.codes else f"I{batch.id:04}-{number:05}"
            coded.append(replace(item, id=code))
            pen.report.rows[number - 1]["id"] = code
    written = [item for _, item, outcome, _ in outcomes if outcome != "unchanged"]
    shown = {digest for item in written for digest in item_images(item)}
    images.keep(db, {d: image for d, image in file.images.items() if d in shown}, pen.actor, pen.now)
    add_many(db, coded, plan.purpose, batch.id, pen.actor.name, pen.now, plan.state)
    held = waiting_ids(db, ITEM)
    for _, item, outcome, row in outcomes:
        if outcome == "updated" and row is not None:
            add_version(db, row, item, pen.actor, pen.now, batch.id)
            _take_state(db, row, plan, pen)
            if row.id in held:
                purposely = item.transitional
                settle(db, (ITEM, row.id), cited(item), pen.actor, pen.now, is_transitional=purposely)
    db.flush()
    laws = {citation.law for _, item, _, _ in outcomes for citation in item.citations}
    follow_ends(db, laws, pen.actor, pen.now)
    record(
        db,
        pen.actor,
        "items.imported",
        ("item_batch", batch.public_id),
        pen.now,
        created=pen.report.created,
        updated=pen.report.updated,
        state=plan.state.value,
    )


def _take_state(db: Session, row: Item, plan: ImportPlan, pen: _Pen) -> None:
    """Give an item that got a new version the state that was declared of the file.

    What was approved elsewhere needs no review here any more; what is in use, questioned or retired stays so.
    """
    if plan.state is ItemState.DRAFT:
        note_written(db, row, pen.actor, pen.now)
    elif row.state in UNREVIEWED:
        row.state = plan.state
        note_step(db, row, Step.WRITE, pen.actor, pen.now)
