"""Items of the demo that are answered in further ways: to be met in practice, and looked at in the bank."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from question_bank.item import Citation, Item, ItemKind, Option, Part, PartType, RubricPoint, Tier
from tiejun.audit import SYSTEM
from tiejun.bank.models import ItemPurpose
from tiejun.bank.service import save_item

CODE, PENALTY, RULES = "eco-env-code-2026", "admin-penalty-law-2021", "eco-penalty-rules-2023"


def _options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(letter, text) for letter, text in zip("abcdefgh", texts, strict=False))


def _item(code: str, part: Part, why: str, *cited: tuple[str, str]) -> Item:
    citations = tuple(Citation(law, article) for law, article in cited)
    both = (Tier.PRIMARY, Tier.INTERMEDIATE)
    return Item(code, "C8", both, ItemKind(part.type.value), 0.6, None, (part,), why, citations)


def _part(part_type: PartType, stem: str, options: tuple[Option, ...], key: Any, **own: Any) -> Part:
    return Part(part_type, stem, options, key, points=Decimal(2), **own)


ITEMS = (
    _item(
        "WAY-001",
        _part(
            PartType.ORDER,
            "把一般程序处罚案件的步骤排成先后顺序。",
            _options("立案", "调查取证", "告知拟处罚内容和陈述申辩权利", "作出处罚决定", "送达决定书"),
            ("a", "b", "c", "d", "e"),
        ),
        "《行政处罚法》第五十四条先立案、调查，第四十四条在决定之前告知，第五十七条作出决定，第六十一条送达。",
        (PENALTY, "54"),
        (PENALTY, "44"),
        (PENALTY, "57"),
        (PENALTY, "61"),
    ),
    _item(
        "WAY-002",
        _part(
            PartType.MATCH,
            "依照《生态环境行政处罚办法》，把事项和期限连起来。",
            _options("公开处罚决定", "督办案件结案后备案"),
            (("a", "x"), ("b", "y")),
            targets=(Option("x", "七日内"), Option("y", "二十日内"), Option("z", "三十日内")),
            scoring={"policy": "partial"},
        ),
        "《生态环境行政处罚办法》第六十五条：决定作出之日起七日内公开；第八十三条：督办案件结案后二十日内备案。",
        (RULES, "65"),
        (RULES, "83"),
    ),
    _item(
        "WAY-003",
        _part(
            PartType.INLINE_CHOICE,
            "依照《生态环境法典》，按日连续处罚自责令改正之日的____起，按照____计算。",
            (
                Option("a", "当日", blank=1),
                Option("b", "次日", blank=1),
                Option("c", "原罚款数额", blank=2),
                Option("d", "违法所得数额", blank=2),
            ),
            ("b", "c"),
        ),
        "《生态环境法典》第一千零六十条：自责令改正之日的次日起，按照原罚款数额按日连续处罚。",
        (CODE, "1060"),
    ),
    _item(
        "WAY-004",
        _part(
            PartType.HOTTEXT,
            "下面是一段检查经过，选出做法不当的一句：{{a}}{{b}}{{c}}",
            _options(
                "两名队员进厂后主动出示了执法证件。",
                "厂长要求陈述意见，队员告知结案以后再说。",
                "检查结束，当场制作笔录并由厂方核对。",
            ),
            ("b",),
        ),
        "《行政处罚法》第四十四条要求决定之前告知陈述、申辩的权利，第五十五条要求主动出示证件、制作笔录；"
        "把陈述推到结案以后是不当的。",
        (PENALTY, "44"),
        (PENALTY, "55"),
    ),
    _item(
        "WAY-005",
        Part(
            PartType.UPLOAD,
            "您和同事在某家具厂发现：喷漆房侧门外一根软管把洗枪废水引到院内雨水井，井水呈红色，当场从井中采了两瓶样。"
            "请手绘一张现场示意图，标明厂门、喷漆房、软管、雨水井、采样点和方向，拍照上传；"
            "也可以上传用电脑制作的图。",
            (),
            None,
            Decimal(10),
            (
                RubricPoint(Decimal(3), "软管的起点、走向和终点清楚，看得出没有经过处理设施"),
                RubricPoint(Decimal(3), "采样点标在雨水井上，与笔录中的编号对得上"),
                RubricPoint(Decimal(2), "有方向、参照物和大致距离"),
                RubricPoint(Decimal(2), "留出绘图人、当事人签名和日期的位置"),
            ),
            accept=("pdf", "jpg", "png"),
        ),
        "《生态环境行政处罚办法》第二十八条列出现场检查（勘察）笔录应写明的事项，第二十九条要求把采样情况记入笔录；"
        "示意图和笔录互相印证，才看得出废水从哪里来、到哪里去。",
        (RULES, "28"),
        (RULES, "29"),
    ),
)


def install_further(db: Session, at: datetime) -> None:
    """Put the items in, for practice."""
    for item in ITEMS:
        save_item(db, item, ItemPurpose.PRACTICE, SYSTEM, at)
