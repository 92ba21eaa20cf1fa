"""Items of the demo on their way: written by one, reviewed by two others, questioned by a third."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.item import Citation, Item, ItemKind, Option, Part, PartType, Tier
from tiejun.audit import Actor
from tiejun.bank.life.rules import Person, Reason, Step
from tiejun.bank.life.service import Move, comment, take
from tiejun.bank.models import ItemPurpose
from tiejun.bank.service import save_item
from tiejun.people.models import Account

WRITER, FIRST, SECOND = "demo-writer", "demo-reviewer", "demo-reviewer2"
CODE = "eco-env-code-2026"


def _single(code: str, stem: str, texts: tuple[str, ...], key: str, why: str) -> Item:
    options = tuple(Option(letter, text) for letter, text in zip("abcd", texts, strict=True))
    part = Part(PartType.SINGLE, stem, options, key, points=Decimal(2))
    cited = (Citation(CODE, "1060"),)
    return Item(code, "C8", (Tier.PRIMARY,), ItemKind.SINGLE, 0.6, None, (part,), why, cited)


ITEMS = (
    _single(
        "NEW-001",
        "某企业超标排污受到罚款处罚、被责令改正，复查时仍未改正。按日连续处罚的起算日是（　　）。",
        ("复查当日", "责令改正之日的次日", "罚款决定送达之日", "责令改正期限届满之日"),
        "b",
        "《生态环境法典》规定从责令改正之日的次日起按日连续处罚；复查日只是发现拒不改正的日子。",
    ),
    _single(
        "NEW-002",
        "关于按日连续处罚，下列做法正确的是（　　）。",
        ("以复查次数计算日数", "以原处罚数额按日计算", "由法院裁定后方可实施", "以违法所得数额按日计算"),
        "b",
        "《生态环境法典》规定按照原处罚数额按日连续处罚，不以次数或者违法所得计算。",
    ),
    _single(
        "NEW-003",
        "拟对企业适用按日连续处罚，执法人员首先要查明的前提是（　　）。",
        (
            "企业曾被通报批评",
            "企业受到罚款处罚被责令改正而拒不改正",
            "企业未缴纳环境保护税",
            "企业没有聘请环保管家",
        ),
        "b",
        "《生态环境法典》以受到罚款处罚、被责令改正、拒不改正为按日连续处罚的前提。",
    ),
    _single(
        "NEW-004",
        "按日连续处罚的决定由谁作出（　　）。",
        ("同级人民法院", "企业的主管部门", "依法作出原处罚决定的行政机关", "上级生态环境主管部门"),
        "c",
        "《生态环境法典》规定由依法作出处罚决定的行政机关按日连续处罚。",
    ),
)


def install_reviews(db: Session, now: datetime) -> None:
    """Leave one item at each station: returned, first review, second review, questioned."""
    people = {login: _person(db, login) for login in (WRITER, FIRST, SECOND)}
    at = now - timedelta(days=4)
    for item in ITEMS:
        save_item(db, item, ItemPurpose.PRACTICE, people[WRITER][1], at, is_draft=True)

    def move(code: str, login: str, step: Step, remark: str = "", reason: str = "") -> None:
        person, actor = people[login]
        take(db, code, Move(step, remark, reason), person, actor, at)

    for item in ITEMS:
        move(item.id, WRITER, Step.SUBMIT)
    move("NEW-001", FIRST, Step.RETURN, "选项 D 也说得通：请在题干里写明没有另定改正期限。")
    move("NEW-003", SECOND, Step.PASS)
    move("NEW-004", SECOND, Step.PASS)
    move("NEW-004", FIRST, Step.PASS)
    move("NEW-004", FIRST, Step.QUESTION, "有学员反映“上级”一项在授权办案时也成立，请核对。", Reason.APPEAL)
    comment(db, "NEW-002", "题干太泛，能否换成一个具体情形？", people[SECOND][1], at)


def _person(db: Session, login: str) -> tuple[Person, Actor]:
    account = db.scalars(select(Account).where(Account.login == login)).one()
    person = Person(account.id, account.display_name, login == WRITER, login != WRITER)
    return person, Actor(account.id, account.display_name)
