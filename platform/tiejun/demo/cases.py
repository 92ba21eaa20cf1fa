"""Cases of the demo that are on their way: one to be finished by its author, one to be reviewed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.audit import Actor
from tiejun.cases import queries, service
from tiejun.cases.draft import Draft
from tiejun.cases.models import CaseVersion
from tiejun.cases.service import Author
from tiejun.people.models import Account

TRAINER = "demo-trainer"
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
BEGUN = Draft(
    title="危险废物贮存间的三次检查",
    summary="",
    body="<h3>一、第一次检查</h3><p>（待补：台账与实物数量不一致的经过）</p>",
    units=["E6"],
    revision=1,
)


def install_drafts(db: Session, now: datetime) -> None:
    """Let the demo's trainer submit one case, two days before `now`, and begin another."""
    account = db.scalars(select(Account).where(Account.login == TRAINER)).one()
    author = Author(account.id, account.display_name, account.unit_id)
    actor = Actor(account.id, account.display_name)
    submitted_at = now - timedelta(days=2)
    waiting = _written(db, WAITING, author, actor, submitted_at)
    service.submit(db, waiting, WAITING.text("/"), actor, submitted_at)
    _written(db, BEGUN, author, actor, now - timedelta(hours=20))


def _written(db: Session, draft: Draft, author: Author, actor: Actor, at: datetime) -> CaseVersion:
    case = service.create_case(db, draft.title, author, actor, at)
    version = queries.latest(db, case)
    service.save_draft(db, version, draft.text("/"), version.revision, at)
    return version
