"""What is on the passage from old law to new (新旧衔接) is drawn, and does not wait when the old law ends."""

from question_bank.assembly.blueprint import load_blueprint
from tests.bank.law_reviews.conftest import TEXTS, Bank, articles, new_law, old_law
from tests.bank.samples import OLD_CODE
from tiejun.bank.form_queries import blueprint_detail
from tiejun.bank.form_service import candidates, create_blueprint


def drawable(bank: Bank) -> set[str]:
    with bank.database.reading() as db:
        return set(candidates(db, load_blueprint("demo-primary"), bank.clock().date()))


def test_a_transitional_item_is_drawn_though_its_law_has_ended(bank: Bank):
    bank.item("PASSAGE", (OLD_CODE, "3"), transitional=True)
    bank.laws(new_law())

    assert bank.waiting() == {
        (code, OLD_CODE, n) for code, n in [("A", "1"), ("B", "2"), ("AB", "1"), ("AB", "2")]
    }
    assert drawable(bank) == {"E", "PASSAGE"}
    with bank.database.transaction() as db:
        row = create_blueprint(db, load_blueprint("demo-primary"), "provincial", bank.actor, bank.clock())
        offered = blueprint_detail(db, row, bank.clock().date()).offered
    assert sum(offered.values()) == 2


def test_a_correction_of_the_old_text_brings_it_in_all_the_same(bank: Bank):
    bank.item("PASSAGE", (OLD_CODE, "3"), transitional=True)
    bank.laws(old_law(articles=articles([*TEXTS[:2], "另有规定。"])))

    assert bank.waiting() == {("PASSAGE", OLD_CODE, "3")}


def test_marking_an_item_settles_what_it_waits_for(bank: Bank):
    bank.laws(new_law())
    bank.item("A", (OLD_CODE, "1"), base=1, transitional=True)

    assert "A" not in {code for code, _law, _number in bank.waiting()}
    assert "A" in drawable(bank)
    bank.item("A", (OLD_CODE, "1"), base=2)
    assert "A" in {code for code, _law, _number in bank.waiting()}
