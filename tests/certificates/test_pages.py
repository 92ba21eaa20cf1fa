"""The pages of certificates: who sees what, searching, printing, revoking."""

import re

import pytest
from sqlalchemy import select

from tiejun.audit import AuditEvent
from tiejun.certificates import queries
from tiejun.certificates.models import Certificate, CertificateCounter, ResultStatement
from tiejun.certificates.rules import Level
from tiejun.people.sign_in import load_persona
from tiejun.prints.render import printer

NUMBER = "5120260001"
PERSONAS = (
    "nobody",
    "officer",
    "colleague",
    "stranger",
    "unit admin",
    "other unit admin",
    "exam admin",
    "province admin",
    "auditor",
    "item writer",
    "invigilator",
)
# Expected status by persona, in the order above; 303 sends nobody to sign in.
ACCESS = {
    "/certificates": (303, 403, 403, 403, 200, 200, 200, 200, 200, 403, 403),
    "/certificates/waiting": (303, 403, 403, 403, 200, 200, 200, 200, 200, 403, 403),
    "/my/certificates": (303, 200, 200, 200, 403, 403, 403, 403, 403, 403, 403),
    f"/certificates/{NUMBER}": (303, 200, 404, 404, 200, 404, 200, 200, 200, 404, 404),
    f"/certificates/{NUMBER}.pdf": (303, 200, 404, 404, 200, 404, 200, 200, 200, 404, 404),
    f"/certificates/{NUMBER}/revoke": (303, 403, 403, 403, 403, 403, 403, 200, 403, 403, 403),
    "/certificates/5120269999": (303, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    "/verify": (200,) * len(PERSONAS),
    f"/verify/{NUMBER}": (404,) * len(PERSONAS),
    f"/api/v1/certificates/{NUMBER}": (404,) * len(PERSONAS),
}


@pytest.fixture
def issued(house):
    house.deliver(house.result())
    return house


def token(client, address):
    page = client.get(address).get_data(as_text=True)
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def post(client, form_at, address, **fields):
    return client.post(address, data={"csrf_token": token(client, form_at), **fields})


def only_certificate(house):
    with house.database.reading() as db:
        return db.scalars(select(Certificate)).one()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ACCESS)
def test_each_page_opens_to_those_it_is_for(issued, address):
    if address.endswith(".pdf") and not printer().shelf.families:
        pytest.skip("no Chinese font is installed")

    seen = [issued.client(who).get(address).status_code for who in PERSONAS]

    assert dict(zip(PERSONAS, seen, strict=True)) == dict(zip(PERSONAS, ACCESS[address], strict=True))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ["/certificates/waiting", f"/certificates/{NUMBER}/revoke"])
def test_writing_needs_the_permission_and_the_token(issued, address):
    assert issued.client("province admin").post(address, data={}).status_code == 400
    for who in ("officer", "unit admin", "exam admin", "auditor"):
        client = issued.client(who)
        form = {"csrf_token": token(client, "/password"), "reason": "查实作弊", "confirmation": NUMBER}
        assert client.post(address, data=form).status_code == 403, who
    assert only_certificate(issued).revoked_at is None


def test_the_register_shows_the_certificates_of_ones_units_only(house):
    house.deliver(house.result(), house.result("stranger"))

    bazhong = house.client("unit admin").get("/certificates").get_data(as_text=True)
    province = house.client("province admin").get("/certificates").get_data(as_text=True)

    assert "王建国" in bazhong
    assert "赵静" not in bazhong
    assert "王建国" in province
    assert "赵静" in province


EVERYBODY = {"王建国", "李敏", "赵静"}
SEARCHES = {
    "": EVERYBODY,
    "q=李敏": {"李敏"},
    "q=5120260003": {"赵静"},
    "q=南江": EVERYBODY,
    "q=100%25": set(),
    "tier=intermediate": {"李敏"},
    "level=national": set(),
    "level=nonsense": EVERYBODY,
    "state=valid": EVERYBODY,
    "state=expired": set(),
    "state=revoked": set(),
    "page=9": EVERYBODY,
    "page=-1": EVERYBODY,
    "page=x": EVERYBODY,
}


def test_the_register_is_searched(house):
    house.deliver(house.result(), house.result("colleague", tier="intermediate"), house.result("stranger"))
    client = house.client("province admin")

    pages = {query: client.get(f"/certificates?{query}").get_data(as_text=True) for query in SEARCHES}

    found = {query: {name for name in EVERYBODY if f">{name}<" in page} for query, page in pages.items()}
    assert found == SEARCHES


def test_a_long_register_has_pages(house):
    house.deliver(*(house.result() for _ in range(51)))
    client = house.client("province admin")

    assert "5120260051" in client.get("/certificates").get_data(as_text=True)
    second = client.get("/certificates?page=2").get_data(as_text=True)
    assert "5120260001" in second
    assert "5120260051" not in second


def test_the_officer_finds_the_certificate_and_its_paper(issued):
    client = issued.client("officer")

    assert NUMBER in client.get("/my/certificates").get_data(as_text=True).replace("<i>", "").replace(
        "</i>", ""
    )
    if not printer().shelf.families:
        pytest.skip("no Chinese font is installed")
    paper = client.get(f"/certificates/{NUMBER}.pdf")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF-")
    assert paper.headers["Cache-Control"] == "no-store"
    assert f"{NUMBER}.pdf" in paper.headers["Content-Disposition"]


