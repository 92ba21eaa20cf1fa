"""A small country for tests: two provinces, agencies on all tiers, one account for each role.

Sichuan (51) is ours, Shaanxi (61) the neighbour whose people must not see into it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tiejun.access import Role
from tiejun.people.models import Account, AgencyTier, Person, Post, Posting, Unit, UnitKind
from tiejun.people.service import AccountSpec, UnitSpec, create_account, create_unit

PASSWORD = "Correct-horse-7"


def cheap_hash(password: str) -> str:
    """Return a hash that is quick to verify: what signing in costs is a matter of its own tests."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


PASSWORD_HASH = cheap_hash(PASSWORD)
ROLES_OF_PROVINCE = (
    Role.TRAINER,
    Role.ITEM_WRITER,
    Role.ITEM_REVIEWER,
    Role.MARKER,
    Role.INVIGILATOR,
    Role.EXAM_ADMIN,
    Role.PROVINCE_ADMIN,
    Role.AUDITOR,
)


@dataclass
class World:
    """Units and accounts by short names; logins are the role's words, `officer1`, `officer2`, …"""

    units: dict[str, Unit]
    people: dict[str, Person]
    accounts: dict[str, Account]


def make_world(db: Session, now: datetime, officers: int = 4) -> World:
    """Fill an empty database; everybody's password is `PASSWORD`."""
    units = _units(db)
    accounts = {str(role): _account(db, str(role), role, units["sichuan"], now) for role in ROLES_OF_PROVINCE}
    accounts["unit_admin"] = _account(db, "unit_admin", Role.UNIT_ADMIN, units["bazhong"], now)
    accounts["national_admin"] = _account(db, "national_admin", Role.NATIONAL_ADMIN, units["ministry"], now)
    accounts["stranger"] = _account(db, "stranger", Role.PROVINCE_ADMIN, units["shaanxi"], now)
    people = {}
    for number in range(1, officers + 1):
        login = f"officer{number}"
        people[login] = make_officer(db, login, units["pingchang-agency"], Post.STAFF, now)
        accounts[login] = _account(db, login, Role.OFFICER, units["pingchang-agency"], now, people[login])
    db.flush()
    return World(units, people, accounts)


def make_officer(db: Session, name: str, unit: Unit, post: Post, now: datetime) -> Person:
    """Add an officer in post since 2020."""
    person = Person(
        name=name,
        id_number_masked=f"511***********{abs(hash(name)) % 10000:04d}",
        created_at=now,
        updated_at=now,
    )
    db.add(person)
    db.flush()
    db.add(Posting(person_id=person.id, unit_id=unit.id, post=post, effective_from=date(2020, 1, 1)))
    return person


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD) -> None:
    """Sign in through the page, as a person does."""
    answer = client.post(
        "/sign-in", data={"login": login, "password": password, "csrf_token": csrf_token(client, "/sign-in")}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)


def csrf_token(client: FlaskClient, address: str) -> str:
    """Return the token of the first form on a page."""
    page = client.get(address, follow_redirects=True).get_data(as_text=True)
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def _units(db: Session) -> dict[str, Unit]:
    ministry = create_unit(db, UnitSpec("000000", "生态环境部", UnitKind.MINISTRY))
    sichuan = create_unit(db, UnitSpec("510000", "四川省", UnitKind.PROVINCE, ministry, province_code="51"))
    shaanxi = create_unit(db, UnitSpec("610000", "陕西省", UnitKind.PROVINCE, ministry, province_code="61"))
    xpcc = create_unit(db, UnitSpec("xpcc", "新疆生产建设兵团", UnitKind.XPCC, ministry))
    bazhong = create_unit(db, UnitSpec("511900", "巴中市", UnitKind.PREFECTURE, sichuan))
    pingchang = create_unit(db, UnitSpec("511923", "平昌县", UnitKind.COUNTY, bazhong))
    agencies = {
        "sichuan-agency": UnitSpec("510000-1", "省总队", UnitKind.AGENCY, sichuan, AgencyTier.PROVINCE),
        "bazhong-agency": UnitSpec("511900-1", "巴中支队", UnitKind.AGENCY, bazhong, AgencyTier.PREFECTURE),
        "pingchang-agency": UnitSpec("511923-1", "平昌大队", UnitKind.AGENCY, pingchang, AgencyTier.COUNTY),
        "shaanxi-agency": UnitSpec("610000-1", "陕西总队", UnitKind.AGENCY, shaanxi, AgencyTier.PROVINCE),
    }
    made = {name: create_unit(db, spec) for name, spec in agencies.items()}
    return {
        "ministry": ministry,
        "sichuan": sichuan,
        "shaanxi": shaanxi,
        "xpcc": xpcc,
        "bazhong": bazhong,
        "pingchang": pingchang,
        **made,
    }


def _account(
    db: Session, login: str, role: Role, unit: Unit, now: datetime, person: Person | None = None
) -> Account:
    spec = AccountSpec(
        login, login, PASSWORD, unit.id, ((role, unit.id),), person.id if person else None, False
    )
    return create_account(db, spec, now, PASSWORD_HASH)
