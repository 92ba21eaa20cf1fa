"""Pages that read laws: two versions side by side, and the search over all articles."""

import json

import pytest
from flask.testing import FlaskClient

from tests.bank.samples import CODE, OLD_CODE, TEXTLESS, law_json
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.rules import AskedArticle, asked_article, marked, places
from tiejun.db import Database

OTHER = "other-rules-2020"


def articles(*texts: str) -> list[dict[str, object]]:
    return [{"number": n, "label": f"第{n}条", "text": text} for n, text in enumerate(texts, start=1)]


def bring(database: Database, clock: ManualClock, writer: Actor, *laws: dict[str, object]) -> None:
    files = [(f"{law['id']}.json", json.dumps(law, ensure_ascii=False).encode()) for law in laws]
    with database.transaction() as db:
        report = import_laws(db, parse_laws(files), writer, clock())
    assert report.problems == []


@pytest.fixture
def two_versions(laws: Database, clock: ManualClock, writer: Actor, world: World) -> Database:
    """Return the sample laws, the newer version with one article changed, one added and one gone."""
    old = articles("检查人员不得少于一人。", "样例文字不变。", "被删去的一条。")
    new = articles("检查人员不得少于两人。", "样例文字不变。")
    new.append({"number": 2, "sub": 1, "label": "第2条之1", "text": "新加的<b>一条</b>。"})
    bring(
        laws,
        clock,
        writer,
        law_json(OLD_CODE, effective="2014-06-01", ceased="2026-08-15", superseded_by=CODE)
        | {"articles": old},
        law_json() | {"articles": new},
        law_json(OTHER, title="另一件办法") | {"articles": articles("检查人员不得少于两人。")},
    )
    return laws


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_changed_articles_are_shown_with_their_difference(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")
    text = page(client, f"/laws/{CODE}/compare/{OLD_CODE}")

    assert "检查人员不得少于<del>一</del>人。" in text
    assert "检查人员不得少于<ins>两</ins>人。" in text
    assert "样例文字不变" not in text
    for word, n in (("改动", 1), ("新增", 1), ("删去", 1), ("相同", 1), ("全部", 4)):
        assert f"{word} {n}</a>" in text


@pytest.mark.parametrize(
    ("show", "inside", "outside"),
    [
        ("added", "新加的&lt;b&gt;一条&lt;/b&gt;。", "被删去的一条"),
        ("gone", "被删去的一条", "新加的"),
        ("same", "样例文字不变", "被删去的一条"),
        ("all", "被删去的一条", "没有这一类条文"),
    ],
)
def test_the_address_says_which_articles_are_shown(
    client: FlaskClient, two_versions: Database, show: str, inside: str, outside: str
):
    sign_in(client, "officer1")
    text = page(client, f"/laws/{CODE}/compare/{OLD_CODE}?show={show}")

    assert inside in text
    assert outside not in text


def test_the_older_version_stands_on_the_left_whichever_is_named_first(
    client: FlaskClient, two_versions: Database
):
    sign_in(client, "officer1")
    first = page(client, f"/laws/{CODE}/compare/{OLD_CODE}?show=all")
    second = page(client, f"/laws/{OLD_CODE}/compare/{CODE}?show=all")

    assert first.split('class="tj-pg-head"')[1] == second.split('class="tj-pg-head"')[1]


def test_two_different_laws_are_paired_by_their_wording(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")
    text = page(client, f"/laws/{OTHER}/compare/{CODE}?show=same")

    assert "检查人员不得少于两人" in text
    assert "按文字对应" in text
    assert "按条号对应" in page(client, f"/laws/{OTHER}/compare/{CODE}?by=number")


def test_a_kind_of_change_that_did_not_happen_says_so(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")

    assert "没有这一类条文" in page(client, f"/laws/{CODE}/compare/{CODE}")


def test_a_law_without_text_cannot_be_compared(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")

    assert "正文尚未导入，无法比较" in page(client, f"/laws/{CODE}/compare/{TEXTLESS}", 404)
    page(client, f"/laws/{CODE}/compare/nobodys-law", 404)


def test_a_law_leads_to_the_comparison_with_its_other_versions_that_have_a_text(
    client: FlaskClient, two_versions: Database
):
    sign_in(client, "officer1")

    assert f"/laws/{CODE}/compare/{OLD_CODE}" in page(client, f"/laws/{CODE}")
    assert f"/laws/{OLD_CODE}/compare/{CODE}" in page(client, f"/laws/{OLD_CODE}")
    assert "/compare/" not in page(client, f"/laws/{OTHER}")
    assert "/compare/" not in page(client, f"/laws/{TEXTLESS}")


@pytest.fixture
def searchable(laws: Database, clock: ManualClock, writer: Actor, world: World) -> Database:
    """Return four laws: one in force, its ceased predecessor, a regulation, and one with awkward signs."""
    clock.time = clock.time.replace(year=2026, month=11, day=20)
    bring(
        laws,
        clock,
        writer,
        law_json(title="样例保护法", kind="法律")
        | {"articles": articles("排放污染物应当持证。", "罚款十万元以下，并立即改正。")},
        law_json(OLD_CODE, title="样例保护法", effective="2014-06-01", ceased="2026-08-15")
        | {"articles": articles("排放污染物应当报告。")},
        law_json("sample-reg-2020", title="样例条例", kind="行政法规")
        | {"articles": articles("处以罚款。", "PM2.5浓度<50%的_地区_。")},
    )
    return laws


def hits(text: str) -> int:
    return text.count('<p class="tj-sub">') - 1


def test_what_is_found_is_marked_and_stands_with_its_law_and_article(
    client: FlaskClient, searchable: Database
):
    sign_in(client, "officer1")
    text = page(client, "/laws/search?q=罚款")

    assert hits(text) == 2
    assert "<mark>罚款</mark>十万元以下" in text
    assert text.index(f"/laws/{CODE}/articles/2") < text.index("/laws/sample-reg-2020/articles/1")
    assert "《样例保护法》第2条" in text


def test_all_words_must_be_found_and_one_may_stand_in_the_title(client: FlaskClient, searchable: Database):
    sign_in(client, "officer1")

    assert hits(page(client, "/laws/search?q=罚款 改正")) == 1
    assert hits(page(client, "/laws/search?q=条例 罚款")) == 1
    assert "没有这样的条文" in page(client, "/laws/search?q=罚款 报告")


def test_the_state_on_a_day_the_kind_and_the_law_narrow_the_search(client: FlaskClient, searchable: Database):
    sign_in(client, "officer1")

    assert "应当持证" in page(client, "/laws/search?q=污染物")
    assert "应当报告" not in page(client, "/laws/search?q=污染物")
    assert "应当报告" in page(client, "/laws/search?q=污染物&state=ceased")
    assert "应当报告" in page(client, "/laws/search?q=污染物&day=2026-08-14")
    assert hits(page(client, "/laws/search?q=污染物&state=all")) == 2
    assert hits(page(client, "/laws/search?q=罚款&kind=行政法规")) == 1
    only = page(client, f"/laws/search?q=罚款&law={CODE}")
    assert hits(only) == 1
    assert "只在《样例保护法》中查找" in only


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("样例保护法第二条", True),
        ("《样例保护法》 第2条", True),
        ("护法 2", True),
        ("样法2", True),
        ("第二条", True),
        ("样例保护法第九条", False),
        ("不存在的法 2", False),
        ("2", False),
    ],
)
def test_a_law_and_a_number_lead_to_the_article(
    client: FlaskClient, searchable: Database, asked: str, found: bool
):
    sign_in(client, "officer1")
    text = page(client, f"/laws/search?q={asked}")

    assert ('id="direct"' in text) is found
    assert (f'href="/laws/{CODE}/articles/2"' in text) is found


def test_signs_of_the_database_and_of_html_are_searched_as_they_are(
    client: FlaskClient, searchable: Database
):
    sign_in(client, "officer1")

    text = page(client, "/laws/search?q=%3C50%25")
    assert "<mark>&lt;50%</mark>" in text
    assert hits(page(client, "/laws/search?q=%25")) == 1
    assert hits(page(client, "/laws/search?q=_地区_")) == 1
    assert hits(page(client, "/laws/search?q=pm2.5")) == 1
    assert "没有这样的条文" in page(client, "/laws/search?q='; DROP TABLE article")


def test_an_empty_search_says_what_may_be_searched(client: FlaskClient, searchable: Database):
    sign_in(client, "officer1")

    assert "写下要找的词" in page(client, "/laws/search")
    assert "写下要找的词" in page(client, "/laws/search?q=　")
    assert 'action="/laws/search"' in page(client, "/laws")


def test_hits_come_in_pages_and_a_page_past_the_end_is_the_last(
    client: FlaskClient, laws: Database, clock: ManualClock, writer: Actor, world: World
):
    clock.time = clock.time.replace(year=2026, month=11, day=20)
    bring(laws, clock, writer, law_json(articles=35))
    sign_in(client, "officer1")

    assert hits(page(client, "/laws/search?q=样例")) == 30
    assert hits(page(client, "/laws/search?q=样例&page=2")) == 5
    assert hits(page(client, "/laws/search?q=样例&page=99")) == 5


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("法典 59", ("法典", "59")),
        ("《环境保护法》第五十九条", ("环境保护法", "59")),
        ("环境保护法第一百二十条之一", ("环境保护法", "120-1")),
        ("第２０条", ("", "20")),
        ("法典120-1", ("法典", "120-1")),
        ("环境保护法第六十条第二款", ("环境保护法", "60", "p2")),
        ("环保法第60条第2款第（三）项", ("环保法", "60", "p2-3")),
        ("环保法第六十条第一项", ("环保法", "60", "p1-1")),
        ("法典第5条第1十款", ("法典", "5")),
        ("59", None),
        ("罚款二十", None),
        ("排污许可", None),
        ("", None),
    ],
)
def test_a_search_names_an_article_or_words(text: str, asked: tuple[str, ...] | None):
    assert asked_article(text) == (AskedArticle(*asked) if asked else None)