def test_a_name_that_cannot_be_printed_is_a_clear_refusal(house):
    person = house.result()["person"] | {"name": "欧阳\U0002a6a5"}
    house.deliver(house.result(person=person))
    if not printer().shelf.families:
        pytest.skip("no Chinese font is installed")

    refused = house.client("officer").get(f"/certificates/{NUMBER}.pdf")

    assert refused.status_code == 422
    assert "U+2A6A5" in refused.get_data(as_text=True)


def test_those_who_wait_for_training_are_told_so(house):
    house.deliver(house.result(training=None))

    assert "尚无同级别" in house.client("officer").get("/my/certificates").get_data(as_text=True)
    assert "王建国" in house.client("unit admin").get("/certificates/waiting").get_data(as_text=True)
    assert "王建国" not in house.client("other unit admin").get("/certificates/waiting").get_data(
        as_text=True
    )


def test_a_blocked_pass_is_certified_on_retry_once_the_obstacle_is_gone(house):
    person = house.result()["person"] | {"is_xpcc": True}
    house.deliver(house.result(person=person))
    with house.database.reading() as db:
        key = db.scalars(select(ResultStatement.key)).one()
    waiting = "/certificates/waiting"

    refused = post(house.client("province admin"), waiting, waiting, key=key)
    assert refused.status_code == 303
    allowed = house.with_settings(xpcc_code="66")
    assert post(allowed.client("province admin"), waiting, waiting, key=key).status_code == 303

    assert only_certificate(house).number == "6620260001"
    again = post(allowed.client("province admin"), "/password", waiting, key=key)
    assert again.status_code == 404


def test_the_register_warns_when_numbers_run_low(house):
    with house.database.transaction() as db:
        db.add(CertificateCounter(level=Level.PROVINCIAL, province="51", year=2026, last=9000))

    page = house.client("province admin").get("/certificates").get_data(as_text=True)

    assert "已用到 9000" in page


def test_a_revoked_certificate_keeps_its_number_and_its_row(issued):
    client = issued.client("province admin")
    address = f"/certificates/{NUMBER}/revoke"

    assert post(client, address, address, reason="考后查实作弊", confirmation=NUMBER).status_code == 303

    row = only_certificate(issued)
    assert row.revoked_at == issued.clock()
    assert row.revoke_reason == "考后查实作弊"
    assert "province admin" in row.revoked_by
    with issued.database.reading() as db:
        last = db.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (last.action, last.subject_id, last.details) == (
        "certificate.revoked",
        NUMBER,
        {"reason": "考后查实作弊"},
    )
    assert "考后查实作弊" in issued.client("officer").get("/my/certificates").get_data(as_text=True)
    issued.deliver(issued.result("colleague"))
    with issued.database.reading() as db:
        numbers = db.scalars(select(Certificate.number).order_by(Certificate.number)).all()
    assert numbers == [NUMBER, "5120260002"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reason": "", "confirmation": NUMBER}, "请写明原因"),
        ({"reason": "错", "confirmation": NUMBER}, "4至300字"),
        ({"reason": "   错   ", "confirmation": NUMBER}, "4至300字"),
        ({"reason": "长" * 301, "confirmation": NUMBER}, "4至300字"),
        ({"reason": "考后查实作弊", "confirmation": "5120260002"}, "与证书编号不一致"),
        ({"reason": "考后查实作弊"}, "请输入证书编号"),
    ],
)
def test_a_revocation_without_reason_or_number_changes_nothing_and_keeps_what_was_typed(issued, fields, told):
    client = issued.client("province admin")
    address = f"/certificates/{NUMBER}/revoke"

    refused = post(client, address, address, **fields)

    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert told in page
    assert fields["reason"].strip() in page
    assert only_certificate(issued).revoked_at is None


def test_a_certificate_is_revoked_only_once(issued):
    client = issued.client("province admin")
    address = f"/certificates/{NUMBER}/revoke"
    post(client, address, address, reason="考后查实作弊", confirmation=NUMBER)

    assert post(client, address, address, reason="再次撤销", confirmation=NUMBER).status_code == 409
    assert only_certificate(issued).revoke_reason == "考后查实作弊"


def duties(house, who):
    client = house.client(who)
    with client.session_transaction() as session, house.database.reading() as db:
        found = load_persona(db, session["_user_id"], house.clock(), house.settings)
        with house.app.test_request_context():
            return queries.duties(db, found, house.clock())


def test_the_officer_is_reminded_in_the_last_half_year(issued):
    def reminded(month, day):
        issued.clock.time = issued.clock.time.replace(year=2031, month=month, day=day)
        return [duty.title for duty in duties(issued, "officer")]

    title = f"合格证书 {NUMBER} 即将到期"
    assert reminded(5, 18) == []
    assert reminded(5, 19) == [title]
    assert reminded(11, 19) == [title]
    assert reminded(11, 20) == []


def test_the_administrator_has_to_look_after_what_cannot_be_certified(house):
    house.deliver(house.result(level="national"), house.result("colleague", training=None))

    (duty,) = duties(house, "province admin")
    assert duty.title == "1 份合格成绩暂不能发证"
    assert "国家级" in duty.why
    assert duties(house, "auditor") == []
