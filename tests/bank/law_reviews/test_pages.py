"""The pages of the queue: who sees it, what it shows, how a decision is taken."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from tests.bank.law_reviews.conftest import Bank, new_law
from tests.bank.samples import CODE, OLD_CODE
from tests.support.world import World, csrf_token, sign_in


@pytest.fixture
def queue(bank: Bank, world: World) -> Bank:
    bank.laws(new_law())
    return bank


def address(queue: Bank, code: str, article: str) -> str:
    row = next(r for r in queue.reviews() if r.address == f"/items/{code}" and r.article == article)
    return f"/law-reviews/{row.public_id}"


def text(client: FlaskClient, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200, where
    return answer.get_data(as_text=True)


def test_the_writer_is_told_on_the_first_page_and_finds_the_queue(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    assert "3 道题所引法条已变动" in text(client, "/")
    page = text(client, "/law-reviews")
    assert "4 处引用" in page
    assert "文字相似" in page
    assert "法规变动待核 3" in text(client, "/items")
    assert "去核对" in text(client, f"/laws/{OLD_CODE}")
    assert "已变动" in text(client, "/items/A")


def test_filters_stand_in_the_address(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    assert "4 处引用" in text(client, f"/law-reviews?law={OLD_CODE}&kind=item&unit=B5&writer=命题人")
    for asked in ("law=other", "kind=case", "unit=C1", "writer=别人", "state=decided"):
        assert "没有符合条件的待核内容" in text(client, f"/law-reviews?{asked}"), asked
    assert text(client, "/law-reviews?page=x&state=?&by=?")
    assert "命题人" in text(client, "/law-reviews?by=writer")
    assert "B5" in text(client, "/law-reviews?by=unit")


def test_an_empty_queue_says_when_it_fills(bank: Bank, world: World, client: FlaskClient):
    sign_in(client, "item_writer")
    assert "没有因法规变动待核的内容" in text(client, "/law-reviews")
    assert "所引法条已变动" not in text(client, "/")


def test_a_review_shows_old_and_new_with_what_was_removed_and_added(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    page = text(client, address(queue, "A", "1"))
    assert "<ins>依法" in page
    assert "候选 1：第2条" in page
    assert "改引第2条" in page
    assert "下列哪一项正确" in page


def test_a_decision_on_the_page_leads_to_the_next_that_waits(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    here = address(queue, "A", "1")
    token = csrf_token(client, here)
    answer = client.post(f"{here}/reanchor", data={"law": CODE, "article": "2", "csrf_token": token})
    assert answer.status_code == 303
    assert answer.location == address(queue, "AB", "1")
    assert "已改引" in text(client, answer.location)
    done = text(client, here)
    assert "已改引新条" in done
    assert "停用这道题" not in done
    again = client.post(f"{here}/reanchor", data={"law": CODE, "article": "2", "csrf_token": token})
    assert again.status_code == 409


def test_a_refused_decision_keeps_what_was_typed_and_names_the_field(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    here = address(queue, "A", "1")
    token = csrf_token(client, here)
    answer = client.post(f"{here}/reanchor", data={"law": CODE, "article": "77", "csrf_token": token})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="77"' in page
    assert "没有第 77 条" in page
    answer = client.post(f"{here}/retire", data={"csrf_token": token})
    assert answer.status_code == 422
    assert "请写明停用的理由" in answer.get_data(as_text=True)
    answer = client.post(f"{here}/retire", data={"csrf_token": token, "why": "过时"})
    assert answer.status_code == 303


def test_who_may_see_exam_items_may_look_but_not_decide(queue: Bank, client: FlaskClient):
    sign_in(client, "item_reviewer")
    here = address(queue, "A", "1")
    page = text(client, here)
    assert "由命题人决定" in page
    assert "/reanchor" not in page
    assert client.get("/law-reviews.xlsx").status_code == 200


def test_the_list_goes_out_as_excel(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    content = client.get("/law-reviews.xlsx?state=all").data
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 5
    assert rows[1][4] == "《样例办法》第1条"
    assert rows[1][9] == "待核"


def test_the_editor_leads_to_old_and_new_side_by_side(queue: Bank, client: FlaskClient):
    sign_in(client, "item_writer")
    assert address(queue, "A", "1") in text(client, "/items/A/edit")
    assert "/law-reviews/" not in text(client, "/items/E/edit")


def test_a_settled_item_shows_how(queue: Bank, client: FlaskClient):
    queue.item("A", (CODE, "2"), base=1)
    sign_in(client, "item_writer")
    assert "已改写" in text(client, address(queue, "A", "1"))
