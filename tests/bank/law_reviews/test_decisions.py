"""Decisions: another article, out of use; what they leave behind, and what refuses them."""

import pytest
from sqlalchemy import select

from question_bank.assembly.blueprint import load_blueprint
from tests.bank.law_reviews.conftest import OTHER, TEXTS, Bank, articles, new_law, old_law, other_law
from tests.bank.samples import CODE, OLD_CODE
from tiejun.bank.form_service import candidates
from tiejun.bank.item_rows import IS_CURRENT
from tiejun.bank.law_reviews import queries, service
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.law_reviews.queries import Reader, ReviewFilter
from tiejun.bank.life.models import ItemStep
from tiejun.bank.models import Citation, Item, ItemPurpose, ItemVersion
from tiejun.bank.secrecy import EVERYTHING
from tiejun.errors import Conflict, Rejected
from tiejun.practice.queries import IS_OPEN

OPERATOR = Reader((), EVERYTHING)


def review_of(bank: Bank, code: str, article: str) -> LawReview:
    return next(row for row in bank.reviews() if row.address == f"/items/{code}" and row.article == article)


def reanchor(bank: Bank, code: str, article: str, law: str, to: str) -> None:
    public_id = review_of(bank, code, article).public_id
    with bank.database.transaction() as db:
        found = service.review_to_decide(db, EVERYTHING, public_id)
        service.reanchor(db, found, law, to, bank.actor, bank.clock())


def cited(bank: Bank, code: str) -> tuple[int, list[tuple[str, str]]]:
    with bank.database.reading() as db:
        rows = db.execute(
            select(ItemVersion.number, Citation.law_id, Citation.article)
            .join(Item, IS_CURRENT)
            .join(Citation, Citation.version_id == ItemVersion.id)
            .where(Item.code == code)
            .order_by(Citation.position)
        ).all()
    return rows[0][0], [(law, article) for _number, law, article in rows]


def drawable(bank: Bank) -> set[str]:
    blueprint = load_blueprint("demo-primary")
    with bank.database.reading() as db:
        return set(candidates(db, blueprint, bank.clock().date()))


def test_re_anchoring_makes_a_version_with_the_citation_exchanged_and_nothing_else(bank: Bank):
    bank.laws(new_law())
    assert drawable(bank) == {"E"}
    reanchor(bank, "A", "1", CODE, "第二条")
    assert cited(bank, "A") == (2, [(CODE, "2")])
    decided = review_of(bank, "A", "1")
    assert (decided.decision, decided.target_law_id, decided.target_article) == (
        Decision.REANCHORED,
        CODE,
        "2",
    )
    assert drawable(bank) == {"A", "E"}


def test_an_item_waits_until_each_of_its_citations_is_decided(bank: Bank):
    bank.laws(new_law())
    reanchor(bank, "AB", "1", CODE, "2")
    assert bank.waiting() >= {("AB", OLD_CODE, "2")}
    assert "AB" not in drawable(bank)
    reanchor(bank, "AB", "2", CODE, "4")
    assert cited(bank, "AB") == (3, [(CODE, "2"), (CODE, "4"), (OTHER, "1")])
    assert "AB" in drawable(bank)


def test_two_old_citations_may_come_to_rest_on_one_new_article(bank: Bank):
    bank.laws(new_law())
    reanchor(bank, "AB", "1", CODE, "2")
    reanchor(bank, "AB", "2", CODE, "2")
    assert cited(bank, "AB")[1] == [(CODE, "2"), (OTHER, "1")]


def test_a_corrected_article_can_be_confirmed_without_a_new_version(bank: Bank):
    corrected = [TEXTS[0], TEXTS[1].replace("两名", "三名"), TEXTS[2]]
    bank.laws(old_law(articles=articles(corrected)))
    reanchor(bank, "B", "2", OLD_CODE, "2")
    assert cited(bank, "B") == (1, [(OLD_CODE, "2")])
    assert bank.waiting() == {("AB", OLD_CODE, "2")}


@pytest.mark.parametrize(
    ("law", "article", "field"),
    [
        ("no-such-law", "1", "law"),
        (CODE, "99", "article"),
        (CODE, "总则", "article"),
        (OLD_CODE, "2", "law"),
        ("future-rules", "1", "law"),
    ],
)
def test_an_article_that_does_not_exist_or_is_not_in_force_is_refused(
    bank: Bank, law: str, article: str, field: str
):
    bank.laws(new_law(), other_law("future-rules", "将来的办法", effective="2027-01-01"))
    with pytest.raises(Rejected) as refused:
        reanchor(bank, "A", "1", law, article)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert cited(bank, "A") == (1, [(OLD_CODE, "1")])
    assert ("A", OLD_CODE, "1") in bank.waiting()


def test_law_that_begins_when_the_old_one_ends_may_be_cited_before_that_day(bank: Bank):
    bank.laws(new_law(effective="2027-01-01"))
    reanchor(bank, "A", "1", CODE, "2")
    assert ("A", OLD_CODE, "1") not in bank.waiting()
    assert "A" not in drawable(bank)


def test_retiring_takes_the_item_out_and_decides_all_its_reviews(bank: Bank):
    bank.laws(new_law())
    public_id = review_of(bank, "AB", "1").public_id
    with bank.database.transaction() as db:
        found = service.review_to_decide(db, EVERYTHING, public_id)
        with pytest.raises(Rejected):
            service.retire(db, found, "", bank.actor, bank.clock())
        service.retire(db, found, "新法没有这一制度", bank.actor, bank.clock())
    of_item = [row for row in bank.reviews() if row.address == "/items/AB"]
    assert {(row.decision, row.note) for row in of_item} == {(Decision.RETIRED, "新法没有这一制度")}
    with bank.database.reading() as db:
        assert db.scalars(select(Item.state).where(Item.code == "AB")).one() == "retired"
        last = db.scalars(select(ItemStep).join(Item).where(Item.code == "AB")).one()
        assert (last.step, last.remark) == ("retire", "新法没有这一制度")


def test_a_decision_is_taken_once(bank: Bank):
    bank.laws(new_law())
    reanchor(bank, "A", "1", CODE, "2")
    with pytest.raises(Conflict):
        reanchor(bank, "A", "1", CODE, "3")


def test_practice_does_not_serve_what_waits(bank: Bank):
    bank.item("P", (OLD_CODE, "1"), purpose=ItemPurpose.PRACTICE)

    def served() -> set[str]:
        with bank.database.reading() as db:
            return set(db.scalars(select(Item.code).where(*IS_OPEN)))

    assert served() == {"P"}
    bank.laws(new_law())
    assert served() == set()
    reanchor(bank, "P", "1", CODE, "2")
    assert served() == {"P"}


def test_progress_counts_by_law_writer_and_unit(bank: Bank):
    bank.laws(new_law())
    reanchor(bank, "A", "1", CODE, "2")
    with bank.database.reading() as db:
        by = {group: queries.progress(db, OPERATOR, group) for group in ("law", "writer", "unit")}
        assert [(row.key, row.total, row.decided) for row in by["law"]] == [(OLD_CODE, 4, 1)]
        assert [(row.key, row.total, row.decided) for row in by["writer"]] == [("命题人", 4, 1)]
        assert [(row.key, row.total, row.decided) for row in by["unit"]] == [("B5", 4, 1)]
        assert queries.waiting_count(db, OPERATOR) == 2
        assert queries.find_reviews(db, OPERATOR, ReviewFilter(unit="B", state="all")).total == 4
        assert queries.find_reviews(db, OPERATOR, ReviewFilter(unit="C")).total == 0
