"""Files of items that are too large for one request: looked at and written by the background worker.

A file waits, is checked, waits for the go-ahead, and is written whole in the transaction that also says so:
whatever ends in between, nothing is in the bank before, and nothing is written twice.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from question_bank.words import kept, said
from tiejun import uploads
from tiejun.audit import Actor
from tiejun.bank.column_service import column_maps
from tiejun.bank.import_models import ImportState, ItemImport
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile, read_item_file
from tiejun.bank.models import ItemPurpose
from tiejun.bank.secrecy import Sight
from tiejun.bank.states import ItemState
from tiejun.errors import Conflict, DomainError, NotFound, Problem
from tiejun.imports import ImportReport, Progress
from tiejun.installation import Core

log = logging.getLogger(__name__)
LARGE = 200 * 1024
"""From here on a file is checked in the background: some three thousand rows of Excel."""
LOST_AFTER = timedelta(minutes=10)
"""Silence after which the process that worked on a file is taken for dead."""
READ = 20
"""Per cent of a step that reading the file takes; the look takes the rest."""
ASKED = ("name", "purpose", "unit", "state")
"""What the form asks of a file, as it stands in the addresses of the next pages."""
SHOWN = 200
"""Rows kept for the preview: as many as a file that is checked at once shows."""
STEPS = {ImportState.WAITING: ImportState.CHECKING, ImportState.CONFIRMED: ImportState.WRITING}
UNDER_WAY = (*STEPS, *STEPS.values())


def asked_of(args: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form asked, from an address."""
    return {name: args[name] for name in ASKED if name in args}


def plan_of(asked: Mapping[str, str], skip_faulty: bool = False, *, dry_run: bool = False) -> ImportPlan:
    """Return how to import what a form or an address asked for."""
    purpose = asked.get("purpose", "")
    known = ItemPurpose(purpose) if purpose in tuple(ItemPurpose) else ItemPurpose.PRACTICE
    is_reviewed = asked.get("state") == ItemState.OPERATIONAL
    state = ItemState.OPERATIONAL if is_reviewed else ItemState.DRAFT
    return ImportPlan(known, skip_faulty, dry_run, state=state)


def _plan(row: ItemImport, skip_faulty: bool = False) -> ImportPlan:
    """Return how to import a file that waits: with what its importer could see when he brought it."""
    return replace(plan_of(row.asked, skip_faulty), sight=Sight.from_json(row.asked["sight"]))


def begin(
    db: Session, digest: str, asked: Mapping[str, str], sight: Sight, actor: Actor, now: datetime
) -> ItemImport:
    """Let a kept file be checked in the background."""
    row = ItemImport(
        account_id=actor.account_id,
        asked_by=actor.name,
        address=actor.address,
        asked_at=now,
        digest=digest,
        asked=asked_of(asked) | {"sight": sight.to_json()},
        state=ImportState.WAITING,
        beat_at=now,
        report={},
    )
    db.add(row)
    db.flush()
    return row


def my_import(db: Session, account_id: int, public_id: UUID) -> ItemImport:
    """Return a file that this account brought.

    Raises:
        NotFound: if there is none, or somebody else brought it.
    """
    mine = (ItemImport.public_id == public_id, ItemImport.account_id == account_id)
    row = db.scalar(select(ItemImport).where(*mine))
    if row is None:
        raise NotFound(said("没有这次导入的记录。"))
    return row


def confirm(db: Session, row: ItemImport, *, skip_faulty: bool, now: datetime) -> None:
    """Give the go-ahead for a file that was checked.

    Raises:
        Conflict: if it is not checked, or the go-ahead was given before.
    """
    checked = update(ItemImport).where(ItemImport.id == row.id, ItemImport.state == ImportState.CHECKED)
    given = {"state": ImportState.CONFIRMED, "skip_faulty": skip_faulty, "percent": 0, "beat_at": now}
    if not db.execute(checked.values(**given).returning(ItemImport.id)).all():
        raise Conflict(said("这个文件正在导入，或已导入。"), code="not_checked")


