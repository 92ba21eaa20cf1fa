"""Composing a blueprint: what the page posts becomes a blueprint, or is refused at its field."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from question_bank.assembly.blueprint import Blueprint as BlueprintText
from question_bank.assembly.blueprint import PartPoints, Section, load_blueprint
from question_bank.item import ItemKind, PartType
from question_bank.syllabus import load_syllabus
from question_bank.terms import Tier
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import AuditEvent
from tiejun.bank.blueprint_draft import MOST_PARTS, MOST_SECTIONS, BlueprintDraft
from tiejun.bank.form_queries import planned
from tiejun.bank.form_service import candidates, freeze_form
from tiejun.bank.models import Blueprint
from tiejun.db import Database
from tiejun.errors import Rejected

ADDRESS = "/blueprints/new"
DAY = date(2026, 11, 20)
SMALL = {
    "title": "中级小卷",
    "level": "national",
    "tier": "intermediate",
    "minutes": "45",
    "cut": "6",
    "weighing": "any",
    "section-0-kind": "single",
    "section-0-title": "",
    "section-0-count": "4",
    "section-0-part-0-type": "single",
    "section-0-part-0": "1.5",
    "section-3-kind": "case",
    "section-3-title": "案例",
    "section-3-count": "1",
    "section-3-part-0-type": "multiple",
    "section-3-part-0": "2",
    "section-3-part-2-type": "essay",
    "section-3-part-2": "4",
}


def faults(form: dict[str, str]) -> dict[str, str]:
    with pytest.raises(Rejected) as refused:
        BlueprintDraft.of_form(form).text()
    return {one.field: str(one.message) for one in refused.value.problems}


def test_what_the_page_posts_becomes_a_blueprint():
    text = BlueprintDraft.of_form(SMALL).text()

    assert (text.title, text.tier, text.duration_minutes) == ("中级小卷", Tier.INTERMEDIATE, 45)
    assert [section.title for section in text.sections] == ["一、单选题", "案例"]
    assert text.total_points == 12
    assert text.cut_score == 6
    assert [part.type for part in text.sections[1].parts] == [PartType.MULTIPLE, PartType.ESSAY]
    assert text.module_weights == {}
    assert BlueprintText.from_json(text.to_json()) == text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"tier": "advanced"}, "tier"),
        ({"minutes": ""}, "minutes"),
        ({"minutes": "601"}, "minutes"),
        ({"cut": "-1"}, "cut"),
        ({"cut": "12.5"}, "cut"),
        ({"section-0-count": "0"}, "section-0-count"),
        ({"section-0-count": "两"}, "section-0-count"),
        ({"section-0-count": "600"}, "sections"),
        ({"section-0-part-0": "0"}, "section-0-part-0"),
        ({"section-0-part-0": "1.25"}, "section-0-part-0"),
        ({"section-3-part-0": ""}, "section-1-part-0"),
        ({"weighing": "own", "weight-A": "一"}, "weight-A"),
        ({"weighing": "own"}, "weighing"),
    ],
)
def test_a_fault_is_named_at_its_field(changed: dict[str, str], field: str):
    assert field in faults(SMALL | changed)


def test_every_fault_is_named_at_once():
    assert set(faults(SMALL | {"title": " ", "minutes": "x", "cut": "x", "section-0-count": "x"})) == {
        "title",
        "minutes",
        "cut",
        "section-0-count",
    }
    assert set(faults({"title": "空", "tier": "primary", "minutes": "60", "cut": "60"})) == {"sections"}


def test_weights_are_those_of_the_syllabus_or_ones_own():
    of_syllabus = BlueprintDraft.of_form(SMALL | {"weighing": "syllabus"}).text()
    own = BlueprintDraft.of_form(SMALL | {"weighing": "own", "weight-B": "2.5", "weight-D": "1"}).text()

    assert of_syllabus.module_weights == load_syllabus().module_weights(Tier.INTERMEDIATE)
    assert {code: weight for code, weight in own.module_weights.items() if weight} == {"B": 2.5, "D": 1}


def test_the_buttons_change_the_sections_and_nothing_else():
    draft = BlueprintDraft.of_form(SMALL)
    draft.change("add-upload")
    draft.change("up-2")
    draft.change("part-2-upload")
    draft.change("drop-2-0")

    assert [section.kind for section in draft.sections] == ["single", "upload", "case"]
    assert draft.sections[2].parts == [("essay", "4"), ("upload", "")]
    draft.change("remove-0")
    assert [section.kind for section in draft.sections] == ["upload", "case"]
    before = repr(draft)
    for act in (
        "",
        "up-0",
        "up-9",
        "remove",
        "remove-x",
        "add-poem",
        "drop-1-7",
        "part-1-poem",
        "drop-1",
        "save",
    ):
        draft.change(act)
    assert repr(draft) == before
    for _ in range(MOST_SECTIONS + 3):
        draft.change("add-single")
        draft.change("part-1-essay")
    assert len(draft.sections) == MOST_SECTIONS
    assert len(draft.sections[1].parts) == MOST_PARTS


TENTHS = st.integers(1, 200).map(lambda tenths: Decimal(tenths) / 10)
PARTS = st.builds(PartPoints, st.sampled_from(PartType), TENTHS)
PLAIN = st.builds(
    lambda part, count: Section("题", "", ItemKind(part.type.value), count, (part,)),
    PARTS,
    st.integers(1, 30),
)
CASES = st.builds(
    lambda parts, count: Section("案例", "读材料。", ItemKind.CASE, count, tuple(parts)),
    st.lists(PARTS, min_size=2, max_size=MOST_PARTS),
    st.integers(1, 4),
)


@given(
    st.lists(PLAIN | CASES, min_size=1, max_size=8),
    st.sampled_from(Tier),
    st.sampled_from(["syllabus", "any"]),
)
def test_a_blueprint_comes_back_from_the_page_as_it_was(sections, tier, weighing):
    total = sum(section.points for section in sections)
    weights = load_syllabus().module_weights(tier) if weighing == "syllabus" else {}
    text = BlueprintText("卷", tier, 60, total, total, tuple(sections), weights)

    assert BlueprintDraft.of_blueprint(text, "national").text() == text


def test_the_shipped_blueprint_comes_back_as_it_was():
    shipped = load_blueprint("demo-primary")

    assert BlueprintDraft.of_blueprint(shipped, "provincial").text() == shipped


@pytest.fixture
def admin(client: FlaskClient, world: World, starter: Database) -> FlaskClient:
    sign_in(client, "exam_admin")
    return client


def page(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def posted(html: str) -> dict[str, str]:
    """Return what a browser would send of the page's form."""
    form = html[html.index('name="csrf_token"') - 200 : html.rindex("</form>")]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or "checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return found


