"""The description of the API says what the application does."""

import json
import re

import pytest

from tests.architecture.sources import CODE
from tiejun.api.openapi import CALLS, document

DOCUMENTATION = {"/api/v1/", "/api/v1/openapi.json"}


@pytest.fixture
def engine() -> str:
    return "sqlite"


def test_every_call_is_described_and_every_description_is_a_call(app):
    real = {
        (re.sub(r"<(?:uuid:|int:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.rule not in DOCUMENTATION
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in document()["paths"].items() for method in methods}

    assert real == described


def test_every_reference_in_the_document_leads_somewhere():
    text = json.dumps(document())
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))

    assert names
    assert names <= document()["components"]["schemas"].keys()


def test_every_described_error_is_one_that_the_code_raises():
    sources = "\n".join(path.read_text(encoding="utf-8") for folder in CODE for path in folder.rglob("*.py"))
    codes = {code for call in CALLS for _, codes in call.errors for code in codes}

    assert [code for code in sorted(codes) if f'"{code}"' not in sources.replace("openapi.py", "")] == []


def test_every_member_of_a_body_is_required_or_has_a_default():
    schemas = document()["components"]["schemas"]

    assert schemas["EventsRequest"]["required"] == ["lease", "queued", "events"]
    assert schemas["OpenRequest"]["required"] == ["device"]
    assert schemas["Event"]["additionalProperties"] is False


def test_the_document_and_its_page_are_open_to_everybody(client):
    reply = client.get("/api/v1/openapi.json")
    page = client.get("/api/v1/")

    assert reply.get_json()["openapi"] == "3.1.0"
    assert page.status_code == 200
    for call in CALLS:
        assert f"/api/v1{call.path}" in page.text
    outside = [address for address in re.findall(r'(?:src|href)="([^"]+)"', page.text) if "//" in address]
    assert outside == []


def test_an_unknown_address_is_a_problem_document(client):
    reply = client.get("/api/v1/nothing")

    assert reply.status_code == 404
    assert reply.mimetype == "application/problem+json"
    assert reply.get_json().keys() >= {"type", "title", "status", "code", "detail", "request_id"}
