"""The register of legal numbers and the page made from it."""

from pathlib import Path

from tiejun import regulation
from tiejun.regulation import Standing

CLAUSES = Path(__file__).parents[1] / "docs" / "clauses.md"


def test_the_page_of_clauses_is_current():
    assert CLAUSES.read_text("utf-8") == regulation.clauses_markdown()


def test_what_the_circular_prescribes_is_cited_by_item():
    for name, rule in regulation.provisions().items():
        if rule.standing is Standing.LAW:
            assert rule.item, name
        assert rule.meaning, name
        assert rule.document, name


def test_the_numbers_of_the_circular():
    assert regulation.MAKE_UP.value == 6
    assert regulation.MAKE_UP.clause == "环办执法〔2022〕21号 第七条"
    assert regulation.NATIONAL_NUMBER_DIGITS.value == 8
    assert regulation.PROVINCIAL_NUMBER_DIGITS.value == 10
    assert regulation.NUMBER_SEQUENCE_MAX.value == 9999
    assert (regulation.NATIONAL_TRAINERS.value, regulation.PROVINCIAL_TRAINERS.value) == (50, 20)
