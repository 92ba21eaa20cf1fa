"""The card gate: who may apply for a card, at each boundary, and who may ask."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.support.clock import ManualClock
from tests.support.world import PASSWORD, World, make_world
from tiejun.audit import AuditEvent
from tiejun.certificates.gate import Applicant, Held, Reason, judge
from tiejun.certificates.rules import CertificateState
from tiejun.db import Database
from tiejun.people.models import Person, Posting
from tiejun.people.roster import id_hash
from tiejun.settings import Settings

UNTIL = date(2031, 11, 19)
STAFF = Applicant(True, "provincial", "primary")
NUMBER = "51990019800304001X"


def held(level: str = "provincial", tier: str = "primary", state: str = "valid") -> Held:
    return Held("5120260001", level, tier, UNTIL, CertificateState(state))


@pytest.mark.parametrize(
    ("applicant", "certificates", "reasons"),
    [
        (STAFF, [held()], []),
        (STAFF, [held("national")], []),
        (STAFF, [], [Reason.NO_CERTIFICATE]),
        (STAFF, [held(tier="intermediate")], [Reason.NO_CERTIFICATE]),
        (Applicant(True, "national", "primary"), [held()], [Reason.NO_CERTIFICATE]),
        (STAFF, [held(state="expired")], [Reason.CERTIFICATE_EXPIRED]),
        (STAFF, [held(state="revoked")], [Reason.CERTIFICATE_REVOKED]),
        (STAFF, [held(state="expired"), held()], []),
        (Applicant(False, "provincial", "primary"), [held()], [Reason.NOT_PERMANENT_STAFF]),
        (None, [held()], [Reason.NOT_ON_ROSTER]),
    ],
)
def test_the_gate_opens_only_with_post_and_fitting_certificate(
    applicant: Applicant | None, certificates: list[Held], reasons: list[Reason]
) -> None:
    verdict = judge(applicant, certificates)

    assert list(verdict.reasons) == reasons
    assert (verdict.certificate is not None) == verdict.is_eligible == (not reasons)


@pytest.fixture
def world(database: Database, clock: ManualClock, settings: Settings) -> World:
    with database.transaction() as db:
        made = make_world(db, clock(), officers=1)
        person = made.people["officer1"]
        person.id_number_hash = id_hash(NUMBER, settings)
        return made


def token(client: FlaskClient, login: str) -> str:
    answer = client.post("/api/v1/auth/token", json={"login": login, "password": PASSWORD})
    found: str = answer.json["token"]
    return found


def ask(client: FlaskClient, login: str, number: str = NUMBER):
    headers = {"Authorization": f"Bearer {token(client, login)}"}
    return client.post("/api/v1/enforcement-card/eligibility", json={"id_number": number}, headers=headers)


def test_an_officer_without_a_certificate_is_refused_and_the_question_is_recorded(
    client: FlaskClient, world: World, database: Database
) -> None:
    answer = ask(client, "province_admin")

    assert (answer.json["eligible"], answer.json["reasons"]) == (False, ["no_certificate"])
    assert answer.json["as_of"] == "2026-11-20"
    with database.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "card.checked")).one()
    assert NUMBER not in str(event.details) + event.subject_id


def test_somebody_out_of_reach_is_as_unknown_as_nobody(client: FlaskClient, world: World) -> None:
    for login, number in (("stranger", NUMBER), ("province_admin", "519900198003040099")):
        assert ask(client, login, number).json["reasons"] == ["not_on_roster"]


def test_who_left_yesterday_is_no_longer_on_the_roster(
    client: FlaskClient, world: World, database: Database, clock: ManualClock
) -> None:
    with database.transaction() as db:
        person = db.scalars(select(Person).where(Person.id_number_hash.is_not(None))).one()
        last_day = clock().date() - timedelta(days=1)
        db.execute(update(Posting).where(Posting.person_id == person.id).values(effective_to=last_day))

    assert ask(client, "province_admin").json["reasons"] == ["not_on_roster"]


@pytest.mark.parametrize(
    ("login", "status"), [("officer1", 403), ("exam_admin", 403), ("national_admin", 200)]
)
def test_only_those_in_charge_may_ask(client: FlaskClient, world: World, login: str, status: int) -> None:
    assert ask(client, login).status_code == status


def test_the_signature_is_bound_to_the_answer(client: FlaskClient, world: World) -> None:
    first, other = ask(client, "province_admin").json, ask(client, "stranger").json

    assert first["signature"].startswith("h1.")
    assert first["signature"] != other["signature"]
