"""The pages of practice without JavaScript: answer, explanation, notebook; no key too early."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from question_bank.item import Item, PartType
from tests.practice.conftest import UNIT, Desk
from tests.support.world import csrf_token, sign_in
from tiejun.demo.answers import answer_to
from tiejun.practice import queries
from tiejun.practice.rules import Source


@pytest.fixture
def mine(desk: Desk, client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer1")
    return client


def post(client: FlaskClient, address: str, **data: object):
    return client.post(address, data={"csrf_token": csrf_token(client, "/password"), **data})


def typed(item: Item, *, right: bool) -> dict[str, object]:
    """Return what a browser sends for an item."""
    found: dict[str, object] = {}
    for n, part in enumerate(item.parts):
        value = answer_to(part, is_right=right)
        if part.type is PartType.FILL_IN:
            found |= {f"part-{n}-{blank}": text for blank, text in enumerate(value)}
        elif part.type is PartType.TRUE_FALSE:
            found[f"part-{n}"] = str(value).lower()
        else:
            found[f"part-{n}"] = value
    return found


@contextmanager
def counted(desk: Desk, app) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        statements.append(statement)

    engine = app.extensions["tiejun"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "fill_in"])
@pytest.mark.parametrize("right", [True, False])
def test_an_answer_is_told_at_once_with_key_explanation_and_articles(
    desk: Desk, mine: FlaskClient, kind: str, right: bool
):
    answer = post(mine, "/practice/runs", size="10", kind=kind)
    assert answer.status_code == 303
    run = desk.starts("", kind=kind, source=Source.MIXED)
    address = f"/practice/runs/{run.public_id}/1"
    item = desk.text(run)
    before = mine.get(address).get_data(as_text=True)
    assert item.parts[0].stem[:8] in before or "____" in item.parts[0].stem
    assert item.rationale not in before
    assert "正确答案" not in before

    answer = post(mine, address, **typed(item, right=right))
    assert (answer.status_code, answer.location) == (303, address)
    after = mine.get(address).get_data(as_text=True)
    assert ("答对了" if right else "答错了") in after
    assert "解析" in after
    assert "法律依据" in after
    assert mine.get(address).get_data(as_text=True).count("答错了") == after.count("答错了")


def test_an_essay_is_judged_by_its_writer(desk: Desk, mine: FlaskClient):
    run = desk.starts("", kind="essay", source=Source.MIXED)
    address, item = f"/practice/runs/{run.public_id}/1", desk.text(run)
    post(mine, address, **typed(item, right=True))
    page = mine.get(address).get_data(as_text=True)
    assert "对照要点自评" in page

    ticks = [str(n) for n in range(len(item.parts[0].rubric))]
    assert post(mine, f"{address}/assessment", **{"rubric-0": ticks}).status_code == 303
    assert "答对了" in mine.get(address).get_data(as_text=True)


def test_a_case_is_one_form_and_keeps_what_was_filled_in(desk: Desk, mine: FlaskClient):
    run = desk.starts("", kind="case", source=Source.MIXED)
    address, item = f"/practice/runs/{run.public_id}/1", desk.text(run)
    full = typed(item, right=True)
    last = f"part-{len(item.parts) - 1}"
    part = {name: value for name, value in full.items() if not name.startswith(last)}

    answer = post(mine, address, **part)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "还没有提交" in page
    assert f'id="{last}-err"' in page
    assert item.rationale not in page
    assert post(mine, address, **full).status_code == 303


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_somebody_who_does_not_know_sees_the_answer_and_the_item_is_noted(desk: Desk, mine: FlaskClient):
    run = desk.starts(kind="single")
    address = f"/practice/runs/{run.public_id}/1"
    assert post(mine, address, act="unsure").status_code == 303
    assert "未作答" in mine.get(address).get_data(as_text=True)
    assert desk.notebook() == 1

    page = mine.get("/practice/notebook").get_data(as_text=True)
    link = "/practice/notebook/" + page.split('href="/practice/notebook/', 1)[1].split('"', 1)[0]
    page = mine.get(link).get_data(as_text=True)
    assert "正确答案" in page
    assert "解析" in page
    assert post(mine, f"{link}/removal").status_code == 303
    assert desk.notebook() == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_forged_value_is_refused(desk: Desk, mine: FlaskClient):
    run = desk.starts(kind="single")
    assert post(mine, f"/practice/runs/{run.public_id}/1", **{"part-0": "zz"}).status_code == 422


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_order_of_options_stands_still_on_reload(desk: Desk, mine: FlaskClient):
    run = desk.starts(kind="single")
    address = f"/practice/runs/{run.public_id}/1"

    def options() -> list[str]:
        page = mine.get(address).get_data(as_text=True)
        return [piece.split('"', 1)[0] for piece in page.split('name="part-0" value="')[1:]]

    assert options() == options()
    assert sorted(options()) == sorted(desk.text(run).parts[0].option_ids)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_nobody_reads_or_answers_the_run_of_another(desk: Desk, app):
    run = desk.starts(kind="single")
    desk.answers(run, right=False)
    with desk.database.reading() as db:
        item = queries.step_of(db, run, 1).item
    other = app.test_client()
    sign_in(other, "officer2")

    for address in (
        f"/practice/runs/{run.public_id}",
        f"/practice/runs/{run.public_id}/1",
        f"/practice/notebook/{item.public_id}",
    ):
        assert other.get(address).status_code == 404
    assert post(other, f"/practice/runs/{run.public_id}/1", act="unsure").status_code == 404
    assert post(other, f"/practice/notebook/{item.public_id}/removal").status_code == 404
    assert "错题本是空的" in other.get("/practice/notebook").get_data(as_text=True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_exam_item_shows_nowhere(desk: Desk, mine: FlaskClient):
    excerpt = desk.secret.excerpt[:12]
    for address in ("/practice", f"/practice?unit={UNIT}", "/practice/notebook", f"/practice?q={excerpt}"):
        assert excerpt not in mine.get(address).get_data(as_text=True)
    assert mine.get(f"/practice/notebook/{desk.secret.public_id}").status_code == 404
    assert post(mine, f"/practice/notebook/{desk.secret.public_id}/removal").status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_home_is_narrowed_by_the_address_and_names_the_weakest_units(desk: Desk, mine: FlaskClient):
    run = desk.starts(kind="single", unit="B1")
    desk.answers(run, right=False)

    page = mine.get("/practice").get_data(as_text=True)
    assert "建议先练" in page
    assert 'value="B1"' in page
    assert 'aria-current="page">练习' in page
    page = mine.get("/practice?unit=C").get_data(as_text=True)
    assert 'name="unit" value="B1"' not in page
    assert 'name="unit" value="C1"' in page
    assert mine.get("/practice?unit=%27&kind=x&tier=y").status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_number_of_queries_does_not_grow(desk: Desk, mine: FlaskClient, app):
    first = desk.starts(UNIT)
    desk.answers(first, 1, right=False)
    addresses = ("/practice", "/practice/notebook", f"/practice/runs/{first.public_id}")
    addresses += (f"/practice/runs/{first.public_id}/1",)

    def numbers() -> list[int]:
        found = []
        for address in addresses:
            with counted(desk, app) as statements:
                assert mine.get(address).status_code == 200
            found.append(len(statements))
        return found

    before = numbers()
    for unit in ("B1", "C1", "D1"):
        run = desk.starts(unit)
        for number in range(1, len(run.versions) + 1):
            desk.answers(run, number, right=False)
    after = numbers()
    assert after[1:] == before[1:]
    # Home looks at the latest run, whose progress it counts: as many queries however long that is.
    assert after[0] == before[0]
