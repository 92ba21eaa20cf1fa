"""Cases of the demo that are on their way: one to be finished by its author, two to be reviewed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.audit import Actor
from tiejun.cases import queries, service
from tiejun.cases.draft import Draft
from tiejun.cases.models import CaseVersion
from tiejun.cases.service import Author
from tiejun.people.models import Account

TRAINER, COLLEAGUE = "demo-trainer", "demo-trainer2"
WAITING = Draft(
    title="雨水井里的异味：一次由井盖开始的排查",
    summary="暴雨后群众反映河道发黑。执法人员沿雨水管网逐井上溯，在一家食品厂围墙外的雨水井发现废水，厂方称是邻近工地所排。",
    body=(
        "<h3>一、从下游往上走</h3><p>接到反映的当天下午，两名执法人员没有先进厂，而是带着管网图从入河口开始，"
        "逐个打开雨水井，用试纸和便携仪器测酸碱度和电导率，每一井都拍照、编号、写明时间。"
        "走到第十一井，数值突然升高，再上一井又恢复正常。两井之间只有一家食品厂的一条暗接支管。</p>"
        "<h3>二、谁排的</h3><p>厂方说支管是建厂以前留下的，废水来自马路对面的工地。执法人员请厂方人员在场，"
        "在厂内清洗槽投放食用色素，七分钟后第十一井见到颜色；在工地沉淀池投放另一种颜色，一小时内没有见到。"
        "两次试验都全程录像，并请双方在记录上签字。</p>"
        "<h3>三、留下的问题</h3><p>色素试验说明了连通，还不能说明此前排过多少。案件组接着调取了厂方的用水量、"
        "污水站的进出水量和污泥台账，用水量与进水量相差的部分，厂方没有给出解释。</p>"
    ),
    medium="水",
    place="某县某镇",
    points="先在厂外取证，再进厂核对\n试验要有对照，双方在场并签字",
    questions="色素试验的记录属于哪一类证据？\n用水量与进水量的差额能不能直接认定为偷排量？",
    units=["E2", "G4"],
    citations=[("eco-env-code-2026", "164"), ("eco-penalty-rules-2023", "26")],
    is_anonymous=True,
    revision=1,
)
FROM_THE_CITY = Draft(
    title="两本台账：一家汽修厂的废机油",
    summary="例行检查时账实相符，三天后接到举报再查，发现厂里另有一本手写台账。案例讲两次检查之间怎样取证、当事人陈述前后不一时怎样问。",
    body=(
        "<h3>一、第一次检查</h3><p>执法人员按计划检查一家汽修厂，废机油桶四只，台账登记四只，转移联单齐全。"
        "检查记录写了“未见异常”，没有写桶的容量和液位。</p>"
        "<h3>二、第二次检查</h3><p>三天后有人举报夜间有车拉油。第二次检查从举升机数量和当月结算单入手，"
        "推算应当产生的废机油是台账数的三倍；在收银台抽屉里找到一本手写本，逐日记着“桶数、车牌、金额”。</p>"
        "<h3>三、怎样问</h3><p>先问第一本台账怎样记，再出示结算单，最后出示手写本。"
        "三份材料依次出示，每一份都请当事人辨认、签字，前后不一的地方写进同一份笔录。</p>"
    ),
    medium="固体废物",
    place="某市城郊",
    points="第一次检查就要写清容量和液位\n材料按由浅入深的顺序出示",
    questions="手写本属于书证还是当事人陈述？\n第一次检查的记录还有没有证明力？",
    units=["E6", "G3"],
    citations=[("eco-env-code-2026", "532"), ("eco-penalty-rules-2023", "26")],
    is_anonymous=True,
    revision=1,
)
BEGUN = Draft(
    title="危险废物贮存间的三次检查",
    summary="",
    body="<h3>一、第一次检查</h3><p>（待补：台账与实物数量不一致的经过）</p>",
    units=["E6"],
    revision=1,
)


def install_drafts(db: Session, now: datetime) -> None:
    """Let two trainers submit a case each, in the days before `now`, and the first of them begin another."""
    author, actor = _trainer(db, TRAINER)
    _submitted(db, WAITING, author, actor, now - timedelta(days=2))
    _written(db, BEGUN, author, actor, now - timedelta(hours=20))
    _submitted(db, FROM_THE_CITY, *_trainer(db, COLLEAGUE), now - timedelta(days=1))


def _trainer(db: Session, login: str) -> tuple[Author, Actor]:
    account = db.scalars(select(Account).where(Account.login == login)).one()
    name = account.display_name
    return Author(account.id, name, account.unit_id), Actor(account.id, name)


def _submitted(db: Session, draft: Draft, author: Author, actor: Actor, at: datetime) -> None:
    service.submit(db, _written(db, draft, author, actor, at), draft.text("/"), actor, at)


def _written(db: Session, draft: Draft, author: Author, actor: Actor, at: datetime) -> CaseVersion:
    case = service.create_case(db, draft.title, author, actor, at)
    version = queries.latest(db, case)
    service.save_draft(db, version, draft.text("/"), version.revision, at)
    return version