def test_a_blueprint_is_composed_checked_saved_and_a_form_drawn_from_it(
    admin: FlaskClient, starter: Database
):
    token = csrf_token(admin, ADDRESS)
    form = SMALL | {"csrf_token": token, "tier": "primary", "section-3-part-2": "8", "section-3-part-0": "4"}
    form["section-3-part-0-type"] = "single"
    form |= {"section-3-part-1-type": "multiple", "section-3-part-1": "4"}
    added = page(admin.post(ADDRESS, data=form | {"act": "add-true_false"}))
    assert "第 3 部分·判断题" in added
    again = posted(added)
    again["section-2-count"], again["section-2-part-0"] = "2", "1"
    checked = page(admin.post(ADDRESS, data=again | {"act": "check"}))
    assert "共 7 题 9 小题，合计 24 分。还没有保存。" in checked
    assert "，不够" not in checked
    with starter.reading() as db:
        assert db.scalar(select(func.count()).select_from(Blueprint)) == 0

    saved = admin.post(ADDRESS, data=posted(checked) | {"act": "save"})
    assert saved.status_code == 303
    with starter.reading() as db:
        row = db.scalars(select(Blueprint)).one()
        assert (row.level, row.tier, row.total_points) == ("national", "primary", 24)
        assert (
            db.scalar(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1))
            == "blueprint.created"
        )
    drawn = page(admin.post(f"{saved.location}/draw", data={"csrf_token": token}))
    assert "核对 A 卷" in drawn


