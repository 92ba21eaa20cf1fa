"""An import is a batch that can be taken back whole, as long as nothing of it was used."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update

from question_bank.assembly.form import sha256_hex
from tests.bank.samples import CODE, OLD_CODE, item
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.law_reviews.queue import close, waiting
from tiejun.bank.life.models import ItemStep
from tiejun.bank.models import (
    Blueprint,
    Citation,
    ExamForm,
    FormSlot,
    Item,
    ItemBatch,
    ItemKey,
    ItemPurpose,
    ItemVersion,
    ItemWords,
)
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.service import save_item
from tiejun.bank.states import ItemState
from tiejun.bank.undo import undo_batch
from tiejun.cli import commands
from tiejun.db import Database
from tiejun.errors import Conflict, Rejected
from tiejun.practice.models import PracticeRecord, PracticeRun
from tiejun.wiring import wire

ENDED = [{"law": OLD_CODE, "article": "3"}]
IN_FORCE = [{"law": CODE, "article": "2"}]
EMPTY = dict.fromkeys((Item, ItemVersion, ItemKey, Citation, ItemWords, LawReview), 0)


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


@pytest.fixture
def run(laws: Database, clock: ManualClock, writer: Actor):
    def import_(
        *items, purpose: ItemPurpose = ItemPurpose.PRACTICE, state: ItemState = ItemState.OPERATIONAL
    ):
        plan = ImportPlan(purpose, state=state)
        with laws.transaction() as db:
            return import_items(db, ItemFile.of(items, "题.json"), plan, writer, clock())

    return import_


@pytest.fixture
def undo(laws: Database, clock: ManualClock, writer: Actor):
    def undo_(report):
        with laws.transaction() as db:
            return undo_batch(db, EVERYTHING, report.batch, writer, clock())

    return undo_


def counts(database: Database) -> dict[type, int]:
    with database.reading() as db:
        return {table: db.scalar(select(func.count()).select_from(table)) for table in EMPTY}


def test_new_items_go_with_all_that_belongs_to_them_and_the_batch_stays(
    run, undo, laws: Database, clock: ManualClock
):
    report = run(item("B5-1", citations=IN_FORCE), item("B5-2", citations=ENDED))
    assert counts(laws)[Item] == 2
    undone = undo(report)
    assert (undone.items, undone.versions) == (2, 0)
    assert counts(laws) == EMPTY
    with laws.reading() as db:
        batch = db.scalars(select(ItemBatch)).one()
        assert (batch.undone_by, batch.undone_at) == ("命题人", clock())
        assert "items.undone" in db.scalars(select(AuditEvent.action)).all()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_search_of_sqlite_forgets_what_was_taken_back(run, undo, laws: Database):
    undo(run(item("B5-1")))
    with laws.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM item_search WHERE item_search MATCH '\"不得少于\"'")) == 0


def test_an_item_that_got_a_new_version_says_again_what_it_said(run, undo, laws: Database):
    run(item("B5-1", rationale="先前的解析"))
    report = run(item("B5-1", rationale="后来的解析"), item("B5-2"))
    assert (undo(report).items, counts(laws)[ItemVersion]) == (1, 1)
    with laws.reading() as db:
        row = db.scalars(select(Item)).one()
        assert (row.code, row.current_version) == ("B5-1", 1)
        assert "先前的解析" in db.scalars(select(ItemWords.words)).one()
    assert run(item("B5-1", rationale="先前的解析")).unchanged == 1
    assert run(item("B5-1", rationale="后来的解析")).updated == 1


@pytest.mark.parametrize(
    ("before", "declared", "after"),
    [
        ("draft", "operational", "operational"),
        ("first_review", "operational", "operational"),
        ("second_review", "operational", "operational"),
        ("draft", "draft", "draft"),
        ("operational", "draft", "draft"),
        ("pilot", "operational", "pilot"),
        ("under_review", "operational", "under_review"),
        ("retired", "operational", "retired"),
    ],
)
def test_an_update_takes_the_state_declared_of_its_file(
    run, laws: Database, before: str, declared: str, after: str
):
    run(item("B5-1"), state=ItemState.DRAFT)
    with laws.transaction() as db:
        db.execute(update(Item).values(state=before))
    assert run(item("B5-1", rationale="后来的解析"), state=ItemState(declared)).updated == 1
    with laws.reading() as db:
        assert db.scalars(select(Item.state)).one() == after


def test_an_update_that_was_approved_elsewhere_is_a_draft_again_when_it_is_undone(run, undo, laws: Database):
    run(item("B5-1"), state=ItemState.DRAFT)
    report = run(item("B5-1", rationale="后来的解析"), state=ItemState.OPERATIONAL)
    with laws.reading() as db:
        assert db.scalars(select(Item.state)).one() == "operational"
        assert [(step.step, step.state, step.version) for step in db.scalars(select(ItemStep))] == [
            ("write", "operational", 2)
        ]
    undo(report)
    with laws.reading() as db:
        assert db.scalars(select(Item.state)).one() == "draft"
        assert db.scalars(select(ItemStep)).all() == []
    undo(run(item("B5-1", rationale="后来的解析"), state=ItemState.DRAFT))
    with laws.reading() as db:
        assert db.scalars(select(Item.state)).one() == "draft"


def test_the_queue_of_law_reviews_follows_the_version_that_counts_again(run, undo, laws: Database):
    run(item("B5-1", citations=ENDED))
    before = counts(laws)[LawReview]
    undo(run(item("B5-1", citations=[*ENDED, {"law": OLD_CODE, "article": "2"}])))
    with laws.reading() as db:
        open_ones = waiting(db, "item", db.scalars(select(Item.id)).one())
        assert (len(open_ones), [one.article for one in open_ones]) == (before, ["3"])


def _on_a_form(laws: Database, clock: ManualClock) -> None:
    with laws.transaction() as db:
        version = db.scalars(select(ItemVersion).order_by(ItemVersion.id)).first()
        blueprint = Blueprint(
            title="卷", level="provincial", tier="primary", duration_minutes=60, total_points=1,
            cut_score=1, spec={}, created_by="x", created_at=clock(),
        )  # fmt: skip
        db.add(blueprint)
        db.flush()
        form = ExamForm(
            blueprint_id=blueprint.id, label="A", seed="s", paper="{}", paper_hash=sha256_hex({}),
            total_points=1, slot_count=1, relaxed={}, frozen_by="x", frozen_at=clock(),
        )  # fmt: skip
        db.add(form)
        db.flush()
        slot = {"slot": 1, "part": 0, "type": "single", "points": 1, "option_ids": {}}
        db.add(FormSlot(form_id=form.id, item_id=version.item_id, version_id=version.id, **slot))


def _in_a_practice_run(laws: Database, clock: ManualClock) -> None:
    with laws.transaction() as db:
        version = db.scalars(select(ItemVersion.id).order_by(ItemVersion.id)).first()
        person = db.execute(text("SELECT min(id) FROM person")).scalar_one()
        run = {"source": "unit", "seed": "s", "versions": [version], "created_at": clock()}
        db.add(PracticeRun(person_id=person, **run))


def _edited(laws: Database, clock: ManualClock) -> None:
    with laws.transaction() as db:
        changed = item("B5-1", rationale="改过", citations=ENDED)
        save_item(db, changed, ItemPurpose.PRACTICE, Actor(None, "另一人"), clock(), base_version=1)


def _decided(laws: Database, clock: ManualClock) -> None:
    with laws.transaction() as db:
        reviews = db.scalars(select(LawReview)).all()
        assert reviews
        close(db, reviews, Decision.REANCHORED, Actor(None, "另一人"), clock())


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (_on_a_form, "已组入试卷"),
        (_in_a_practice_run, "已用于练习"),
        (_edited, "导入后又修改过"),
        (_decided, "已按法规变动作出处理"),
    ],
)
def test_one_item_in_use_keeps_the_whole_batch(
    run,
    undo,
    world: World,
    laws: Database,
    clock: ManualClock,
    use: Callable[[Database, ManualClock], None],
    reason: str,
):
    report = run(item("B5-1", citations=ENDED), item("B5-2"))
    use(laws, clock)
    before = counts(laws)
    with pytest.raises(Rejected) as refused:
        undo(report)
    assert [(str(p.field), "B5-1" in p.message) for p in refused.value.problems] == [(reason, True)]
    assert counts(laws) == before


def test_what_nobody_told_the_bank_of_stops_the_undoing_too(
    run, undo, world: World, laws: Database, clock: ManualClock
):
    report = run(item("B5-1"), item("B5-2"))
    with laws.transaction() as db:
        person = db.execute(text("SELECT min(id) FROM person")).scalar_one()
        row = db.scalars(select(Item.id)).first()
        db.add(PracticeRecord(person_id=person, item_id=row, is_last_right=True, last_at=clock()))
    before = counts(laws)
    with pytest.raises(Conflict, match="正在别处使用"):
        undo(report)
    assert counts(laws) == before


def test_an_import_is_undone_once(run, undo):
    report = run(item("B5-1"))
    undo(report)
    with pytest.raises(Conflict, match="已经撤销"):
        undo(report)


def test_an_older_import_whose_new_versions_nobody_noted_stays(run, undo, laws: Database):
    run(item("B5-1"))
    report = run(item("B5-1", rationale="新"))
    with laws.transaction() as db:
        db.execute(text("UPDATE item_version SET batch_id = NULL WHERE number = 2"))
    with pytest.raises(Rejected) as refused:
        undo(report)
    assert [str(p.field) for p in refused.value.problems] == ["早先的导入"]


def _is_of(laws: Database, login: str) -> None:
    """Let the imports be those of an account: others do not see their reports."""
    with laws.transaction() as db:
        db.execute(update(ItemBatch).values(created_by=f"{login}（{login}）"))


def test_the_batchs_page_undoes_and_says_so(
    run, client: FlaskClient, world: World, laws: Database, clock: ManualClock
):
    report = run(item("B5-1"))
    sign_in(client, "item_writer")
    _is_of(laws, "item_writer")
    address = f"/items/batches/{report.batch}"
    assert "都还没有使用" in client.get(address).get_data(as_text=True)
    answer = client.post(f"{address}/undo", data={"csrf_token": csrf_token(client, address)})
    assert (answer.status_code, counts(laws)[Item]) == (303, 0)
    page = client.get(address).get_data(as_text=True)
    assert "撤销。" in page
    assert "都还没有使用" not in page
    assert "已撤销" in client.get("/items/import").get_data(as_text=True)


def test_the_batchs_page_says_what_hinders(
    run, client: FlaskClient, world: World, laws: Database, clock: ManualClock
):
    report = run(item("B5-1"))
    _in_a_practice_run(laws, clock)
    sign_in(client, "item_writer")
    _is_of(laws, "item_writer")
    address = f"/items/batches/{report.batch}"
    page = client.get(address).get_data(as_text=True)
    assert "已用于练习" in page
    assert f'action="{address}/undo"' not in page
    token = csrf_token(client, "/items/import")
    assert client.post(f"{address}/undo", data={"csrf_token": token}).status_code == 422


def test_the_command_undoes_a_batch(run, settings, laws: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    batch = str(run(item("B5-1")).batch)
    result = CliRunner().invoke(commands, ["items", "undo", batch])
    assert (result.exit_code, result.stdout) == (0, "已撤销：删去 1 题，退回 0 题。\n")
    assert counts(laws)[Item] == 0
    assert isinstance(CliRunner().invoke(commands, ["items", "undo", batch]).exception, Conflict)
