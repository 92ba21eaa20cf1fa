"""The further types at practice, without JavaScript: answered, judged, and told beside the key."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from question_bank.item import Item
from tests.practice.conftest import Desk
from tests.question_bank.builders import DIGEST, FURTHER, item_json, part_json
from tests.support.world import csrf_token, sign_in
from tiejun.audit import SYSTEM
from tiejun.bank.models import ItemImage, ItemPurpose
from tiejun.bank.service import save_item
from tiejun.practice.rules import Source

ANSWERED = [kind for kind in FURTHER if kind != "upload"]
RIGHT: dict[str, dict[str, Any]] = {
    "inline_choice": {"part-0-0": "b", "part-0-1": "c"},
    "match": {"part-0-a": "y", "part-0-b": "x", "part-0-c": ""},
    "order": {"part-0-c": "1", "part-0-a": "2", "part-0-d": "3", "part-0-b": "4"},
    "hottext": {"part-0": ["a", "c"]},
    "gap_match": {"part-0-0": "d", "part-0-1": "", "part-0-2": "a"},
    "hotspot": {"part-0": ["a", "c"]},
    "slider": {"part-0": "2.5"},
}
WRONG: dict[str, dict[str, Any]] = {
    "inline_choice": {"part-0-0": "a"},
    "match": {"part-0-a": "x"},
    "order": {"part-0-c": "2", "part-0-a": "1"},
    "hottext": {"part-0": "b"},
    "gap_match": {"part-0-0": "b"},
    "hotspot": {"part-0": "b"},
    "slider": {"part-0": "9"},
}


@pytest.fixture
def mine(desk: Desk, client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer1")
    return client


def put_in(desk: Desk, kind: str, **changes: Any) -> None:
    code = f"F-{kind.replace('_', '-')}"
    parts = [part_json(kind) | changes]
    item = Item.from_json(item_json(kind, id=code, parts=parts, citations=[]))
    out = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(out, "PNG")
    with desk.database.transaction() as db:
        if kind == "hotspot":
            about = {"created_by": "x", "created_at": desk.clock()}
            size = {"width": 80, "height": 80}
            db.add(
                ItemImage(
                    sha256=DIGEST, name="p", media_type="image/png", data=out.getvalue(), **size, **about
                )
            )
            db.flush()
        save_item(db, item, ItemPurpose.PRACTICE, SYSTEM, desk.clock())


def post(client: FlaskClient, address: str, **data: object):
    return client.post(address, data={"csrf_token": csrf_token(client, "/password"), **data})


@pytest.mark.parametrize("kind", ANSWERED)
@pytest.mark.parametrize("right", [True, False])
def test_an_answer_is_judged_and_told_beside_the_key(desk: Desk, mine: FlaskClient, kind: str, right: bool):
    put_in(desk, kind)
    run = desk.starts("", kind=kind, source=Source.MIXED)
    address = f"/practice/runs/{run.public_id}/1"
    page = mine.get(address).get_data(as_text=True)
    assert all(f'name="{name}"' in page for name in RIGHT[kind])
    assert "正确答案" not in page

    assert post(mine, address, **(RIGHT if right else WRONG)[kind]).status_code == 303
    after = mine.get(address).get_data(as_text=True)
    assert ("答对了" if right else "答错了") in after
    assert "正确答案" in after


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("slider", {"part-0": "99"}, 'value="99"'),
        ("gap_match", {"part-0-0": "a", "part-0-1": "a"}, 'value="a" selected'),
        ("hottext", {"part-0": ["a", "b", "c"]}, 'value="c" checked'),
    ],
)
def test_what_cannot_be_taken_stays_in_the_form(
    desk: Desk, mine: FlaskClient, kind: str, sent: dict[str, Any], kept: str
):
    put_in(desk, kind)
    run = desk.starts("", kind=kind, source=Source.MIXED)

    answer = post(mine, f"/practice/runs/{run.public_id}/1", **sent)

    assert answer.status_code == 422
    assert kept in answer.get_data(as_text=True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_points_of_a_picture_can_be_typed(desk: Desk, mine: FlaskClient):
    scoring = {"areas": [["circle", [10, 10, 5], 1]], "full": 1}
    put_in(desk, "hotspot", options=[], key=[[10, 10]], most=1, scoring=scoring)
    run = desk.starts("", kind="hotspot", source=Source.MIXED)
    address = f"/practice/runs/{run.public_id}/1"

    assert post(mine, address, **{"part-0-x-0": "12", "part-0-y-0": "11"}).status_code == 303
    page = mine.get(address).get_data(as_text=True)
    assert "答对了" in page
    assert "(12, 11)" in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_work_for_an_upload_is_done_elsewhere_and_judged_by_its_rubric(desk: Desk, mine: FlaskClient):
    put_in(desk, "upload", rubric=[{"points": 3, "text": "走向清楚"}, {"points": 1, "text": "有方向"}])
    run = desk.starts("", kind="upload", source=Source.MIXED)
    address = f"/practice/runs/{run.public_id}/1"
    assert "练习不收文件" in mine.get(address).get_data(as_text=True)
    assert post(mine, address).status_code == 422

    assert post(mine, address, **{"part-0": "done"}).status_code == 303
    page = mine.get(address).get_data(as_text=True)
    assert "对照要点自评" in page
    assert "已在纸上或电脑上做完" in page
    assert post(mine, f"{address}/assessment", **{"rubric-0": ["0", "1"]}).status_code == 303
    assert "答对了" in mine.get(address).get_data(as_text=True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_work_without_a_rubric_is_judged_as_a_whole(desk: Desk, mine: FlaskClient):
    put_in(desk, "upload")
    run = desk.starts("", kind="upload", source=Source.MIXED)
    address = f"/practice/runs/{run.public_id}/1"

    post(mine, address, **{"part-0": "done"})
    assert "做到了题目的全部要求" in mine.get(address).get_data(as_text=True)
    post(mine, f"{address}/assessment", **{"rubric-0": "0"})
    assert "答对了" in mine.get(address).get_data(as_text=True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_who_cannot_do_the_work_has_it_in_the_notebook(desk: Desk, mine: FlaskClient):
    put_in(desk, "upload")
    run = desk.starts("", kind="upload", source=Source.MIXED)

    post(mine, f"/practice/runs/{run.public_id}/1", act="unsure")
    assert desk.notebook() == 1
