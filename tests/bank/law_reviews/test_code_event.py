"""The real event: ten laws repealed by the Ecological Environment Code on 2026-08-15."""

import json
import random
from pathlib import Path

import pytest

from question_bank.laws import parse_law
from tests.bank.law_reviews.conftest import Bank
from tests.support.clock import ManualClock
from tiejun.audit import Actor
from tiejun.bank.law_files import import_law_files
from tiejun.bank.law_reviews.models import Cause
from tiejun.db import Database

CODE = "eco-env-code-2026"
CODE_DAY = "2026-08-15"
STANDS = ("admin-penalty-law-2021", "discharge-permit-reg-2021", "yangtze-law-2020")
LABELS = Path(__file__).parents[2] / "question_bank" / "data" / "code_labels.json"


def before_the_code(law: dict[str, object]) -> dict[str, object]:
    """The law as its file read while nobody knew of the Code."""
    return law | {"ceased": None, "superseded_by": None}


@pytest.fixture
def laws(test_data: Path) -> dict[str, dict[str, object]]:
    files = (test_data / "laws").glob("*.json")
    read = [
        json.loads(file.read_bytes())
        for file in files
        if file.stem not in ("index", "report", "code_mapping")
    ]
    return {law["id"]: law for law in read}


def test_the_code_moves_every_item_that_cites_the_ten_laws_and_no_other(
    laws: dict[str, dict[str, object]], database: Database, clock: ManualClock, writer: Actor
):
    repealed = sorted(law_id for law_id, law in laws.items() if law["superseded_by"] == CODE)
    assert len(repealed) == 10
    standing = [law_id for law_id in STANDS if law_id in laws]
    bank = Bank(database, clock, writer)
    bank.laws(*[before_the_code(laws[law_id]) for law_id in repealed], *[laws[law_id] for law_id in standing])
    labels = json.loads(LABELS.read_text())
    expected, right = set(), {}
    for law_id in repealed:
        for number, articles in labels[law_id].items():
            code = f"{law_id}-{number}"[-60:]
            bank.item(code, (law_id, number), stem=f"引用{law_id}第{number}条的题（　　）。")
            expected.add((code, law_id, number))
            right[law_id, number] = set(articles)
    draw = random.Random(815)
    for law_id in standing:
        text = parse_law(json.dumps(laws[law_id]).encode(), law_id)
        for article in draw.sample(text.articles, 5):
            bank.item(
                f"S-{law_id}-{article.key}", (law_id, article.key), stem=f"{law_id}{article.key}（　　）。"
            )
    bank.item("mixed", (repealed[0], "1"), (standing[0], "1"), stem="新旧各一（　　）。")
    expected.add(("mixed", repealed[0], "1"))

    report = bank.laws(laws[CODE])

    assert report.under_review == {"item": len(expected)}
    assert bank.waiting() == expected
    reviews = bank.reviews()
    assert {row.cause for row in reviews} == {Cause.ENDED}
    assert {candidate["law"] for row in reviews for candidate in row.candidates} == {CODE}
    labelled = [row for row in reviews if right.get((row.law_id, row.article))]
    found = [
        row for row in labelled if {one["article"] for one in row.candidates} & right[row.law_id, row.article]
    ]
    assert len(found) / len(labelled) >= 0.95
    # The files as they are today, with the end written in them, bring nothing more.
    assert bank.laws(*[laws[law_id] for law_id in (*repealed, CODE)]).under_review == {}
    assert bank.waiting() == expected


def test_with_the_table_of_correspondence_the_right_article_is_among_the_first_three_too(
    laws: dict[str, dict[str, object]], test_data: Path, database: Database, clock: ManualClock, writer: Actor
):
    labels = json.loads(LABELS.read_text())
    bank = Bank(database, clock, writer)
    bank.laws(*[before_the_code(laws[law_id]) for law_id in labels])
    for law_id, numbers in labels.items():
        for number in numbers:
            bank.item(
                f"{law_id}-{number}"[-60:], (law_id, number), stem=f"引用{law_id}第{number}条的题（　　）。"
            )
    files = [(f"{law_id}.json", json.dumps(laws[law_id]).encode()) for law_id in (*labels, CODE)]
    mapping = ("code_mapping.json", (test_data / "laws" / "code_mapping.json").read_bytes())
    with database.transaction() as db:
        report = import_law_files(db, files, [mapping], writer, clock())
    assert (report.problems, report.mapped, report.is_written) == ([], 881, True)
    labelled = [row for row in bank.reviews() if labels[row.law_id][row.article]]
    found = [
        row
        for row in labelled
        if {one["article"] for one in row.candidates} & set(labels[row.law_id][row.article])
    ]
    assert len(found) / len(labelled) >= 0.95
    assert all(row.candidates[0].get("mapped") for row in labelled)