def test_a_fault_leaves_all_that_was_typed_and_saves_nothing(admin: FlaskClient, starter: Database):
    form = SMALL | {"csrf_token": csrf_token(admin, ADDRESS), "section-0-count": "很多", "act": "save"}

    answer = admin.post(ADDRESS, data=form)

    assert answer.status_code == 422
    html = page(answer)
    assert '<a href="#section-0-count">第 1 部分题数</a>' in html
    assert 'value="很多" aria-invalid="true"' in html
    assert posted(html)["section-1-part-1"] == "4"
    with starter.reading() as db:
        assert db.scalar(select(func.count()).select_from(Blueprint)) == 0


def test_a_case_counts_only_with_the_questions_that_are_asked_for(admin: FlaskClient, starter: Database):
    form = SMALL | {"csrf_token": csrf_token(admin, ADDRESS), "tier": "primary", "act": "check"}

    checked = page(admin.post(ADDRESS, data=form))

    assert "0，不够" in checked
    assert re.search("可抽的案例，按小题：单选题＋多选题＋论述题 [0-9]+ 题", checked)
    with starter.reading() as db:
        text = BlueprintDraft.of_form(form).text()
        detail = planned(db, text, DAY)
        fitting = [item for item, _ in candidates(db, text, DAY).values() if text.sections[1].admits(item)]
        assert detail.offered_for(text.sections[1]) == len(fitting) == 0
        assert detail.offered_for(text.sections[0]) > 4


def test_a_copy_needs_a_name_of_its_own(admin: FlaskClient, starter: Database, blueprint: Blueprint):
    copied = posted(page(admin.get(f"{ADDRESS}?like={blueprint.public_id}")))
    assert copied["title"] == f"{blueprint.title}（副本）"
    taken = admin.post(ADDRESS, data=copied | {"title": blueprint.title, "act": "save"})

    assert taken.status_code == 409
    assert '<a href="#title">名称</a>' in page(taken)
    assert admin.post(ADDRESS, data=copied | {"act": "save"}).status_code == 303
    with starter.reading() as db:
        first, second = db.scalars(select(Blueprint).order_by(Blueprint.id))
        assert {**second.spec, "title": first.title} == first.spec


@pytest.mark.parametrize("like", ["", "demo-primary", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_the_page_begins_with_what_the_address_names(admin: FlaskClient, like: str):
    answer = admin.get(f"{ADDRESS}?like={like}")

    assert answer.status_code == (404 if like.startswith("0") else 200)
    assert ("第 6 部分" in page(answer)) is (like == "demo-primary")


def test_only_an_unused_blueprint_can_be_deleted(
    admin: FlaskClient, starter: Database, blueprint: Blueprint, clock, writer
):
    token = csrf_token(admin, ADDRESS)
    removal = f"/blueprints/{blueprint.public_id}/removal"
    assert "删除这份细目表" in page(admin.get(f"/blueprints/{blueprint.public_id}"))
    with starter.transaction() as db:
        freeze_form(db, blueprint.id, "seed", writer, clock())

    assert admin.post(removal, data={"csrf_token": token}).status_code == 409
    assert "删除这份细目表" not in page(admin.get(f"/blueprints/{blueprint.public_id}"))
    copied = posted(page(admin.get(f"{ADDRESS}?like={blueprint.public_id}")))
    made = admin.post(ADDRESS, data=copied | {"act": "save"}).location
    assert admin.post(f"{made}/removal", data={"csrf_token": token}).status_code == 303
    with starter.reading() as db:
        assert db.scalars(select(Blueprint.id)).all() == [blueprint.id]
