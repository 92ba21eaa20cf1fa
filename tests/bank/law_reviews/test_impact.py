"""An import of laws moves exactly what it leaves without ground, at once, and nothing twice."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.bank.law_reviews.conftest import OTHER, TEXTS, Bank, articles, new_law, old_law, other_law
from tests.bank.samples import CODE, OLD_CODE, item, law_json
from tiejun.audit import SYSTEM, AuditEvent
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.law_reviews.models import Cause, Decision
from tiejun.bank.law_reviews.queue import IS_WAITING
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import Item, ItemPurpose, LawVersion

ALL = {("A", OLD_CODE, "1"), ("B", OLD_CODE, "2"), ("AB", OLD_CODE, "1"), ("AB", OLD_CODE, "2")}


def test_a_new_version_ends_the_older_and_moves_whatever_cites_it_and_nothing_else(bank: Bank):
    report = bank.laws(new_law())
    assert report.under_review == {"item": 3}
    assert bank.waiting() == ALL
    with bank.database.reading() as db:
        old = db.get_one(LawVersion, OLD_CODE)
        assert (old.ceased, old.superseded_by) == (date(2026, 8, 15), CODE)
        waiting = set(db.scalars(select(Item.code).where(IS_WAITING)))
        acts = db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert waiting == {"A", "B", "AB"}
    assert {"law.ended", "law_review.entered"} <= set(acts)


def test_a_review_holds_the_old_article_and_the_likest_new_ones(bank: Bank):
    bank.laws(new_law())
    review = next(row for row in bank.reviews() if row.article == "1")
    assert (review.cause, review.import_of) == (Cause.ENDED, CODE)
    assert (review.old_label, review.old_text) == ("第1条", TEXTS[0])
    assert (review.candidates[0]["law"], review.candidates[0]["article"]) == (CODE, "2")
    assert len(review.candidates) <= 3
    assert (review.unit, review.writer, review.address) == ("B5", "命题人", "/items/A")


def test_the_same_import_again_changes_nothing(bank: Bank):
    bank.laws(new_law())
    before = [row.id for row in bank.reviews()]
    assert bank.laws(new_law(), old_law()).under_review == {}
    with bank.database.transaction() as db:
        assert follow_ends(db, None, SYSTEM, bank.clock()).total() == 0
    assert [row.id for row in bank.reviews()] == before


def test_a_dry_run_and_a_refused_import_move_nothing(bank: Bank):
    assert bank.laws(new_law(), dry_run=True).under_review == {}
    broken = law_json("broken-2020") | {"articles": []}
    assert not bank.laws(new_law(), broken).is_written
    assert bank.reviews() == []


def test_an_end_that_the_file_of_the_law_itself_tells_moves_too(bank: Bank):
    report = bank.laws(old_law(ceased="2027-01-01"))
    assert report.under_review == {"item": 3}
    assert {row.import_of for row in bank.reviews()} == {OLD_CODE}
    assert all(row.candidates == [] for row in bank.reviews())


def test_the_text_of_a_successor_that_comes_later_brings_the_candidates(bank: Bank):
    bank.laws(old_law(ceased="2026-08-15"))
    assert bank.laws(new_law()).under_review == {}
    assert bank.waiting() == ALL
    bank.laws(old_law(ceased="2026-08-15", superseded_by=CODE))
    assert all(row.candidates for row in bank.reviews())


def test_candidates_are_articles_of_the_successor_however_the_texts_come_in(bank: Bank):
    bank.laws(old_law(ceased="2026-08-15"))
    bank.laws(old_law(ceased="2026-08-15"))
    assert all(row.candidates == [] for row in bank.reviews())
    bank.laws(old_law(ceased="2026-08-15", superseded_by=CODE))
    bank.laws(new_law())
    assert {one["law"] for row in bank.reviews() for one in row.candidates} == {CODE}


def test_a_corrected_text_moves_what_cites_that_article_only(bank: Bank):
    corrected = [TEXTS[0], TEXTS[1].replace("两名", "三名"), TEXTS[2]]
    assert bank.laws(old_law(articles=articles(corrected))).under_review == {"item": 2}
    assert bank.waiting() == {("B", OLD_CODE, "2"), ("AB", OLD_CODE, "2")}
    review = bank.reviews()[0]
    assert (review.cause, review.old_text) == (Cause.CHANGED, TEXTS[1])
    assert review.candidates[0]["article"] == "2"


def test_other_blanks_and_widths_are_no_correction(bank: Bank):
    same = [f"　{text}\n" for text in TEXTS]
    report = bank.laws(old_law(articles=articles(same)))
    assert (report.updated, report.under_review) == (1, {})


def test_an_article_that_goes_moves_what_cites_it(bank: Bank):
    assert bank.laws(old_law(articles=articles(TEXTS[:1]))).under_review == {"item": 2}
    assert {row.cause for row in bank.reviews()} == {Cause.GONE}
    assert bank.waiting() == {("B", OLD_CODE, "2"), ("AB", OLD_CODE, "2")}


def test_a_version_that_is_only_added_moves_nothing(bank: Bank):
    assert bank.laws(other_law("third-rules-2026", "第三办法")).under_review == {}


def test_a_version_older_than_the_present_one_ends_nothing(bank: Bank):
    older = law_json("sample-rules-2003", effective="2003-01-01", ceased="2014-06-01")
    assert bank.laws(older).under_review == {}


def test_candidates_come_from_the_version_in_force_not_from_one_that_ended_meanwhile(bank: Bank):
    between = law_json("sample-rules-2020", effective="2020-01-01", ceased="2026-08-15", superseded_by=CODE)
    bank.laws(between | {"articles": articles(TEXTS)}, new_law())
    assert {row.candidates[0]["law"] for row in bank.reviews()} == {CODE}


def test_only_what_an_item_says_now_counts(bank: Bank):
    bank.item("A", (OTHER, "2"), base=1)
    bank.laws(new_law())
    assert {code for code, _law, _article in bank.waiting()} == {"B", "AB"}


def test_a_new_version_on_law_in_force_settles_the_item(bank: Bank):
    bank.laws(new_law())
    bank.item("A", (CODE, "2"), base=1)
    assert bank.waiting() == {row for row in ALL if row[0] != "A"}
    settled = next(row for row in bank.reviews() if row.address == "/items/A")
    assert (settled.decision, settled.decided_by) == (Decision.REWRITTEN, "命题人")
    assert settled.decided_at == bank.clock()


def test_a_new_version_that_keeps_one_old_citation_waits_for_that_one(bank: Bank):
    bank.laws(new_law())
    bank.item("AB", (OLD_CODE, "1"), (CODE, "4"), base=1)
    assert bank.waiting() == ALL - {("AB", OLD_CODE, "2")}


def test_an_item_that_arrives_citing_old_law_waits_at_once(bank: Bank):
    bank.laws(new_law())
    bank.item("late", (OLD_CODE, "3"))
    assert ("late", OLD_CODE, "3") in bank.waiting()


def test_an_end_that_shipped_metadata_tell_is_followed(bank: Bank):
    with bank.database.transaction() as db:
        sync_register(db)
        db.get_one(LawVersion, OTHER).ceased = date(2026, 10, 1)
        db.flush()
        assert follow_ends(db, None, SYSTEM, bank.clock()) == {"item": 2}
    assert bank.waiting() == {("E", OTHER, "1"), ("AB", OTHER, "1")}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_synchronising_keeps_an_end_that_an_import_brought_about(bank: Bank):
    with bank.database.transaction() as db:
        sync_register(db)
        law = db.scalars(select(LawVersion).where(LawVersion.text_digest.is_(None))).first()
        law.ceased, law_id = date(2026, 11, 1), law.id
    with bank.database.transaction() as db:
        sync_register(db)
        assert db.get_one(LawVersion, law_id).ceased is not None


def test_an_imported_bank_brings_its_old_citations_into_the_queue_and_settles_by_its_new_ones(bank: Bank):
    bank.laws(new_law())
    rows = [("A", CODE, "2"), ("B", OLD_CODE, "2"), ("late", OLD_CODE, "3"), ("fine", CODE, "1")]
    made = [
        item(code, citations=[{"law": law, "article": n}], stem=f"{code}（　　）。") for code, law, n in rows
    ]
    with bank.database.transaction() as db:
        report = import_items(
            db, ItemFile.of(made, "bank.json"), ImportPlan(ItemPurpose.EXAM), bank.actor, bank.clock()
        )
    assert (report.updated, report.created) == (2, 2)
    assert bank.waiting() == (ALL - {("A", OLD_CODE, "1")}) | {("late", OLD_CODE, "3")}
