"""A bank on a law of which nobody knows yet that it will end, and hands that import and look."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from tests.bank.conftest import world, writer
from tests.bank.samples import OLD_CODE, item, law_json, old_law_json
from tests.support.clock import ManualClock
from tiejun.audit import Actor
from tiejun.bank.law_report import LawReport
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import Item, ItemPurpose
from tiejun.bank.service import save_item
from tiejun.db import Database

__all__ = ["world", "writer"]

OTHER = "other-rules-2020"
TEXTS = (
    "排放污水应当取得许可，按照许可的浓度和总量排放。",
    "现场检查应当由两名以上人员进行，并出示证件。",
    "拒绝检查的，处二万元以上二十万元以下的罚款。",
)
NEW_TEXTS = (
    "制定本办法，是为了样例。",
    "排放污水应当依法取得许可，并按照许可的浓度和总量排放。",
    "拒绝、阻挠检查的，处五万元以上二十万元以下的罚款。",
    "现场检查应当由两名以上执法人员进行，并主动出示证件。",
)


def articles(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"number": n, "sub": 0, "label": f"第{n}条", "text": text} for n, text in enumerate(texts, start=1)
    ]


def old_law(**other: Any) -> dict[str, Any]:
    """The old law as it was before anybody spoke of a new one."""
    return old_law_json() | {"ceased": None, "superseded_by": None, "articles": articles(TEXTS)} | other


def new_law(**other: Any) -> dict[str, Any]:
    return law_json() | {"articles": articles(NEW_TEXTS)} | other


def other_law(law_id: str = OTHER, title: str = "别的办法", **other: Any) -> dict[str, Any]:
    return law_json(law_id) | {"title": title, "articles": articles(TEXTS[:2])} | other


class Bank:
    """Imports laws and items, and tells what waits."""

    def __init__(self, database: Database, clock: ManualClock, actor: Actor) -> None:
        self.database, self.clock, self.actor = database, clock, actor

    def laws(self, *laws: dict[str, Any], dry_run: bool = False) -> LawReport:
        files = [(f"{law['id']}.json", json.dumps(law).encode()) for law in laws]
        with self.database.transaction() as db:
            return import_laws(db, parse_laws(files), self.actor, self.clock(), dry_run=dry_run)

    def item(self, code: str, *cited: tuple[str, str], kind: str = "single", **other: Any) -> None:
        purpose = other.pop("purpose", ItemPurpose.EXAM)
        base = other.pop("base", None)
        made = item(code, kind, citations=[{"law": law, "article": n} for law, n in cited], **other)
        with self.database.transaction() as db:
            save_item(db, made, purpose, self.actor, self.clock(), base)

    def retire(self, code: str) -> None:
        with self.database.transaction() as db:
            db.scalars(select(Item).where(Item.code == code)).one().state = "retired"

    def reviews(self) -> list[LawReview]:
        with self.database.reading() as db:
            return list(db.scalars(select(LawReview).order_by(LawReview.id)))

    def waiting(self) -> set[tuple[str, str, str]]:
        """Return (code, law, article) of each item's citation that waits."""
        with self.database.reading() as db:
            rows = db.execute(
                select(Item.code, LawReview.law_id, LawReview.article)
                .join(LawReview, (LawReview.subject_id == Item.id) & (LawReview.kind == "item"))
                .where(LawReview.decided_at.is_(None))
            )
            return {(code, law, number) for code, law, number in rows}


@pytest.fixture
def bank(database: Database, clock: ManualClock, writer: Actor) -> Bank:
    """Items on the old law: A and B on one article each, AB on both, R retired; E on another law."""
    found = Bank(database, clock, writer)
    found.laws(old_law(), other_law())
    found.item("A", (OLD_CODE, "1"))
    found.item("B", (OLD_CODE, "2"), kind="essay")
    found.item("AB", (OLD_CODE, "1"), (OLD_CODE, "2"), (OTHER, "1"))
    found.item("R", (OLD_CODE, "1"))
    found.item("E", (OTHER, "1"))
    found.retire("R")
    return found