def run_imports(core: Core) -> None:
    """Work on all files that wait; give up those whose process died. A round of the worker."""
    with core.database.transaction() as db:
        _give_up(db, core.clock())
    while claimed := _claim(core):
        try:
            _work(core, claimed)
        except DomainError as refused:
            _fail(core, claimed, refused.message, refused.code)
        except Exception:
            log.exception("import %s failed", claimed.public_id)
            _fail(core, claimed, said("导入时出错，没有写入任何内容，请重试或联系管理员。"), "broken")


def _give_up(db: Session, now: datetime) -> None:
    lost = update(ItemImport).where(
        ItemImport.state.in_(STEPS.values()), ItemImport.beat_at < now - LOST_AFTER
    )
    message = said("服务在导入途中停止，没有写入任何内容，请重新导入。")
    db.execute(lost.values(state=ImportState.FAILED, report=_failure("", message, "lost")))


def _claim(core: Core) -> ItemImport | None:
    """Take the oldest file that waits; no other process takes the same."""
    with core.database.transaction() as db:
        waiting = select(ItemImport).where(ItemImport.state.in_(STEPS)).order_by(ItemImport.id).limit(1)
        row = db.scalar(waiting.with_for_update(skip_locked=True))
        if row is not None:
            row.state, row.percent, row.beat_at = STEPS[ImportState(row.state)], 0, core.clock()
        return row


def _work(core: Core, row: ItemImport) -> None:
    beat = _beat(core, row)
    with core.database.reading() as db:
        maps = column_maps(db)
    content = uploads.fetch(core.settings, row.digest)
    file = read_item_file(content, row.asked["name"], unit=row.asked.get("unit") or None, maps=maps)
    beat(READ)
    actor = Actor(row.account_id, row.asked_by, row.address)
    looking = replace(_plan(row), dry_run=True, progress=_rest(beat))
    with core.database.reading() as db:
        looked = import_items(db, file, looking, actor, core.clock())
    if row.state == ImportState.CHECKING:
        with core.database.transaction() as db:
            report = looked.to_json() | {"remembered": file.remembered, "is_table": file.is_table}
            report["shown"] = [[where, item.to_json()] for where, item in file.rows[:SHOWN]]
            _move(db, row, ImportState.CHECKED, report=kept(report), percent=100)
    else:
        _write(core, row, file, looked.twins, actor)


def _write(core: Core, row: ItemImport, file: ItemFile, twins: list[Problem], actor: Actor) -> None:
    with core.database.transaction() as db:
        plan = _plan(row, row.skip_faulty)
        report = import_items(db, file, plan, actor, core.clock(), twins)
        if report.is_written:
            # The rows hold keys, and nobody looks at them any more.
            left = {name: value for name, value in row.report.items() if name != "shown"}
            _move(db, row, ImportState.WRITTEN, batch=report.batch, percent=100, report=left)
        else:
            # The bank changed since the check: the person looks again.
            _move(db, row, ImportState.CHECKED, report=row.report | kept(report.to_json()), percent=100)


def _move(db: Session, row: ItemImport, state: ImportState, **values: Any) -> None:
    """Say how a step ended, unless another process gave the file up meanwhile: then all is taken back."""
    mine = update(ItemImport).where(ItemImport.id == row.id, ItemImport.state == row.state)
    if not db.execute(mine.values(state=state, **values).returning(ItemImport.id)).all():
        raise Conflict(said("这次导入已被放弃。"), code="given_up")


def _fail(core: Core, row: ItemImport, message: str, code: str) -> None:
    with core.database.transaction() as db:
        failed = update(ItemImport).where(ItemImport.id == row.id)
        report = _failure(row.asked.get("name", ""), message, code)
        db.execute(failed.values(state=ImportState.FAILED, report=report))


def _failure(name: str, message: str, code: str) -> dict[str, Any]:
    report = ImportReport(rejected=1, problems=[Problem(name, "", message)])
    kept_report: dict[str, Any] = kept(report.to_json() | {"code": code})
    return kept_report


def _beat(core: Core, row: ItemImport) -> Progress:
    def beat(percent: int) -> None:
        with core.database.transaction() as db:
            now = core.clock()
            db.execute(update(ItemImport).where(ItemImport.id == row.id).values(percent=percent, beat_at=now))

    return beat


def _rest(beat: Progress) -> Progress:
    """Return what hears the per cents of the look and passes on every fifth as those of the step."""
    return lambda percent: None if percent % 5 else beat(READ + percent * (100 - READ) // 100)
