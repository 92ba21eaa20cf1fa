"""A case out of the queue of law changes: the same text on another article, read by a second person."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.bank.samples import CODE
from tests.cases.conftest import Desk, draft
from tests.cases.test_law_changes import NEXT, import_next, reviews
from tests.support.world import csrf_token
from tiejun.audit import AuditEvent
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.law_reviews.queries import progress, reader_of
from tiejun.cases import queries, service
from tiejun.cases.models import CaseState, CaseVersion
from tiejun.cases.rules import exchange_refusal, may_decide

TARGET = {"law": NEXT, "article": "2"}


def send(client: FlaskClient, review: LawReview, **fields: str) -> TestResponse:
    """Send the page's button."""
    token = csrf_token(client, f"/law-reviews/{review.public_id}")
    chosen = TARGET | {"review": str(review.public_id), "csrf_token": token} | fields
    return client.post(f"{review.address}/reanchor", data=chosen)


def page(client: FlaskClient, review: LawReview) -> str:
    return client.get(f"/law-reviews/{review.public_id}").get_data(as_text=True)


def latest(desk: Desk, public_id: UUID) -> CaseVersion:
    with desk.database.reading() as db:
        return desk.latest(db, public_id)


def cited(version: CaseVersion) -> list[tuple[str, str]]:
    return [(row.law_id, row.article) for row in version.citations]


@pytest.fixture
def case(desk: Desk, app: object) -> UUID:
    """A published case on law that ends."""
    public_id = desk.publish()
    import_next(desk)
    return public_id


def test_who_exchanged_a_citation_does_not_decide_on_it():
    assert may_decide(1, 2, 3)
    assert not may_decide(1, 3, 3)
    assert not may_decide(None, 3, 3)
    assert may_decide(None, 2, 3)


def test_a_version_at_which_somebody_works_is_left_to_them():
    def refused(state: str, *, is_own: bool = False, has_author: bool = True) -> str | None:
        return exchange_refusal(state, is_own=is_own, has_author=has_author, number=2, by="张三")

    assert refused("published") is None
    for state in ("draft", "returned", "in_review"):
        assert "张三" in str(refused(state))
    assert refused("in_review", is_own=True) is None
    assert refused("draft", is_own=True)
    assert refused("returned", has_author=False) is None
    assert refused("in_review", has_author=False)


def test_the_author_exchanges_and_another_reads_before_officers_do(desk: Desk, case: UUID, signed_in):
    [review] = reviews(desk)
    author = signed_in("trainer")
    shown = page(author, review)
    assert f'action="{review.address}/reanchor"' in shown
    assert "案例不变，改引第2条" in shown

    assert send(author, review).status_code == 303

    version = latest(desk, case)
    assert (version.number, version.state, cited(version)) == (2, "in_review", [(NEXT, "2")])
    assert version.is_anonymous
    [review] = reviews(desk)
    assert (review.decided_at, review.target_law_id) == (None, NEXT)
    assert "等第二人审核" in page(author, review)
    assert "等第二人审核" in author.get("/law-reviews").get_data(as_text=True)
    with desk.database.reading() as db:
        published = queries.published_case(db, desk.persona("officer1"), case)
        counted = [progress(db, reader_of(desk.persona("trainer")), by) for by in ("law", "writer", "unit")]
        assert [(row.total, row.decided) for [row] in counted] == [(1, 0)] * 3
    assert (published.number, cited(published)) == (1, [(CODE, "2")])
    assert author.get(f"/cases/{case}/review").status_code == 403

    reader = signed_in("item_reviewer")
    shown = reader.get(f"/cases/{case}/review").get_data(as_text=True)
    assert "法律依据改引" in shown
    assert "trainer（trainer）" in shown
    assert "第2条的样例文字" in shown
    assert "其余内容与公布的一版相同" in shown
    token = csrf_token(reader, f"/cases/{case}/review")
    decided = {"outcome": "published", "revision": str(version.revision), "csrf_token": token}
    assert reader.post(f"/cases/{case}/review", data=decided).status_code == 303

    [review] = reviews(desk)
    assert (review.decision, review.target_article, review.submitted_at) == (Decision.REANCHORED, "2", None)
    with desk.database.reading() as db:
        assert queries.published_case(db, desk.persona("officer1"), case).number == 2
        [row] = progress(db, reader_of(desk.persona("trainer")), "writer")
        actions = set(db.scalars(select(AuditEvent.action).where(AuditEvent.subject == "case")))
    assert (row.total, row.decided) == (1, 1)
    assert {"case.revised", "case.reanchored", "case.published"} <= actions
    assert "已改引新条" in page(author, review)


