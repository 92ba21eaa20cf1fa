"""A province: units, staff, and officers that nobody is, in Excel files as offices send them.

ID numbers carry a right check digit and begin with 519900, a district that does not exist.
"""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter
from sqlalchemy.orm import Session

from question_bank.formats.workbook import read_sheets
from tiejun.access import Role
from tiejun.people.initial_passwords import hash_initial, new_initial_password
from tiejun.people.models import AgencyTier, Unit, UnitKind
from tiejun.people.rules import ID_CHECK_DIGITS, ID_WEIGHTS
from tiejun.people.service import AccountSpec, UnitSpec, create_account, create_unit

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩"
GIVEN = "伟芳娜敏静磊军洋勇艳杰涛明超霞平刚玲辉健波宁鑫帆雪晨浩宇轩然"
COUNTIES = ("恩阳区", "通江县", "南江县", "平昌县", "巴州区", "仪陇县")
CLASS_NAME = "2026年省级岗位培训（初级）演练班"
STAFF = {
    "exam": ("考务员", Role.EXAM_ADMIN, "510000"),
    "province": ("省厅管理员", Role.PROVINCE_ADMIN, "510000"),
    "invigilator": ("监考员", Role.INVIGILATOR, "510000"),
    "marker1": ("阅卷员甲", Role.MARKER, "510000"),
    "marker2": ("阅卷员乙", Role.MARKER, "510000"),
    "marker3": ("阅卷员丙", Role.MARKER, "510000"),
}
ROSTER_HEADINGS = (
    *("姓名*", "证件号码*", "单位*", "职务*", "编制", "到岗日期*", "手机", "登录名"),
    *("执法证件编号", "首次领证日期", "最近换领日期", "证件有效期至"),
)
TRAINING_HEADINGS = ("姓名*", "证件号码*", "级别*", "层级*", "班次*", "结业日期*", "学时*", "证明材料")


@dataclass(frozen=True)
class Officer:
    """One line of the roster; those without a card serving in a county must sit the exam of this day."""

    name: str
    id_number: str
    unit: str
    post: str
    has_card: bool

    @property
    def is_due(self) -> bool:
        """Whether this officer needs the provincial primary training (R-01, R-03)."""
        return not self.has_card and self.post == "一般"


def id_number(serial: int, born: date) -> str:
    """Return an ID number of nobody with the right check digit (GB 11643)."""
    digits = f"519900{born:%Y%m%d}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=True))
    return digits + ID_CHECK_DIGITS[total % 11]


def invent(count: int, rng: random.Random) -> list[Officer]:
    """Return that many officers with different names and numbers; most need the primary training."""
    names = rng.sample([s + g + h for s in SURNAMES for g in GIVEN for h in GIVEN], count)
    units = ["510000-1", "511900-1", *(f"5119{n:02d}-1" for n in range(1, len(COUNTIES) + 1))]
    found = []
    for serial, name in enumerate(names):
        unit = units[0] if serial % 40 == 0 else units[1] if serial % 15 == 1 else units[2 + serial % 6]
        post = "主要负责人" if 2 <= serial < 8 else "负责人" if serial % 25 == 3 else "一般"
        born = date(1968, 1, 5) + timedelta(days=29 * serial % 12000)
        has_card = post != "一般" or unit == units[0] or serial % 5 == 4
        found.append(Officer(name, id_number(serial, born), unit, post, has_card))
    return found


def lay_units(db: Session) -> dict[str, Unit]:
    """Add the ministry, one province with two tiers of agencies, and its neighbour."""
    ministry = create_unit(db, UnitSpec("000000", "生态环境部", UnitKind.MINISTRY))
    province = create_unit(db, UnitSpec("510000", "四川省", UnitKind.PROVINCE, ministry, province_code="51"))
    city = create_unit(db, UnitSpec("511900", "巴中市", UnitKind.PREFECTURE, province))
    units = {"000000": ministry, "510000": province, "511900": city}
    agencies = [
        ("510000-1", "省生态环境保护综合行政执法总队", province, AgencyTier.PROVINCE),
        ("511900-1", "巴中市生态环境保护综合行政执法支队", city, AgencyTier.PREFECTURE),
    ]
    for number, name in enumerate(COUNTIES, start=1):
        county = create_unit(db, UnitSpec(f"5119{number:02d}", name, UnitKind.COUNTY, city))
        agencies.append((f"5119{number:02d}-1", f"{name}执法大队", county, AgencyTier.COUNTY))
    for code, name, parent, tier in agencies:
        units[code] = create_unit(db, UnitSpec(code, name, UnitKind.AGENCY, parent, tier))
    return units


def lay_staff(db: Session, units: dict[str, Unit], now: datetime) -> dict[str, str]:
    """Add the accounts that serve in the exam; return their initial passwords by login."""
    passwords = {}
    for login, (name, role, code) in STAFF.items():
        passwords[login] = new_initial_password()
        unit = units[code]
        spec = AccountSpec(login, name, passwords[login], unit.id, ((role, unit.id),))
        create_account(db, spec, now, hash_initial(passwords[login]))
    return passwords


def roster_file(officers: Sequence[Officer], path: Path) -> None:
    """Write the roster as an office would send it."""
    rows: list[Sequence[object]] = []
    for number, officer in enumerate(officers):
        # Dates as people write them: real ones, with dashes, with dots.
        since = (date(2023, 3, 1), "2023-03-01", "2023.3.1")[number % 3]
        card = ("川执" + officer.id_number[-6:], "2019-05-20", "2024-05-20", "2029-05-19")
        number_typed = officer.id_number.lower() if number % 7 == 0 else officer.id_number
        base = (officer.name, number_typed, officer.unit, officer.post, "正式编制", since, "", "")
        rows.append(base + (card if officer.has_card else ("", "", "", "")))
    path.write_bytes(_sheet("人员名册", ROSTER_HEADINGS, rows))


def training_file(officers: Sequence[Officer], day: date, path: Path) -> None:
    """Write the completions of a training class."""
    rows = [
        (o.name, o.id_number, "省级", "初级", CLASS_NAME, day, 60, "川环执培〔2026〕演练1号")
        for o in officers
    ]
    path.write_bytes(_sheet("培训记录", TRAINING_HEADINGS, rows))


def _sheet(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(title), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(0, 0, "（演练用，人员均为虚构）")
        sheet.write_row(2, 0, headings)
        for number, row in enumerate(rows, start=3):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return target.getvalue()


def read_passwords(path: Path) -> dict[str, tuple[str, str]]:
    """Return login and initial password by name, from the list that the import wrote."""
    rows = read_sheets(path.read_bytes())[0].rows
    return {str(name): (str(login), str(password)) for _unit, name, login, password in rows[1:]}
