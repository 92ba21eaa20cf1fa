"""A form is for days on which its law is in force: refused before, told of when the law changes after."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.bank.law_reviews.conftest import articles, new_law, old_law
from tests.bank.samples import CODE, OLD_CODE, item
from tests.exams.admin.factories import ADMIN, HOUR, Room
from tests.support.world import sign_in
from tiejun.bank.law_report import LawReport
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import FormSlot, ItemPurpose, ItemVersion
from tiejun.bank.service import save_item
from tiejun.errors import Rejected
from tiejun.exams.admin_service import edit_sitting
from tiejun.exams.models import Sitting, SittingForm

LAST_DAY = datetime(2026, 11, 30, 1, tzinfo=UTC)  # nine o'clock in Beijing; the old law ceases on 1 December
FIRST_DAY = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # half past midnight of 1 December in Beijing
NEXT_LAW = new_law(adopted="2026-11-01", effective="2026-12-01")


def bring_in(room: Room, *laws: dict[str, Any]) -> LawReport:
    files = [(f"{law['id']}.json", json.dumps(law).encode()) for law in laws]
    with room.database.transaction() as db:
        return import_laws(db, parse_laws(files), ADMIN, room.now)


def ask(room: Room, form: int, items: Iterable[tuple[str, str, str, bool]]) -> None:
    """Put items (code, law, article, transitional) into the slots of a form."""
    with room.database.transaction() as db:
        for slot, (code, law, article, mark) in enumerate(items, start=1):
            made = item(code, citations=[{"law": law, "article": article}], transitional=mark)
            row = save_item(db, made, ItemPurpose.EXAM, ADMIN, room.now)
            version = db.scalars(select(ItemVersion).where(ItemVersion.item_id == row.id)).one()
            db.add(
                FormSlot(
                    form_id=room.form_ids[form],
                    slot=slot,
                    item_id=row.id,
                    version_id=version.id,
                    part=0,
                    type="single",
                    points=2,
                    option_ids={},
                )
            )


@pytest.fixture
def papers(room: Room) -> Room:
    """Return a room whose form A cites the old law in two slots, B the new one, C the old one on purpose."""
    bring_in(room, old_law(), NEXT_LAW)
    ask(room, 0, [("OLD-1", OLD_CODE, "1", False), ("OLD-2", OLD_CODE, "2", False)])
    ask(room, 1, [("NEW-1", CODE, "1", False)])
    ask(room, 2, [("PASSAGE", OLD_CODE, "1", True)])
    return room


def sitting_on(room: Room, form: int, at: datetime) -> Sitting:
    return room.sitting(at - room.now, form_ids=(room.form_ids[form],))


def refusal(room: Room, form: int, at: datetime) -> str:
    with pytest.raises(Rejected) as refused:
        sitting_on(room, form, at)
    (problem,) = refused.value.problems
    assert problem.field == "试卷"
    return problem.message


def test_a_form_is_refused_from_the_day_on_which_its_law_ceases(papers: Room):
    message = refusal(papers, 0, FIRST_DAY)
    assert "2026-12-01" in message
    assert "第1题《样例办法》第1条" in message
    assert "第2题《样例办法》第2条" in message
    assert "OLD-1" not in message
    assert sitting_on(papers, 0, LAST_DAY).id


def test_a_form_on_law_to_come_is_refused_until_its_first_day(papers: Room):
    assert "第1题" in refusal(papers, 1, LAST_DAY)
    assert sitting_on(papers, 1, FIRST_DAY).id


def test_a_window_over_several_days_needs_law_in_force_on_all_of_them(papers: Room):
    ends = {"ends_at": FIRST_DAY + HOUR}
    with pytest.raises(Rejected):
        papers.sitting(LAST_DAY - papers.now, **ends)
    until_midnight = {"ends_at": datetime(2026, 11, 30, 16, tzinfo=UTC)}
    assert papers.sitting(LAST_DAY - papers.now, **until_midnight).id


def test_what_is_on_the_passage_to_new_law_is_let_through(papers: Room):
    assert sitting_on(papers, 2, FIRST_DAY).id


def test_a_sitting_is_not_moved_past_the_end_of_its_law_nor_given_another_such_form(papers: Room):
    sitting = sitting_on(papers, 0, LAST_DAY)
    later = papers.spec(FIRST_DAY - papers.now, form_ids=(papers.form_ids[0],))
    with pytest.raises(Rejected), papers.database.transaction() as db:
        edit_sitting(db, sitting.id, later, ADMIN, papers.now)
    other = papers.spec(LAST_DAY - papers.now, form_ids=(papers.form_ids[1],))
    with pytest.raises(Rejected), papers.database.transaction() as db:
        edit_sitting(db, sitting.id, other, ADMIN, papers.now)

    with papers.database.reading() as db:
        kept = db.get_one(Sitting, sitting.id)
        assert kept.starts_at == LAST_DAY
        assert db.scalars(select(SittingForm.form_id)).all() == [papers.form_ids[0]]


@pytest.fixture
def overtaken(room: Room, client: FlaskClient) -> Sitting:
    """Return a sitting of December whose law, when it was made, was to stay; `client` wires the features."""
    bring_in(room, old_law())
    ask(room, 0, [("OLD-1", OLD_CODE, "1", False)])
    return sitting_on(room, 0, FIRST_DAY)


def test_an_import_that_overtakes_a_sitting_says_so(room: Room, overtaken: Sitting):
    assert bring_in(room, old_law(doc_no="样例令第2号")).consequences == []
    report = bring_in(room, NEXT_LAW)

    (told,) = report.consequences
    assert told in report.warnings
    assert overtaken.title in told.message
    assert "1 题" in told.message
    assert "2026-12-01" in told.message


def test_an_article_that_is_gone_overtakes_a_sitting_too(room: Room, overtaken: Sitting):
    gone = [{**one, "number": one["number"] + 1, "label": "后移"} for one in articles(["甲", "乙"])]
    assert len(bring_in(room, old_law(articles=gone)).consequences) == 1


def test_the_sittings_page_and_the_first_page_say_what_to_do(
    room: Room, overtaken: Sitting, client: FlaskClient
):
    address = f"/sittings/{overtaken.public_id}"
    sign_in(client, "exam_admin")
    words = "不在施行中"
    assert words not in client.get(address).get_data(as_text=True) + client.get("/").get_data(as_text=True)
    bring_in(room, NEXT_LAW)

    page = client.get(address).get_data(as_text=True)

    assert words in page
    assert "第1题《样例办法》第1条" in page
    assert "OLD-1" not in page
    assert f'href="{address}"' in client.get("/").get_data(as_text=True)
    assert "换试卷" in client.get("/").get_data(as_text=True)
    sign_in(client, "invigilator")
    seen = client.get(address)
    assert seen.status_code == 200
    assert "第1题《样例办法》" not in seen.get_data(as_text=True)


def test_a_sitting_that_was_sat_is_left_alone(room: Room, overtaken: Sitting):
    room.now = FIRST_DAY + timedelta(days=1)
    assert bring_in(room, NEXT_LAW).consequences == []
