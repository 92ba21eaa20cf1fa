"""The people of the demo: the tree of units, officers of one province, one account for each role.

All persons are invented. Their ID numbers have a right check digit, but begin with 519900, a district that
does not exist, so that they belong to nobody.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.access import Role
from tiejun.audit import SYSTEM
from tiejun.certificates.rules import PROVINCES
from tiejun.clock import beijing
from tiejun.people.models import Account, AgencyTier, Person, RoleGrant, Unit, UnitKind
from tiejun.people.roster import plan_roster, write_roster
from tiejun.people.roster_rules import HEADINGS
from tiejun.people.rules import ID_CHECK_DIGITS, ID_WEIGHTS
from tiejun.people.service import AccountSpec, UnitSpec, create_account, create_unit
from tiejun.people.sign_in import hash_password
from tiejun.people.training import HEADINGS as TRAINING_HEADINGS
from tiejun.people.training import plan_training, write_training
from tiejun.people.workbooks import workbook
from tiejun.settings import Settings

PASSWORD = "Tiejun-demo-2026"
LOGIN_PREFIX = "demo-"
OFFICER, FAILED_OFFICER = "demo-officer", "demo-officer2"
CLASS_NAME = "2026年省级岗位培训（初级）第三期"

AGENCIES = (
    ("510000-1", "四川省生态环境保护综合行政执法总队", "510000", AgencyTier.PROVINCE),
    ("511900-1", "巴中市生态环境保护综合行政执法支队", "511900", AgencyTier.PREFECTURE),
    ("511903-1", "恩阳区生态环境保护综合行政执法大队", "511903", AgencyTier.COUNTY),
    ("511921-1", "通江县生态环境保护综合行政执法大队", "511921", AgencyTier.COUNTY),
    ("511922-1", "南江县生态环境保护综合行政执法大队", "511922", AgencyTier.COUNTY),
    ("511923-1", "平昌县生态环境保护综合行政执法大队", "511923", AgencyTier.COUNTY),
    ("511300-1", "南充市生态环境保护综合行政执法支队", "511300", AgencyTier.PREFECTURE),
)
AREAS = (
    ("511900", "巴中市", "510000", UnitKind.PREFECTURE),
    ("511300", "南充市", "510000", UnitKind.PREFECTURE),
    ("511903", "恩阳区", "511900", UnitKind.COUNTY),
    ("511921", "通江县", "511900", UnitKind.COUNTY),
    ("511922", "南江县", "511900", UnitKind.COUNTY),
    ("511923", "平昌县", "511900", UnitKind.COUNTY),
)
# Of each agency the chief first, then the others; a * marks an officer who has held a card before.
OFFICERS = {
    "510000-1": ("罗建国*", "周晓岚*"),
    "511900-1": ("何志远*", "张磊", "刘洋", "赵静", "谢文博"),
    "511903-1": ("唐国强*", "王芳", "陈伟", "蒋雨桐", "冯一鸣"),
    "511921-1": ("郑丽*", "马骏", "邓思源", "曹雪"),
    "511922-1": ("彭海涛*", "袁媛", "董航", "许可"),
    "511923-1": ("李明", "周强", "吴敏", "孙浩", "黄诗雨", "林子涵", "高翔", "梁欣怡"),
    "511300-1": ("宋振华*", "韩冰", "杜若飞", "沈佳"),
}
UNTRAINED = ("黄诗雨", "沈佳")
STAFF = (
    ("demo-trainer", "陶老师", Role.TRAINER, "510000"),
    ("demo-trainer2", "崔老师", Role.TRAINER, "511900"),
    ("demo-writer", "命题人方晴", Role.ITEM_WRITER, "510000"),
    ("demo-reviewer", "审题人秦朗", Role.ITEM_REVIEWER, "510000"),
    ("demo-reviewer2", "审题人贺宁", Role.ITEM_REVIEWER, "510000"),
    ("demo-marker", "阅卷人钟立", Role.MARKER, "510000"),
    ("demo-marker2", "阅卷人姜宁", Role.MARKER, "510000"),
    ("demo-invigilator", "监考尹川", Role.INVIGILATOR, "510000"),
    ("demo-exam", "省厅考务管理员", Role.EXAM_ADMIN, "510000"),
    ("demo-unit", "巴中市管理员", Role.UNIT_ADMIN, "511900"),
    ("demo-province", "四川省厅管理员", Role.PROVINCE_ADMIN, "510000"),
    ("demo-national", "部执法局管理员", Role.NATIONAL_ADMIN, "000000"),
    ("demo-auditor", "稽查员石岩", Role.AUDITOR, "000000"),
)
OFFICER_LOGINS = {"李明": OFFICER, "周强": FAILED_OFFICER}


@dataclass(frozen=True)
class DemoAccount:
    """A line of the table that `tiejun demo` prints."""

    login: str
    name: str
    role: Role


def install_people(db: Session, settings: Settings, now: datetime) -> None:
    """Lay units, officers (through the real roster import) and accounts into an empty database."""
    units = _units(db)
    today = beijing(now).date()
    plan = plan_roster(db, _roster(), ("/",), settings, today)
    write_roster(db, plan, settings, SYSTEM, now)
    db.flush()
    password_hash = hash_password(PASSWORD)
    for account in db.scalars(select(Account)):
        account.password_hash, account.must_change_password = password_hash, False
    for login, name, role, code in STAFF:
        unit = units[code]
        spec = AccountSpec(login, name, PASSWORD, unit.id, ((role, unit.id),), must_change_password=False)
        create_account(db, spec, now, password_hash)
    training = plan_training(db, _training(), ("/",), settings, today)
    write_training(db, training, SYSTEM, now)


def accounts(db: Session) -> list[DemoAccount]:
    """Return the accounts to sign in with, officers first."""
    rows = db.execute(
        select(Account.login, Account.display_name, RoleGrant.role)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.login.startswith(LOGIN_PREFIX))
        .order_by(Account.id)
    )
    return [DemoAccount(login, name, Role(role)) for login, name, role in rows]


def id_number(serial: int, born: date) -> str:
    """Return an ID number of nobody with the right check digit."""
    digits = f"519900{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=True))
    return digits + ID_CHECK_DIGITS[total % 11]


def person_named(db: Session, name: str) -> Person:
    """Return the officer of this name; names are unique in the demo."""
    return db.scalars(select(Person).where(Person.name == name)).one()


def _units(db: Session) -> dict[str, Unit]:
    ministry = create_unit(db, UnitSpec("000000", "生态环境部", UnitKind.MINISTRY))
    units = {"000000": ministry}
    for code, name in PROVINCES.items():
        spec = UnitSpec(f"{code}0000", name, UnitKind.PROVINCE, ministry, province_code=code)
        units[spec.code] = create_unit(db, spec)
    units["xpcc"] = create_unit(db, UnitSpec("xpcc", "新疆生产建设兵团", UnitKind.XPCC, ministry))
    for code, name, parent, kind in AREAS:
        units[code] = create_unit(db, UnitSpec(code, name, kind, units[parent]))
    for code, name, parent, tier in AGENCIES:
        units[code] = create_unit(db, UnitSpec(code, name, UnitKind.AGENCY, units[parent], tier))
    return units


def _everybody() -> list[tuple[str, str, str, bool, str]]:
    """Return (name, ID number, unit code, has a card, post in words) of all officers."""
    found, serial = [], 1
    for code, names in OFFICERS.items():
        for place, marked in enumerate(names):
            born = date(1975 + serial % 22, 1 + serial % 12, 1 + serial % 27)
            name, has_card = marked.rstrip("*"), marked.endswith("*")
            # 李明 is no chief: he is the officer whom a visitor plays.
            post = "主要负责人" if place == 0 and has_card else "一般"
            found.append((name, id_number(serial, born), code, has_card, post))
            serial += 1
    return found


def _roster() -> bytes:
    rows = []
    for name, number, unit, has_card, post in _everybody():
        card = ("", "2019-05-20", "2024-05-20", "2029-05-19") if has_card else ("", "", "", "")
        login = OFFICER_LOGINS.get(name, "")
        rows.append((name, number, unit, post, "正式编制", "2023-03-01", "", login, *card))
    return workbook({"人员名册": [tuple(HEADINGS), *rows]})


def _training() -> bytes:
    rows = [
        (name, number, "省级", "初级", CLASS_NAME, "2026-07-24", "60", "试行", "川环执培〔2026〕3号（演示）")
        for name, number, _unit, has_card, _post in _everybody()
        if not has_card and name not in UNTRAINED
    ]
    return workbook({"培训记录": [tuple(TRAINING_HEADINGS), *rows]})
