"""Two versions of an item side by side: what each says, and what differs, not told by colour alone."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from question_bank.item import Item, Option
from question_bank.law_compare import Run
from tests.bank.samples import CODE, item
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.models import ItemPurpose
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.service import save_item
from tiejun.bank.version_comparison import Line, VersionComparison, compare_versions
from tiejun.db import Database
from tiejun.errors import NotFound

FIRST = item("B5-1", citations=[{"law": CODE, "article": "2"}], stem="应当在五日内通知（　　）。")
_PART = FIRST.parts[0]
SECOND = replace(
    FIRST,
    parts=(replace(_PART, stem="应当在十日内通知（　　）。", key="c", options=_PART.options[:3]),),
    rationale="见新的样例办法。",
)
THIRD = replace(SECOND, unit="A1", citations=(replace(SECOND.citations[0], article="3"),))


@pytest.fixture
def versions(laws: Database, clock: ManualClock, writer: Actor) -> Database:
    with laws.transaction() as db:
        for base, text in enumerate((FIRST, SECOND, THIRD)):
            save_item(db, text, ItemPurpose.EXAM, writer, clock(), base or None)
    return laws


def compared(
    database: Database, old: int | None = None, new: int | None = None, code: str = "B5-1"
) -> VersionComparison:
    with database.reading() as db:
        return compare_versions(db, EVERYTHING, code, old, new)


def changes(found: VersionComparison) -> dict[str, Line]:
    return {f"{line.field} {line.detail}".strip(): line for line in found.lines if line.is_changed}


def test_what_differs_between_two_versions_is_named_line_by_line(versions: Database):
    found = changes(compared(versions, 1, 2))

    assert set(found) == {"part-0-stem", "part-0-options D", "part-0-key", "rationale"}
    stem = found["part-0-stem"]
    assert stem.old == [(Run.KEPT, "应当在"), (Run.OLD, "五"), (Run.KEPT, "日内通知（　　）。")]
    assert stem.new == [(Run.KEPT, "应当在"), (Run.NEW, "十"), (Run.KEPT, "日内通知（　　）。")]
    assert (found["part-0-options D"].old, found["part-0-options D"].new) == ([(Run.OLD, "选项d")], None)
    assert (found["part-0-key"].old, found["part-0-key"].new) == ([(Run.OLD, "B")], [(Run.NEW, "C")])


def test_without_a_choice_the_present_version_stands_beside_the_one_before(versions: Database):
    found = compared(versions)

    assert (found.old.number, found.new.number) == (2, 3)
    assert set(changes(found)) == {"unit", f"citations {CODE} 2", f"citations {CODE} 3"}
    assert compared(versions, new=2).old.number == 1


def test_what_is_gone_stands_where_it_stood(versions: Database):
    names = [f"{line.field} {line.detail}".strip() for line in compared(versions, 1, 2).lines]
    options = names.index("part-0-options A")
    assert names[options : options + 5] == [*(f"part-0-options {letter}" for letter in "ABCD"), "part-0-key"]


def test_the_same_version_twice_has_no_difference(versions: Database):
    assert compared(versions, 2, 2).changed == 0


@pytest.mark.parametrize(("old", "new", "code"), [(1, 9, "B5-1"), (0, 1, "B5-1"), (1, 2, "nobody")])
def test_versions_that_do_not_exist_are_not_found(versions: Database, old: int, new: int, code: str):
    with pytest.raises(NotFound):
        compared(versions, old, new, code)


def test_tags_are_shown_where_nothing_else_differs(laws: Database, clock: ManualClock, writer: Actor):
    case = item("smell", "case")
    with laws.transaction() as db:
        save_item(db, case, ItemPurpose.EXAM, writer, clock())
        bold = replace(case, stimulus="<p>某厂<strong>夜间</strong>排放废水。</p>")
        save_item(db, bold, ItemPurpose.EXAM, writer, clock(), 1)
    line = changes(compared(laws, code="smell"))["stimulus"]
    assert line.new is not None
    assert "".join(text for _run, text in line.new) == "<p>某厂<strong>夜间</strong>排放废水。</p>"


def every_kind() -> list[Item]:
    kinds = ("single", "multiple", "true_false", "fill_in", "essay", "case")
    return [item(kind.replace("_", "-"), kind) for kind in kinds]


@pytest.mark.parametrize("first", every_kind(), ids=lambda one: one.id)
def test_the_page_shows_versions_of_every_kind(
    client: FlaskClient, world: World, laws: Database, clock: ManualClock, writer: Actor, first: Item
):
    with laws.transaction() as db:
        save_item(db, first, ItemPurpose.EXAM, writer, clock())
        save_item(db, replace(first, rationale="见<新>的办法。"), ItemPurpose.EXAM, writer, clock(), 1)
    sign_in(client, "item_writer")

    page = client.get(f"/items/{first.id}/compare?from=1&to=2").get_data(as_text=True)

    assert "<del>样例</del>" in page
    assert "<ins>&lt;新&gt;的</ins>" in page
    assert "1 处不同" in page


def test_the_item_leads_to_the_comparison_once_it_has_two_versions(
    client: FlaskClient, world: World, versions: Database, clock: ManualClock, writer: Actor
):
    with versions.transaction() as db:
        save_item(db, replace(FIRST, id="B5-2"), ItemPurpose.EXAM, writer, clock())
    sign_in(client, "item_writer")

    assert "/items/B5-1/compare" in client.get("/items/B5-1").get_data(as_text=True)
    assert "/items/B5-2/compare" not in client.get("/items/B5-2").get_data(as_text=True)
    page = client.get("/items/B5-1/compare").get_data(as_text=True)
    assert "《样例办法（2026）》第 3 条" in page
    assert client.get("/items/B5-1/compare?from=1&to=9").status_code == 404
    assert client.get("/items/B5-1/compare?from=x&to=y").status_code == 200


def test_an_option_more_is_an_addition(laws: Database, clock: ManualClock, writer: Actor):
    more = replace(_PART, options=(*_PART.options, Option("e", "选项e")))
    with laws.transaction() as db:
        save_item(db, FIRST, ItemPurpose.EXAM, writer, clock())
        save_item(db, replace(FIRST, parts=(more,)), ItemPurpose.EXAM, writer, clock(), 1)
    assert changes(compared(laws))["part-0-options E"].old is None