def test_a_returned_exchange_waits_again_and_its_author_goes_on(desk: Desk, case: UUID, signed_in):
    [review] = reviews(desk)
    author = signed_in("trainer")
    send(author, review)

    desk.decide(case, outcome=CaseState.RETURNED)

    [review] = reviews(desk)
    assert (review.submitted_at, review.decided_at) == (None, None)
    shown = page(author, review)
    assert "待核" in shown
    assert f'href="{review.address}/edit"' in shown
    assert "trainer" in shown
    assert send(author, review).status_code == 409
    mended = draft(citations=[(NEXT, "3")])
    with desk.database.transaction() as db:
        version = desk.latest(db, case)
        service.save_draft(db, version, mended.text("/"), version.revision, desk.clock())
    desk.submit(case, text=mended)
    [review] = reviews(desk)
    assert review.submitted_at is not None
    assert review.target_law_id is None
    shown = signed_in("item_reviewer").get(f"/cases/{case}/review").get_data(as_text=True)
    assert "法律依据改引" not in shown
    desk.decide(case)
    assert reviews(desk)[0].decision == Decision.REWRITTEN


def test_taking_it_back_is_told_too(desk: Desk, case: UUID, signed_in):
    [review] = reviews(desk)
    send(signed_in("trainer"), review)

    with desk.database.transaction() as db:
        service.take_back(db, desk.latest(db, case), desk.actor("trainer"), desk.clock())

    assert reviews(desk)[0].submitted_at is None


def test_a_reviewer_exchanges_for_an_author_and_leaves_the_decision_to_a_third(
    desk: Desk, case: UUID, signed_in
):
    [review] = reviews(desk)
    reviewer = signed_in("item_reviewer")

    assert send(reviewer, review).status_code == 303

    assert reviewer.get(f"/cases/{case}/review").status_code == 403
    with desk.database.reading() as db:
        assert queries.queue(db, desk.persona("item_reviewer")).rows == []
        assert queries.queue(db, desk.persona("trainer")).rows == []
        assert len(queries.queue(db, desk.persona("trainer2")).rows) == 1
    with pytest.raises(Exception, match="不能审核自己的材料"):
        desk.decide(case)
    desk.decide(case, "trainer2")
    assert reviews(desk)[0].decision == Decision.REANCHORED


def test_two_citations_go_into_one_version_and_its_reader_looks_again(desk: Desk, app, signed_in):
    public_id = desk.publish(text=draft(citations=[(CODE, "1"), (CODE, "2")]))
    import_next(desk)
    one, two = reviews(desk)
    author, reader = signed_in("trainer"), signed_in("item_reviewer")
    send(author, one, article="1")
    assert [row.submitted_at is not None for row in reviews(desk)] == [True, False]
    read = latest(desk, public_id).revision

    assert send(author, two).status_code == 303

    version = latest(desk, public_id)
    assert (version.number, cited(version)) == (2, [(NEXT, "1"), (NEXT, "2")])
    assert all(row.submitted_at for row in reviews(desk))
    token = csrf_token(reader, f"/cases/{public_id}/review")
    stale = {"outcome": "published", "revision": str(read), "csrf_token": token}
    assert reader.post(f"/cases/{public_id}/review", data=stale).status_code == 409
    assert latest(desk, public_id).state == "in_review"
    desk.decide(public_id)
    assert {row.decision for row in reviews(desk)} == {Decision.REANCHORED}