def test_the_law_of_the_shortest_title_that_fits_comes_first_and_those_in_force_before_the_others(
    client: FlaskClient, laws: Database, clock: ManualClock, writer: Actor, world: World
):
    clock.time = clock.time.replace(year=2026, month=11, day=20)
    bring(
        laws,
        clock,
        writer,
        law_json("a-law-2020", title="海洋环境保护法", ceased="2026-11-20", effective="2020-01-01"),
        law_json("b-law-2014", title="环境保护法", ceased="2026-11-20", effective="2015-01-01"),
        law_json("c-law-2026", title="海洋环境保护条例", effective="2026-11-20"),
    )
    sign_in(client, "officer1")
    text = page(client, "/laws/search?q=环保法 1")
    places = [text.find(f"/laws/{law}/articles/1") for law in ("b-law-2014", "a-law-2020", "c-law-2026")]

    assert places[2] == -1
    assert -1 < places[0] < places[1]
    text = page(client, "/laws/search?q=环保 1")
    assert -1 < text.find("/laws/c-law-2026/articles/1") < text.find("/laws/b-law-2014/articles/1")


def test_paragraphs_and_items_have_addresses_of_their_own(
    client: FlaskClient, laws: Database, clock: ManualClock, writer: Actor, world: World
):
    text = "有下列情形的：\n（一）甲；\n1.子目；\n（十一）乙。\n有前款情形的，从重。"
    bring(laws, clock, writer, law_json() | {"articles": articles(text)})
    sign_in(client, "officer1")
    shown = page(client, f"/laws/{CODE}/articles/1")

    assert [place.name for place in places(text)] == ["p1", "p1-1", "", "p1-11", "p2"]
    for name in ("p1", "p1-1", "p1-11", "p2"):
        assert shown.count(f'id="{name}"') == 1
    assert f"/laws/{CODE}/articles/1#p2" in page(client, "/laws/search?q=样例办法第一条第二款&state=all")


def test_a_line_in_brackets_that_opens_an_article_is_its_first_paragraph():
    assert [place.name for place in places("（一）甲。\n（二）乙。")] == ["p1", "p1-2"]


def test_no_address_is_given_twice():
    assert [place.name for place in places("甲：\n（一）乙。\n（一）丙。")] == ["p1", "p1-1", ""]


def test_the_excerpt_begins_before_the_first_hit_and_loses_nothing_it_shows():
    pieces = marked("前" * 200 + "立即改正。" + "后" * 200, ["改正", "立即"], 100)

    assert pieces[0] == pieces[-1] == (False, "…")
    assert [piece for is_hit, piece in pieces if is_hit] == ["立即", "改正"]
    assert sum(len(piece) for _is_hit, piece in pieces[1:-1]) == 100
