"""A published case whose article changes waits in the bank's queue until its author has mended it."""

import json

from sqlalchemy import select

from tests.bank.samples import CODE, OLD_CODE, law_json
from tests.cases.conftest import Desk, draft
from tests.support.world import sign_in
from tiejun.audit import SYSTEM
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import LawVersion
from tiejun.cases import service

NEXT = "sample-rules-2030"


def import_next(desk: Desk) -> dict[str, int]:
    """Import a version that replaces the law in force."""
    law = law_json(NEXT) | {"effective": "2030-01-01"}
    with desk.database.transaction() as db:
        files = [(f"{NEXT}.json", json.dumps(law).encode())]
        return import_laws(db, parse_laws(files), SYSTEM, desk.clock()).under_review


def reviews(desk: Desk) -> list[LawReview]:
    with desk.database.reading() as db:
        return list(db.scalars(select(LawReview).order_by(LawReview.id)))


def test_only_what_officers_read_comes_in(desk: Desk, app):
    desk.write()
    retired = desk.publish(text=draft(title="已停用的案例"))
    with desk.database.transaction() as db:
        service.retire(db, desk.latest(db, retired), "过时", desk.actor("item_reviewer"), desk.clock())
    desk.publish(text=draft(title="别的依据", citations=[(OLD_CODE, "1")]))
    published = desk.publish()
    assert import_next(desk) == {"case": 1}
    [review] = reviews(desk)
    assert (review.kind, review.law_id, review.article) == ("case", CODE, "2")
    assert (review.title, review.unit, review.writer) == ("雨水井里的异味", "E2", "trainer")
    assert review.address == f"/cases/{published}"


def test_a_draft_settles_nothing_and_its_publication_does(desk: Desk, app):
    public_id = desk.publish()
    import_next(desk)
    with desk.database.transaction() as db:
        service.revise(db, desk.latest(db, public_id), desk.actor("trainer"), desk.clock())
    mended = draft(citations=[(NEXT, "2")])
    with desk.database.transaction() as db:
        version = desk.latest(db, public_id)
        service.save_draft(db, version, mended.text("/"), version.revision, desk.clock())
    assert reviews(desk)[0].decided_at is None
    desk.submit(public_id, text=mended)
    desk.decide(public_id)
    assert reviews(desk)[0].decision == Decision.REWRITTEN


def test_a_case_that_is_retired_waits_no_longer(desk: Desk, app):
    public_id = desk.publish()
    import_next(desk)
    with desk.database.transaction() as db:
        service.retire(db, desk.latest(db, public_id), "过时", desk.actor("item_reviewer"), desk.clock())
    assert reviews(desk)[0].decision == Decision.RETIRED


def test_a_case_is_seen_in_the_queue_of_its_province_only(desk: Desk, client, app):
    desk.publish()
    import_next(desk)
    where = f"/law-reviews/{reviews(desk)[0].public_id}"
    sign_in(client, "trainer2")
    assert "由作者修改" in client.get(where).get_data(as_text=True)
    assert "雨水井里的异味" in client.get("/law-reviews").get_data(as_text=True)
    stranger = app.test_client()
    sign_in(stranger, "shaanxi_trainer")
    assert stranger.get(where).status_code == 404
    assert "雨水井里的异味" not in stranger.get("/law-reviews").get_data(as_text=True)


def test_the_old_law_has_ended_with_the_new_one_begun(desk: Desk):
    import_next(desk)
    with desk.database.reading() as db:
        assert str(db.get_one(LawVersion, CODE).ceased) == "2030-01-01"