def test_two_citations_on_one_new_article_become_one(desk: Desk, app, signed_in):
    public_id = desk.publish(text=draft(citations=[(CODE, "1"), (CODE, "2")]))
    import_next(desk)
    author = signed_in("trainer")
    for review in reviews(desk):
        send(author, review, article="2")

    assert cited(latest(desk, public_id)) == [(NEXT, "2")]


def test_whoever_works_at_a_draft_is_named(desk: Desk, case: UUID, signed_in):
    with desk.database.transaction() as db:
        service.revise(db, desk.latest(db, case), desk.actor("trainer"), desk.clock())
    [review] = reviews(desk)
    reviewer = signed_in("item_reviewer")

    answer = send(reviewer, review)

    assert answer.status_code == 409
    assert "正由trainer修改" in answer.get_data(as_text=True)
    shown = page(reviewer, review)
    assert "正由trainer修改" in shown
    assert "/reanchor" not in shown
    assert cited(latest(desk, case)) == [(CODE, "2")]


def test_a_refused_article_says_why_and_changes_nothing(desk: Desk, case: UUID, signed_in):
    [review] = reviews(desk)
    author = signed_in("trainer")

    answer = send(author, review, article="77")

    assert "没有第 77 条" in author.get(answer.location).get_data(as_text=True)
    assert latest(desk, case).number == 1
    assert reviews(desk)[0].target_law_id is None


def test_the_case_is_retired_out_of_the_queue(desk: Desk, case: UUID, signed_in):
    [review] = reviews(desk)
    reviewer = signed_in("item_reviewer")
    assert f'action="{review.address}/retire"' in page(reviewer, review)
    token = csrf_token(reviewer, f"/law-reviews/{review.public_id}")
    fields = {"why": "过时", "review": str(review.public_id), "csrf_token": token}

    answer = reviewer.post(f"{review.address}/retire", data=fields)

    assert answer.location.endswith(f"/law-reviews/{review.public_id}")
    assert reviews(desk)[0].decision == Decision.RETIRED


def test_who_may_not_is_shown_nothing_and_refused(desk: Desk, case: UUID, signed_in):
    [review] = reviews(desk)
    # Another trainer of the province reviews there; an item writer only looks; strangers do not even that.
    allowed, looking = signed_in("trainer2"), signed_in("item_writer")
    assert "/reanchor" in page(allowed, review)
    shown = page(looking, review)
    assert "/reanchor" not in shown
    assert "由作者修改" in shown
    assert send(looking, review).status_code == 404
    for login, status in {"shaanxi_trainer": 404, "county_trainer": 404, "officer1": 403}.items():
        client = signed_in(login)
        token = csrf_token(client, "/password")
        fields = TARGET | {"review": str(review.public_id), "csrf_token": token}
        assert client.post(f"{review.address}/reanchor", data=fields).status_code == status, login
    assert latest(desk, case).number == 1


def test_a_review_of_another_case_is_not_decided_here(desk: Desk, case: UUID, app, signed_in):
    [review] = reviews(desk)
    other = desk.publish(text=draft(title="另一个案例", citations=[(NEXT, "1")]))
    author = signed_in("trainer")
    token = csrf_token(author, f"/law-reviews/{review.public_id}")
    fields = TARGET | {"review": str(review.public_id), "csrf_token": token}

    assert author.post(f"/cases/{other}/reanchor", data=fields).status_code == 404


def test_what_ships_with_the_product_is_exchanged_again_after_a_return(desk: Desk, case: UUID, signed_in):
    with desk.database.transaction() as db:
        desk.latest(db, case).case.author_id = None
    [review] = reviews(desk)
    reviewer = signed_in("item_reviewer")
    send(reviewer, review)
    desk.decide(case, "trainer2", CaseState.RETURNED)

    assert send(reviewer, review, article="3").status_code == 303

    version = latest(desk, case)
    assert (version.number, version.state, cited(version)) == (2, "in_review", [(NEXT, "3")])
