"""What examinations are made of is hidden from whoever lacks the role: on every page, in files, in advice."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from question_bank.formats.item_json import write_json
from question_bank.item import Item as ItemText
from question_bank.markup import image_mark
from tests.bank.samples import CODE, OLD_CODE, item, part_json
from tests.bank.test_editor import fields, put
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor
from tiejun.bank import images
from tiejun.bank.form_service import freeze_form
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.models import Blueprint, FormSlot, Item, ItemBatch, ItemImage, ItemPurpose
from tiejun.bank.queries import item_detail
from tiejun.bank.secrecy import EVERYTHING, Sight, is_lowered
from tiejun.bank.service import save_item
from tiejun.db import Database
from tiejun.errors import Rejected

MARKER = "赤狐越过第七道堤坝"  # stands in the stem, the rationale and the code of no other item
STEM = f"{MARKER}之后应当在五日内通知当事人听证的时间和地点（　　）。"
EXAM, SEALED, OPEN = "HIDDEN-EXAM", "HIDDEN-SEAL", "SEEN-PRACTICE"
DIGEST = "a1" * 32
ELSEWHERE = Actor(None, "别人（somebody_else）")


def asking(code: str, stem: str = STEM, **other: Any) -> ItemText:
    return item(code, parts=[part_json(stem=stem)], **other)


@dataclass
class Secrets:
    """What the bank hides: an exam item with an image and a review, a sealed one, the import of both."""

    database: Database
    review: LawReview
    batch: ItemBatch


@pytest.fixture
def secrets(laws: Database, world: World, clock: ManualClock) -> Secrets:
    cited = [{"law": OLD_CODE, "article": "1"}]
    hidden = asking(EXAM, STEM + image_mark(DIGEST), citations=cited, rationale=f"{MARKER}。")
    with laws.transaction() as db:
        db.add(
            ItemImage(
                sha256=DIGEST,
                name="a.png",
                media_type="image/png",
                data=MARKER.encode(),
                width=1,
                height=1,
                created_by="x",
                created_at=clock(),
            )
        )
        db.flush()
        file = ItemFile.of([hidden], f"{MARKER}.json")
        report = import_items(db, file, ImportPlan(ItemPurpose.EXAM), ELSEWHERE, clock())
        assert report.is_written, report.problems
        sealed = asking(SEALED, STEM.replace("五日", "七日"), citations=cited)
        save_item(db, sealed, ItemPurpose.SEALED, ELSEWHERE, clock())
        seen = asking(OPEN, "排放污水应当取得什么（　　）。", citations=[{"law": CODE, "article": "2"}])
        save_item(db, seen, ItemPurpose.PRACTICE, ELSEWHERE, clock())
        review = db.scalars(select(LawReview).where(LawReview.kind == "item")).first()
        batch = db.scalars(select(ItemBatch)).one()
    assert review is not None
    return Secrets(laws, review, batch)


def addresses(app: Flask, secrets: Secrets) -> Iterator[str]:
    """Yield an address of every GET route, filled with what leads to the hidden items."""
    ids = {"law_reviews": secrets.review.public_id, "bank_import": secrets.batch.public_id}
    texts = {"law_id": OLD_CODE, "other_id": CODE, "number": "1", "digest": DIGEST}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
                continue
            for code, ending in ((EXAM, "json"), (SEALED, "txt")):
                values: dict[str, Any] = {}
                for name in rule.arguments:
                    kind = type(rule._converters[name]).__name__
                    some = ids.get(rule.endpoint.partition(".")[0], secrets.review.public_id)
                    known = {**texts, "code": code, "ending": ending, "slot": 1, "seat": 1}
                    values[name] = some if kind == "UUIDConverter" else known.get(name, 1)
                yield app.url_for(rule.endpoint, _external=False, **values)


SEARCHES = (
    f"/items?q={MARKER}",
    "/items?purpose=exam",
    "/items?purpose=sealed",
    f"/items?law={OLD_CODE}&article=1",
    f"/items.xlsx?q={MARKER}",
    "/law-reviews?state=all&by=unit",
    "/law-reviews.xlsx?state=all",
    f"/items/{EXAM}?version=1",
)


def said(content: bytes) -> str:
    """Return what a reply says, that of a workbook too."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def telling(client: FlaskClient, every: set[str], words: tuple[str, ...]) -> dict[str, list[str]]:
    """Return which addresses tell any of the words beyond those that were asked with."""
    found: dict[str, list[str]] = {}
    for address in sorted(every):
        reply = client.get(address)
        text = said(reply.get_data()) if reply.status_code == 200 else ""
        text = re.sub(r'value="[^"]*"', "", text)
        if told := [word for word in words if word in text]:
            found[address] = told
    return found


