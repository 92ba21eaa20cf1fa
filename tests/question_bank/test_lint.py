"""Advice to editors, and citations that no longer hold."""

from datetime import date
from typing import Any

import pytest

from question_bank.laws import load_register, parse_law
from question_bank.lint import balance_problems, citation_problems, figure_problems, lint
from question_bank.syllabus import load_syllabus
from tests.question_bank.builders import make_item, part_json
from tests.question_bank.test_laws import law_json

FIVE = [{"id": letter, "text": f"选项{letter}"} for letter in "abcdefg"]

LONG_KEY = [
    {"id": "a", "text": "立即查封"},
    {"id": "b", "text": "先行登记保存并在七日内作出处理决定"},
    {"id": "c", "text": "责令停产停业"},
    {"id": "d", "text": "移送公安机关"},
]
UNLIKE = [
    {"id": letter, "text": "短" if letter == "b" else f"{letter}是一个长得多的选项" * 2} for letter in "abcd"
]
NEGATIVE = [*FIVE[:3], {"id": "d", "text": "没有签名的笔录"}]


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("single", {"unit": None}, "unit"),
        ("single", {"unit": "Z9"}, "unit"),
        ("single", {"rationale": " "}, "rationale"),
        ("single", {"citations": []}, "citations"),
        ("single", {"parts": [part_json("single", options=FIVE[:2])]}, "options"),
        ("single", {"parts": [part_json("single", options=FIVE[:6])]}, "options"),
        (
            "single",
            {"parts": [part_json("single", options=[*FIVE[:3], {"id": "d", "text": "以上都对"}])]},
            "options",
        ),
        ("multiple", {"parts": [part_json("multiple", options=FIVE[:3])]}, "options"),
        ("multiple", {"parts": [part_json("multiple", options=FIVE)]}, "options"),
        ("multiple", {"parts": [part_json("multiple", key=["a"])]}, "key"),
        ("single", {"parts": [part_json("single", options=LONG_KEY)]}, "options"),
        ("multiple", {"parts": [part_json("multiple", options=UNLIKE)]}, "options"),
        ("true_false", {"parts": [part_json("true_false", "执法人员不得不出示证件。")]}, "stem"),
        (
            "single",
            {"parts": [part_json("single", "下列不属于证据的是（　　）。", options=NEGATIVE)]},
            "stem",
        ),
    ],
)
def test_an_editor_is_told(kind: str, changes: dict[str, Any], field: str) -> None:
    assert [p.field for p in lint(make_item(kind, **changes), load_syllabus())] == [field]


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "fill_in", "essay", "case"])
def test_a_proper_item_gets_no_advice(kind: str) -> None:
    assert lint(make_item(kind), load_syllabus()) == []


@pytest.mark.parametrize(
    ("law", "day", "found"),
    [
        ("eco-env-code-2026", date(2026, 8, 14), 1),
        ("eco-env-code-2026", date(2026, 8, 15), 0),
        ("env-protection-law-2014", date(2026, 8, 14), 0),
        ("env-protection-law-2014", date(2026, 8, 15), 1),
        ("no-such-law", date(2026, 8, 15), 1),
    ],
)
def test_a_citation_holds_only_while_its_version_is_in_force(law: str, day: date, found: int) -> None:
    item = make_item(citations=[{"law": law, "article": "1"}])

    assert len(citation_problems(item, load_register(), day)) == found


def test_an_item_on_the_passage_to_new_law_may_cite_what_has_ended() -> None:
    cited = [{"law": "env-protection-law-2014", "article": "1"}]
    day = date(2026, 8, 15)

    assert citation_problems(make_item(citations=cited), load_register(), day)
    assert not citation_problems(make_item(citations=cited, transitional=True), load_register(), day)
    unknown = [{"law": "no-such-law", "article": "1"}]
    assert citation_problems(make_item(citations=unknown, transitional=True), load_register(), day)


def test_figures_must_stand_in_a_cited_article() -> None:
    laws = {"made-up-law": parse_law(law_json(), "made-up.json")}
    cited = {"law": "made-up-law", "article": "1"}

    assert figure_problems(make_item(citations=[cited], figures=["乙"]), laws) == []
    problems = figure_problems(make_item(citations=[cited, cited | {"article": "9"}], figures=["丁"]), laws)
    assert [problem.field for problem in problems] == ["citations", "figures"]


@pytest.mark.parametrize(
    "stem", ["对情节轻微的，不得不予处罚吗？", "没有不动产登记的房屋怎样查封？", "并未批先建的项目怎样处理？"]
)
def test_terms_with_a_negation_in_them_are_no_double_negation(stem: str) -> None:
    assert lint(make_item(parts=[part_json("single", stem)]), load_syllabus()) == []


def test_a_bank_whose_keys_can_be_guessed_is_told_so() -> None:
    singles = [make_item(id=f"B5-{n:03d}", parts=[part_json("single", key="b")]) for n in range(20)]
    truths = [make_item("true_false", id=f"B5-{n:03d}") for n in range(20, 40)]
    several = [make_item("multiple", id=f"B5-{n:03d}") for n in range(40, 60)]

    assert balance_problems([*singles[:19], *truths[:19], *several[:19]]) == [], "too few to judge"
    messages = [problem.message for problem in balance_problems([*singles, *truths, *several])]
    assert messages == [
        "单选题的答案有 100% 在 b",
        "多选题的答案有 100% 含 a",
        "多选题的答案有 100% 含 c",
        "判断题有 100% 的答案是“正确”",
    ]


def test_keys_over_all_places_are_no_good_guess() -> None:
    singles = [make_item(id=f"B5-{n:03d}", parts=[part_json("single", key="abcd"[n % 4])]) for n in range(40)]
    truths = [
        make_item("true_false", id=f"C1-{n:03d}", parts=[part_json("true_false", key=n % 2 == 0)])
        for n in range(40)
    ]

    assert balance_problems([*singles, *truths]) == []


ALL_USED = {"options": [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]}


@pytest.mark.parametrize(
    ("kind", "changes", "advice"),
    [
        ("hotspot", {"key": ["a", "b", "c"], "most": 3}, "每一处都是答案，全选就对"),
        ("hottext", {"key": ["a", "b", "c"], "most": 3}, "每一处都是答案，全选就对"),
        ("order", ALL_USED | {"key": ["b", "a"]}, "只有两项可排，不懂也有一半机会排对"),
        ("match", {"key": [["a", "y"], ["b", "x"], ["c", "z"]]}, "没有多余的右项，最后一对不用想就能连上"),
        (
            "gap_match",
            ALL_USED | {"stem": "____和____", "key": ["a", "b"]},
            "没有多余的词，最后一空不用想就能填",
        ),
        ("slider", {"key": 10}, "答案在取值范围的一端，容易猜中"),
        ("upload", {}, "没有评分要点"),
    ],
)
def test_what_gives_a_further_type_away_is_named(kind: str, changes: dict[str, Any], advice: str) -> None:
    told = lint(make_item(kind, parts=[part_json(kind) | changes]), load_syllabus())

    assert [problem.message for problem in told] == [advice]


@pytest.mark.parametrize("kind", ["hotspot", "hottext", "order", "match", "gap_match", "slider"])
def test_a_sound_item_of_a_further_type_is_left_alone(kind: str) -> None:
    assert lint(make_item(kind, parts=[part_json(kind)]), load_syllabus()) == []
