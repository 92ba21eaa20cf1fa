"""Items of the demo from the time before the Ecological Environment Code: what they cite has ended.

They wait in the queue of law changes for their writer. The old law's text is not shipped: where it is brought
in, the queue shows it beside the likely new articles.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.item import Citation, Item, ItemKind, Option, Part, PartType, Tier
from tiejun.audit import Actor
from tiejun.bank.models import ItemPurpose
from tiejun.bank.service import save_item
from tiejun.people.models import Account

WRITER = "demo-writer"
OLD_ACT, OLD_WASTE_ACT = "env-protection-law-2014", "solid-waste-law-2020"


def _options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(letter, text) for letter, text in zip("abcd", texts, strict=True))


def _item(code: str, unit: str, part: Part, rationale: str, cited: Citation) -> Item:
    kind = ItemKind(part.type.value)
    return Item(code, unit, (Tier.PRIMARY,), kind, 0.6, None, (part,), rationale, (cited,))


LEGACY = (
    _item(
        "OLD-001",
        "C8",
        Part(
            PartType.SINGLE,
            "依照《环境保护法》，按日连续处罚从哪一天起算（　　）。",
            _options("责令改正之日", "责令改正之日的次日", "复查发现拒不改正之日", "送达处罚决定书之日"),
            "b",
            points=Decimal(2),
        ),
        "《环境保护法》第五十九条从责令改正之日的次日起算；复查之日只是发现的日子，不是起算日。",
        Citation(OLD_ACT, "59"),
    ),
    _item(
        "OLD-002",
        "C8",
        Part(
            PartType.TRUE_FALSE,
            "依照《环境保护法》，超标排污情节严重的，生态环境部门可以自行决定责令企业停业、关闭。",
            (),
            False,
            points=Decimal(1),
        ),
        "《环境保护法》第六十条：责令停业、关闭须报经有批准权的人民政府批准。",
        Citation(OLD_ACT, "60"),
    ),
    _item(
        "OLD-003",
        "E6",
        Part(
            PartType.SINGLE,
            "依照《固体废物污染环境防治法》，产生危险废物的单位应当向谁申报其种类、产生量和流向（　　）。",
            _options(
                "所在地生态环境主管部门", "所在地应急管理部门", "上级行业主管部门", "接收危险废物的单位"
            ),
            "a",
            points=Decimal(2),
        ),
        "《固体废物污染环境防治法》第七十八条规定通过信息系统向所在地生态环境主管部门申报。",
        Citation(OLD_WASTE_ACT, "78"),
    ),
)


def install_legacy(db: Session, at: datetime) -> None:
    """Save the old items; citing ended law, they come into the queue at once."""
    account = db.scalars(select(Account).where(Account.login == WRITER)).one()
    actor = Actor(account.id, account.display_name)
    for item in LEGACY:
        save_item(db, item, ItemPurpose.PRACTICE, actor, at)