def test_no_route_tells_a_trainer_of_a_hidden_item(
    app: Flask, client: FlaskClient, world: World, secrets: Secrets
):
    every = {*addresses(app, secrets), *SEARCHES}
    every.discard("/sign-out")
    sign_in(client, "trainer")
    assert telling(client, every, (MARKER, EXAM, SEALED)) == {}
    assert OPEN in client.get("/items").get_data(as_text=True)

    client.post("/sign-out", data={"csrf_token": csrf_token(client, "/laws")})
    sign_in(client, "exam_admin")
    told = telling(client, every, (MARKER, EXAM, SEALED))
    assert {
        "/items",
        "/items.xlsx",
        f"/items/{EXAM}",
        f"/items/{SEALED}",
        f"/items/{EXAM}/compare",
        f"/items/images/{DIGEST}",
        "/law-reviews",
        "/law-reviews.xlsx",
        f"/law-reviews/{secrets.review.public_id}",
    } <= told.keys()


def test_a_hidden_item_is_answered_like_one_that_does_not_exist(
    client: FlaskClient, world: World, secrets: Secrets
):
    sign_in(client, "trainer")
    # The request's number, and the token of a form, which tells the second.
    no_number = re.compile(r'[0-9a-f]{12}|name="csrf_token" value="[^"]+"')
    for hidden, nobodys in (
        (f"/items/{EXAM}", "/items/NOBODYS-ITEM"),
        (f"/items/{SEALED}/compare", "/items/NOBODYS-ITEM/compare"),
        (f"/items/images/{DIGEST}", f"/items/images/{'b2' * 32}"),
        (f"/law-reviews/{secrets.review.public_id}", "/law-reviews/00000000-0000-0000-0000-000000000000"),
    ):
        replies = [client.get(address) for address in (hidden, nobodys)]
        assert [reply.status_code for reply in replies] == [404, 404]
        one, other = (no_number.sub("", reply.get_data(as_text=True)) for reply in replies)
        assert one == other


def test_counts_and_choices_tell_a_trainer_nothing(client: FlaskClient, world: World, secrets: Secrets):
    sign_in(client, "trainer")
    page = client.get("/items").get_data(as_text=True)
    assert "练习用 1 题" in page
    assert "考试用" not in page
    assert '<option value="exam"' not in page
    assert OLD_CODE not in page  # only hidden items cite the old law
    assert "待核" not in page
    assert "道试题" not in client.get(f"/laws/{OLD_CODE}/articles/1").get_data(as_text=True)
    assert "引用本条的 1 道试题" in client.get(f"/laws/{CODE}/articles/2").get_data(as_text=True)


@pytest.mark.parametrize(
    ("login", "codes"),
    [
        ("trainer", {OPEN}),
        ("item_writer", {OPEN, EXAM}),
        ("item_reviewer", {OPEN, EXAM}),
        ("exam_admin", {OPEN, EXAM, SEALED}),
        ("province_admin", {OPEN, EXAM, SEALED}),
    ],
)
def test_who_sees_which_class(
    client: FlaskClient, world: World, secrets: Secrets, login: str, codes: set[str]
):
    sign_in(client, login)
    page = client.get("/items").get_data(as_text=True)
    assert {code for code in (OPEN, EXAM, SEALED) if code in page} == codes
    for code in (OPEN, EXAM, SEALED):
        assert client.get(f"/items/{code}").status_code == (200 if code in codes else 404)


def test_a_writer_sees_their_own_sealed_items_and_may_change_them(
    client: FlaskClient, world: World, secrets: Secrets, clock: ManualClock
):
    own = Actor(None, "item_writer（item_writer）")
    with secrets.database.transaction() as db:
        save_item(
            db, asking("MY-SEALED", "自己的密封题（　　）。", unit="B5"), ItemPurpose.SEALED, own, clock()
        )
    sign_in(client, "item_writer")
    assert client.get("/items/MY-SEALED/edit").status_code == 200
    assert client.get(f"/items/{SEALED}/edit").status_code == 404
    token = csrf_token(client, "/items/new?kind=single")
    for act in ("save", "check"):
        reply = client.post(f"/items/{SEALED}/edit", data={"csrf_token": token, "act": act, "version": 1})
        assert reply.status_code == 404


def test_the_editor_names_no_hidden_twin(client: FlaskClient, world: World, secrets: Secrets):
    def beside(login: str) -> str:
        sign_in(client, login)
        form: MultiDict[str, str] = fields(client.get("/items/new?kind=single").get_data(as_text=True))
        put(form, part_0_stem=STEM.replace("五日", "七日"), unit="B5", act="check")
        page = client.post("/items/new", data=form).get_data(as_text=True)
        client.post("/sign-out", data={"csrf_token": csrf_token(client, "/laws")})
        return page

    page = beside("item_writer")
    assert EXAM in page
    assert SEALED not in page


