"""Advice to editors, and citations that no longer hold."""

from datetime import date
from typing import Any

import pytest

from question_bank.laws import load_register, parse_law
from question_bank.lint import citation_problems, figure_problems, lint
from question_bank.syllabus import load_syllabus
from tests.question_bank.builders import make_item, part_json
from tests.question_bank.test_laws import law_json

FIVE = [{"id": letter, "text": f"选项{letter}"} for letter in "abcdefg"]


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


def test_figures_must_stand_in_a_cited_article() -> None:
    laws = {"made-up-law": parse_law(law_json(), "made-up.json")}
    cited = {"law": "made-up-law", "article": "1"}

    assert figure_problems(make_item(citations=[cited], figures=["乙"]), laws) == []
    problems = figure_problems(make_item(citations=[cited, cited | {"article": "9"}], figures=["丁"]), laws)
    assert [problem.field for problem in problems] == ["citations", "figures"]
