"""What has happened in the demo before a visitor comes in: exams sat, marked, released; one open now.

Everything goes through the services that the pages use, at moments in the past.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from question_bank.assembly.blueprint import load_blueprint
from tiejun import outbox
from tiejun.audit import SYSTEM
from tiejun.bank.form_service import create_blueprint, freeze_form
from tiejun.bank.laws_service import sync_register
from tiejun.bank.shipped import give_to_practice, install_starter
from tiejun.cases.library import install_cases
from tiejun.clock import beijing
from tiejun.crypto import random_code
from tiejun.demo import candidates
from tiejun.demo.cases import install_drafts
from tiejun.demo.further import install_further
from tiejun.demo.legacy import install_legacy
from tiejun.demo.people import install_people, person_named
from tiejun.demo.practising import practise
from tiejun.demo.reviews import install_reviews
from tiejun.demo.study import install_study
from tiejun.exams.admin_service import INVIGILATOR, MARKER, ExamSpec, SittingSpec, create_exam, create_sitting
from tiejun.exams.models import Sitting
from tiejun.exams.registration_service import register
from tiejun.exams.result_service import declare_sitting, release_sitting
from tiejun.exams.scoring_service import score_due
from tiejun.installation import Core
from tiejun.notices.service import scan
from tiejun.outbox import Handler
from tiejun.people.levels import PRIMARY, PROVINCIAL
from tiejun.people.models import Account, Unit

HOUR = timedelta(hours=1)
STAFF = (
    ("demo-invigilator", INVIGILATOR),
    ("demo-marker", MARKER),
    ("demo-marker2", MARKER),
)
HALL = "巴中市生态环境局三楼机考室"


@dataclass(frozen=True)
class Held:
    """A sitting of the past: how many days ago, and how strong each candidate was (None: did not come)."""

    exam: str
    days_ago: int
    strengths: dict[str, float | None]


HELD = (
    Held(
        "2026年第三季度省级初级岗位培训考试",
        84,
        {"王芳": 0.3, "陈伟": 0.95, "张磊": 0.9, "马骏": 0.2, "袁媛": 0.92, "韩冰": 0.88},
    ),
    Held(
        "2026年第四季度省级初级岗位培训考试",
        16,
        {
            "周强": 0.3,
            "刘洋": 0.35,
            "赵静": None,
            "孙浩": 0.9,
            "黄诗雨": 0.95,
            "蒋雨桐": 0.85,
            "冯一鸣": 0.9,
            "邓思源": 0.97,
            "董航": 0.3,
            "杜若飞": 0.93,
        },
    ),
)
# Sat, and waiting for the markers; one of them has begun.
TO_MARK = Held(
    "2026年省级初级执法骨干岗位培训考试",
    1,
    {"何志远": 0.95, "唐国强": 0.9, "郑丽": 0.35, "彭海涛": 0.85, "宋振华": 0.9},
)
BEGUN_BY, BEGUN = "demo-marker2", 4
OPEN_EXAM = "2026年第四季度省级初级岗位培训考试（第二批）"
OPEN_TO = ("李明", "吴敏", "高翔", "梁欣怡")
COMING_TO = ("谢文博", "曹雪", "许可", "林子涵", "沈佳")
OPEN_DAYS = 30


def install(core: Core, handlers: dict[str, Handler]) -> None:
    """Fill an empty, migrated database with the whole demo."""
    now = core.clock().replace(second=0, microsecond=0)
    long_ago = now - timedelta(days=120)
    with core.database.transaction() as db:
        sync_register(db)
        install_starter(db, SYSTEM, long_ago)
        install_people(db, core.settings, long_ago)
        install_cases(db, core.settings, SYSTEM, long_ago)
        install_drafts(db, now)
        install_legacy(db, now - timedelta(days=10))
        install_further(db, long_ago)
        install_reviews(db, now)
        blueprint = create_blueprint(db, load_blueprint("demo-primary"), PROVINCIAL, SYSTEM, long_ago)
    for held in HELD:
        released_at = _hold(core, blueprint.id, held, _nine(now - timedelta(days=held.days_ago)))
        outbox.drain(core.database, handlers, released_at)
        scan(core.database, released_at, with_mail=False)
    _begin_marking(core, blueprint.id, TO_MARK, _nine(now - timedelta(days=TO_MARK.days_ago)))
    _open_now(core, blueprint.id, now)
    with core.database.transaction() as db:
        give_to_practice(db, 2, SYSTEM, long_ago)
    practise(core.database, "李明", now)
    install_study(core, now)
    scan(core.database, now, with_mail=False)


def _hold(core: Core, blueprint_id: int, held: Held, start: datetime) -> datetime:
    """Hold a sitting in the past from registration to release; return when it was released."""
    sitting = _sit(core, blueprint_id, held, start, avoid=None)
    marked = start + timedelta(days=2)
    markers = [login for login, duty in STAFF if duty == MARKER]
    candidates.mark(core.database, sitting.id, markers, core.settings, marked)
    with core.database.transaction() as db:
        declare_sitting(db, db.get_one(Sitting, sitting.id), SYSTEM, marked + HOUR)
    with core.database.transaction() as db:
        release_sitting(db, db.get_one(Sitting, sitting.id), SYSTEM, marked + 2 * HOUR)
    return marked + 2 * HOUR


def _begin_marking(core: Core, blueprint_id: int, held: Held, start: datetime) -> None:
    """Hold a sitting of which a first marker has seen some answers, and nobody the others."""
    sitting = _sit(core, blueprint_id, held, start, avoid=())
    at = start + 5 * HOUR
    candidates.begin_marking(core.database, sitting.id, BEGUN_BY, BEGUN, core.settings, at)


def _sit(
    core: Core, blueprint_id: int, held: Held, start: datetime, avoid: tuple[int, ...] | None
) -> Sitting:
    """Hold a sitting in the past, up to the scores that need no marker."""
    planned = _Planned(held.exam, start, start + 2 * HOUR, HALL, tuple(held.strengths), avoid=avoid)
    sitting = _arrange(core, blueprint_id, planned, start - timedelta(days=10))
    scan(core.database, start - timedelta(days=10), with_mail=False)
    scan(core.database, start - timedelta(hours=22), with_mail=False)
    for name, strength in held.strengths.items():
        if strength is not None:
            with core.database.reading() as db:
                person = person_named(db, name)
            candidates.sit(core.database, sitting.public_id, person.id, strength, start)
    with core.database.transaction() as db:
        score_due(db, start + 3 * HOUR, candidates.GRACE, limit=100)
    return sitting


def _nine(instant: datetime) -> datetime:
    """Return nine in the morning of that day in Beijing."""
    return beijing(instant).replace(hour=9, minute=0)


def _open_now(core: Core, blueprint_id: int, now: datetime) -> None:
    """Arrange the sitting that is open to the visitor, and one that is to come."""
    yesterday = now - timedelta(days=1)
    start = now - timedelta(minutes=1)
    window = (start, start + timedelta(days=OPEN_DAYS))
    _arrange(core, blueprint_id, _Planned(OPEN_EXAM, *window, "", OPEN_TO, True, ()), yesterday)
    morning = _nine(now + timedelta(days=13))
    coming = _Planned(
        "2026年省级初级岗位培训考试（年末场）", morning, morning + 2 * HOUR, HALL, COMING_TO, False, ()
    )
    _arrange(core, blueprint_id, coming, yesterday)
    scan(core.database, _nine(yesterday) + HOUR, with_mail=False)


@dataclass(frozen=True)
class _Planned:
    """A sitting to be arranged; `avoid` as in `freeze_form`."""

    exam: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    names: tuple[str, ...]
    allows_api: bool = False
    avoid: tuple[int, ...] | None = ()


def _arrange(core: Core, blueprint_id: int, planned: _Planned, at: datetime) -> Sitting:
    """Make the exam, its form and the sitting, and register the candidates."""
    with core.database.transaction() as db:
        province = db.scalars(select(Unit).where(Unit.code == "510000")).one()
        title = planned.exam
        exam = create_exam(db, ExamSpec(title, PROVINCIAL, PRIMARY, blueprint_id, province.id), SYSTEM, at)
        # The starter bank holds five forms without common items. The papers of the open exams may share some
        # with the others, so that a visitor finds enough left to draw more, such as for a make-up.
        form = freeze_form(db, blueprint_id, random_code(8), SYSTEM, at, planned.avoid)
        ids = dict(db.execute(select(Account.login, Account.id)).all())
        spec = SittingSpec(
            exam_id=exam.id,
            starts_at=planned.starts_at,
            ends_at=planned.ends_at,
            duration_seconds=3600,
            venue=planned.venue,
            form_ids=(form.id,),
            staff=tuple((ids[login], duty) for login, duty in STAFF),
            allows_api=planned.allows_api,
        )
        sitting = create_sitting(db, spec, SYSTEM, at)
        register(db, sitting.id, [person_named(db, name).id for name in planned.names], SYSTEM, at)
        return sitting
