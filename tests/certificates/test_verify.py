"""Public verification: everybody with number and code learns the state, nobody else learns anything."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from tiejun.audit import SYSTEM
from tiejun.certificates.models import Certificate
from tiejun.certificates.paper import certificate_paper, verify_url
from tiejun.certificates.revoking import mark_revoked

NUMBER = "5120260001"
YEARS = timedelta(days=5 * 366)


@pytest.fixture
def issued(house):
    house.deliver(house.result())
    with house.database.reading() as db:
        house.certificate = db.scalars(select(Certificate)).one()
    return house


def revoke(house):
    with house.database.transaction() as db:
        mark_revoked(db, db.get_one(Certificate, house.certificate.id), "查实作弊", SYSTEM, house.clock())


def test_the_address_in_the_qr_code_leads_to_the_result(issued):
    address = urlsplit(verify_url(issued.certificate, issued.settings.base_url))

    page = issued.client("nobody").get(f"{address.path}?{address.query}")

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "王*国" in text
    assert "王建国" not in text
    assert "510*" not in text
    assert "有效" in text


def test_the_form_leads_to_the_result_whatever_the_blanks_and_case(issued):
    code = issued.certificate.code.upper()
    spaced = " ".join(code[at : at + 4] for at in range(0, 32, 4))

    reply = issued.client("nobody").get(
        "/verify", query_string={"number": f" {NUMBER} ", "code": spaced}, follow_redirects=True
    )

    assert reply.status_code == 200
    assert "王*国" in reply.get_data(as_text=True)


def test_programs_get_the_same_facts(issued):
    reply = issued.client("nobody").get(f"/api/v1/certificates/{NUMBER}?code={issued.certificate.code}")

    assert reply.json == {
        "number": NUMBER,
        "name": "王*国",
        "level": "provincial",
        "tier": "primary",
        "issuer": "四川省生态环境厅",
        "issued_on": "2026-11-20",
        "valid_until": "2031-11-19",
        "state": "valid",
        "revoked_on": None,
    }


def test_revocation_and_expiry_are_told_at_once_but_not_the_reason(issued):
    address = f"/api/v1/certificates/{NUMBER}?code={issued.certificate.code}"
    page = f"/verify/{NUMBER}?code={issued.certificate.code}"
    nobody = issued.client("nobody")
    issued.clock.time += YEARS
    assert nobody.get(address).json["state"] == "expired"
    assert "到期" in nobody.get(page).get_data(as_text=True)

    revoke(issued)

    assert nobody.get(address).json["state"] == "revoked"
    text = nobody.get(page).get_data(as_text=True)
    assert "撤销" in text
    assert "查实作弊" not in text


def misses(certificate):
    return (
        (NUMBER, ""),
        (NUMBER, "0" * 32),
        (NUMBER, certificate.code[:-1]),
        (NUMBER, "核验码"),
        ("5120260002", certificate.code),
        ("20260001", certificate.code),
        ("5120260001a", certificate.code),
        ("' OR 1=1", certificate.code),
    )


def test_any_miss_is_the_same_404_for_programs(issued):
    nobody = issued.client("nobody")
    seen = set()
    for number, code in misses(issued.certificate):
        reply = nobody.get(f"/api/v1/certificates/{number}", query_string={"code": code})
        assert reply.status_code == 404
        assert reply.mimetype == "application/problem+json"
        seen.add(json.dumps({k: v for k, v in reply.json.items() if k != "request_id"}))
    assert len(seen) == 1


def test_any_miss_is_the_same_page_with_what_was_typed(issued):
    nobody = issued.client("nobody")
    for number, code in misses(issued.certificate):
        reply = nobody.get(f"/verify/{number}", query_string={"code": code})
        text = reply.get_data(as_text=True)
        assert reply.status_code == 404
        assert "没有查到" in text
        assert "王" not in text


def test_the_paper_says_what_the_register_says(issued):
    paper = certificate_paper(issued.certificate, "https://tiejun.example/")

    assert paper["number"] == NUMBER
    assert (paper["level"], paper["tier"]) == ("省级", "初级")
    assert paper["verify"]["host"] == "tiejun.example/verify"
    code = issued.certificate.code
    assert paper["verify"]["url"] == f"https://tiejun.example/verify/{NUMBER}?code={code}"
    assert paper["revoked"] is None


def test_the_paper_of_a_revoked_certificate_is_marked(issued):
    revoke(issued)
    with issued.database.reading() as db:
        paper = certificate_paper(db.scalars(select(Certificate)).one(), "http://127.0.0.1:8000")

    assert paper["revoked"]["word"] == "已撤销"
    assert "2026年11月20日" in paper["revoked"]["note"]