def dry_run(secrets: Secrets, clock: ManualClock, sight: Sight, *items: ItemText, coded: bool = True) -> str:
    file = ItemFile.of(items, "a.json")
    if not coded:
        file = ItemFile(**{**vars(file), "codes": frozenset()})
    with secrets.database.transaction() as db:
        plan = ImportPlan(ItemPurpose.PRACTICE, dry_run=True, sight=sight)
        report = import_items(db, file, plan, ELSEWHERE, clock())
    return str(report.to_json())


@pytest.mark.parametrize("hidden", [EXAM, SEALED])
def test_an_import_tells_of_no_hidden_twin(secrets: Secrets, clock: ManualClock, hidden: str):
    practice_only = Sight(frozenset({ItemPurpose.PRACTICE}))
    stem = STEM if hidden == SEALED else STEM.replace("五日", "七日")
    new = asking("NEW-1", stem)
    assert "HIDDEN" in dry_run(secrets, clock, EVERYTHING, new)
    report = dry_run(secrets, clock, practice_only, new)
    assert "HIDDEN" not in report
    assert "相同" not in report
    assert "相似" not in report
    assert "仅数字" not in report


def test_an_import_takes_the_copy_of_a_hidden_item_for_new(secrets: Secrets, clock: ManualClock):
    practice_only = Sight(frozenset({ItemPurpose.PRACTICE}))
    cited = [{"law": OLD_CODE, "article": "1"}]
    copy = asking("ROW-1", STEM.replace("五日", "七日"), citations=cited)
    assert "'unchanged': 1" in dry_run(secrets, clock, EVERYTHING, copy, coded=False)
    report = dry_run(secrets, clock, practice_only, copy, coded=False)
    assert "'created': 1" in report
    assert "HIDDEN" not in report


def test_a_code_that_is_hidden_can_not_be_had_and_no_more_is_said(secrets: Secrets, clock: ManualClock):
    practice_only = Sight(frozenset({ItemPurpose.PRACTICE}))
    report = dry_run(secrets, clock, practice_only, asking(SEALED, "完全不同的一道题（　　）。"))
    assert f"编号“{SEALED}”不能使用" in report
    assert MARKER not in report
    with secrets.database.reading() as db:
        assert db.scalars(select(Item.current_version).where(Item.code == SEALED)).one() == 1


def test_the_page_of_an_import_hides_what_somebody_else_sealed(
    client: FlaskClient, world: World, secrets: Secrets
):
    sign_in(client, "item_writer")
    token = csrf_token(client, "/items/import")
    new = asking("NEW-1", STEM.replace("五日", "七日"))
    file = io.BytesIO(write_json([new], {}).content)
    data = {"csrf_token": token, "file": (file, "a.json"), "purpose": "practice", "unit": ""}
    preview = client.get(client.post("/items/import", data=data).location).get_data(as_text=True)
    assert EXAM in preview  # an exam item is like it, and writers see those
    assert SEALED not in preview
    assert secrets.batch.filename not in client.get("/items/import").get_data(as_text=True)
    assert client.get(f"/items/batches/{secrets.batch.public_id}").status_code == 404


def test_an_image_is_shown_to_whoever_may_see_one_item_with_it(
    client: FlaskClient, world: World, secrets: Secrets, clock: ManualClock
):
    sign_in(client, "trainer")
    assert client.get(f"/items/images/{DIGEST}").status_code == 404
    with secrets.database.transaction() as db:
        shows = asking("WITH-IMAGE", "看图作答（　　）。" + image_mark(DIGEST))
        save_item(db, shows, ItemPurpose.PRACTICE, ELSEWHERE, clock())
        assert images.get_image(db, EVERYTHING, DIGEST).sha256 == DIGEST
    assert client.get(f"/items/images/{DIGEST}").status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_item_on_a_form_keeps_its_class_in_the_editor(
    starter: Database, blueprint: Blueprint, writer: Actor, clock: ManualClock
):
    with starter.transaction() as db:
        freeze_form(db, blueprint.id, "seed", writer, clock())
    with starter.reading() as db:
        used = db.scalars(select(Item.code).where(Item.id.in_(select(FormSlot.item_id))).limit(1)).one()
        free = db.scalars(select(Item.code).where(Item.id.not_in(select(FormSlot.item_id))).limit(1)).one()
        texts = {code: item_detail(db, EVERYTHING, code).text for code in (used, free)}
    with pytest.raises(Rejected), starter.transaction() as db:
        save_item(db, texts[used], ItemPurpose.PRACTICE, writer, clock(), 1)
    with starter.transaction() as db:
        save_item(db, texts[free], ItemPurpose.PRACTICE, writer, clock(), 1)
        save_item(db, texts[used], ItemPurpose.SEALED, writer, clock(), 1)


def test_classes_come_down_from_sealed_to_practice():
    order = [ItemPurpose.SEALED, ItemPurpose.EXAM, ItemPurpose.PRACTICE]
    assert [is_lowered(one, two) for one in order for two in order] == [
        *(False, True, True),
        *(False, False, True),
        *(False, False, False),
    ]
