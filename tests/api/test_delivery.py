"""The delivery API as its callers see it: the whole way, and who may not go it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.api.callers import API, DEVICE, START_MS, answer, bearer, code_of, open_desk, sign_in
from tests.exams.engine.factories import HOUR, PAPER, PASSWORD, a_sitting
from tests.support.clock import START
from tiejun.exams.models import Registration, ResponseEvent
from tiejun.exams.result_models import Result, Verdict

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(database):
    return a_sitting(database, allows_api=True)


@pytest.fixture
def officer(database, world):
    return bearer(database, world.logins[0])


@pytest.fixture
def other_officer(database, world):
    return bearer(database, world.logins[1])


@pytest.fixture
def desk(client, world, officer):
    return open_desk(client, world.sitting, officer)


def stored(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(ResponseEvent))


def test_a_client_signs_in_sits_the_exam_and_hands_in(client, world, clock):
    asked = {"login": world.logins[0], "password": PASSWORD}
    token = client.post(f"{API}/auth/token", json=asked).get_json()
    headers = {"Authorization": f"Bearer {token['token']}"}
    assert token["expires_at"] == "2026-11-20T01:30:00.000Z"

    assert client.get(f"{API}/me", headers=headers).get_json()["roles"] == ["officer"]
    sitting = client.get(f"{API}/me/sittings", headers=headers).get_json()["sittings"][0]
    assert (sitting["state"], sitting["starts_at"]) == ("open", "2026-11-20T01:00:00.000Z")

    desk = open_desk(client, sitting["id"], headers)
    assert desk.opened["paper"] == PAPER
    assert desk.opened["deadline"] == "2026-11-20T02:00:00.000Z"
    assert desk.opened["server_now"] == "2026-11-20T01:00:00.000Z"
    assert (desk.opened["responses"], desk.opened["last_seq"], desk.opened["state"]) == ({}, 0, "open")

    clock.time += MINUTE
    saved = desk.save(answer(1), answer(2, 4, ["五日", "十日"]), answer(3, 1, None)).get_json()
    assert saved == {
        "acked_seq": 3,
        "stored": [1, 2, 3],
        "late": [],
        "server_now": "2026-11-20T01:01:00.000Z",
        "deadline": "2026-11-20T02:00:00.000Z",
        "state": "open",
        "notices": [],
    }

    receipt = desk.submit(3)
    assert receipt.get_json() == {
        "submitted_at": "2026-11-20T01:01:00.000Z",
        "answered": 1,
        "total": 5,
        "last_seq": 3,
        "chain_hash": None,
        "signature": None,
    }
    assert desk.submit(3).get_json() == receipt.get_json()

    mine = client.get(f"{API}/attempts/{desk.opened['attempt']}", headers=headers).get_json()
    assert (mine["state"], mine["responses"], mine["result"]) == ("submitted", {"4": ["五日", "十日"]}, None)


def test_a_browser_opens_by_cookie_with_the_token_of_its_page(app, client, database):
    world = a_sitting(database, allows_api=False)
    csrf = sign_in(app, client, database, world.logins[0])
    address = f"{API}/sittings/{world.sitting}/attempt"

    assert code_of(client.post(address, json={"device": DEVICE})) == (400, "csrf")
    assert client.post(address, json={"device": DEVICE}, headers={"X-CSRFToken": csrf}).status_code == 200


def test_a_bearer_token_beside_a_cookie_does_not_open_a_live_sitting(app, client, database):
    world = a_sitting(database, allows_api=False)
    address = f"{API}/sittings/{world.sitting}/attempt"
    headers = bearer(database, world.logins[0])

    assert code_of(client.post(address, json={"device": DEVICE}, headers=headers)) == (403, "browser_only")
    sign_in(app, client, database, world.logins[0])
    assert code_of(client.post(address, json={"device": DEVICE}, headers=headers)) == (400, "csrf")


def test_nobody_goes_in_without_signing_in(client, world):
    for address in ("/me", "/me/sittings", f"/sittings/{world.sitting}/paper", f"/attempts/{world.sitting}"):
        assert code_of(client.get(API + address)) == (401, "not_signed_in")
    address = f"{API}/sittings/{world.sitting}/attempt"
    assert code_of(client.post(address, json={"device": DEVICE})) == (401, "not_signed_in")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_paper_is_not_handed_out_over_a_plain_connection(client, world, officer):
    address = f"{API}/sittings/{world.sitting}/attempt"
    far = {"REMOTE_ADDR": "10.1.2.3"}

    plain = client.post(address, json={"device": DEVICE}, headers=officer, environ_overrides=far)
    assert code_of(plain) == (403, "https_required")
    over_tls = client.post(
        address,
        json={"device": DEVICE},
        headers=officer,
        environ_overrides={**far, "wsgi.url_scheme": "https"},
    )
    assert over_tls.status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("before", "status"),
    [(31 * MINUTE, 409), (30 * MINUTE, 200), (timedelta(), 200)],
    ids=["31 minutes before", "30 minutes before", "at the start"],
)
def test_the_waiting_room_names_the_form_half_an_hour_before(client, database, clock, world, before, status):
    clock.time = START - before
    headers = bearer(database, world.logins[0], clock.time)

    reply = client.get(f"{API}/sittings/{world.sitting}/paper", headers=headers)

    assert reply.status_code == status
    if status == 200:
        assert reply.get_json().keys() == {"form", "hash", "sealed"}
        assert reply.get_json()["sealed"] is False


def test_the_paper_does_not_open_before_the_start(client, database, clock, world):
    clock.time = START - timedelta(seconds=1)
    headers = bearer(database, world.logins[0], clock.time)

    reply = client.post(f"{API}/sittings/{world.sitting}/attempt", json={"device": DEVICE}, headers=headers)

    assert code_of(reply) == (409, "not_open_yet")


def test_another_officers_attempt_is_not_found(client, world, desk, other_officer):
    address = f"{API}/attempts/{desk.opened['attempt']}"
    assert code_of(client.get(address, headers=other_officer)) == (404, "not_found")

    theirs = open_desk(client, world.sitting, other_officer)
    theirs.opened["attempt"] = desk.opened["attempt"]
    assert code_of(theirs.save(answer(1))) == (404, "not_found")
    assert code_of(theirs.submit(0)) == (404, "not_found")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "header",
    [None, "Attempt", "Attempt x", "Attempt h1.e30.x", "Bearer x", "Basic x"],
)
def test_answers_need_an_attempt_token_of_ours(client, database, desk, header):
    address = f"{API}/attempts/{desk.opened['attempt']}/events"
    sent = {"lease": desk.opened["lease"], "queued": 1, "events": [answer(1)]}

    reply = client.put(address, json=sent, headers={"Authorization": header} if header else {})

    assert code_of(reply) == (401, "bad_token")
    assert stored(database) == 0


def test_an_expired_sign_in_does_not_stop_the_exam(client, database, clock, officer, desk):
    clock.time += 45 * MINUTE

    assert code_of(client.get(f"{API}/me", headers=officer)) == (401, "not_signed_in")
    assert desk.save(answer(1)).get_json()["stored"] == [1]
    assert desk.submit(1).status_code == 200
    assert stored(database) == 1


def test_a_late_packet_is_kept_and_the_candidate_is_told(database, clock, desk):
    clock.time += HOUR

    reply = desk.save(answer(1, at_ms=START_MS)).get_json()

    assert (reply["state"], reply["late"], reply["stored"]) == ("expired", [1], [1])
    assert "两名工作人员" in reply["notices"][0]["message"]
    assert stored(database) == 1


def test_a_replayed_packet_is_stored_once(database, desk):
    first, again = desk.save(answer(1)), desk.save(answer(1))

    assert first.get_json() == again.get_json()
    assert stored(database) == 1


def test_a_used_number_with_another_payload_is_never_acknowledged(database, desk):
    desk.save(answer(1))

    reply = desk.save(answer(2, 3, True), answer(1, 1, "q2"))

    assert code_of(reply) == (409, "seq_conflict")
    assert reply.get_json()["seq"] == 1
    assert stored(database) == 1


def test_an_unknown_slot_is_named_and_nothing_is_stored(database, desk):
    reply = desk.save(answer(1), answer(2, 99))

    assert code_of(reply) == (422, "unknown_slot")
    assert reply.get_json()["slot"] == 99
    assert stored(database) == 0


def test_a_value_of_the_wrong_shape_is_named_and_nothing_is_stored(database, desk):
    reply = desk.save(answer(1), answer(2, 2, "a1"))

    assert code_of(reply) == (422, "bad_value")
    assert reply.get_json()["slot"] == 2
    assert "列表" in reply.get_json()["reason"]
    assert stored(database) == 0


def test_a_second_device_without_a_code_is_refused(client, world, officer, desk):
    address = f"{API}/sittings/{world.sitting}/attempt"

    reply = client.post(address, json={"device": "device-two"}, headers=officer)
    wrong = client.post(address, json={"device": "device-two", "takeover_code": "000000"}, headers=officer)

    assert code_of(reply) == (409, "lease_held")
    assert code_of(wrong) == (409, "bad_takeover_code")
    assert desk.save(answer(1)).status_code == 200


def test_a_reload_brings_back_everything(client, world, officer, desk):
    desk.save(answer(1), answer(2, 3, False))

    again = open_desk(client, world.sitting, officer)

    assert again.opened["lease"] == desk.opened["lease"]
    assert again.opened["responses"] == {"1": "k7", "3": False}
    assert again.opened["last_seq"] == 2


def test_a_hand_in_names_the_ranges_still_missing(desk):
    desk.save(answer(2))

    reply = desk.submit(4)

    assert code_of(reply) == (409, "missing_events")
    assert reply.get_json()["missing"] == [[1, 1], [3, 4]]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("lease", "x"),
        ("queued", -1),
        ("queued", "1"),
        ("events", {}),
        ("events", [{"seq": 0, "slot": 1, "value": None, "at_ms": 1}]),
        ("events", [{"seq": 1, "slot": 1, "at_ms": 1}]),
        ("events", [{"seq": 1, "slot": 1, "value": None, "at_ms": 1e30}]),
        ("more", 1),
    ],
)
def test_a_malformed_batch_is_refused_by_member(database, desk, member, value):
    reply = desk.save(**{member: value})

    assert code_of(reply) == (422, "invalid")
    assert reply.get_json()["errors"][0]["field"].startswith(member)
    assert stored(database) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'"\\ud800"', b"[" * 100_000])
def test_what_is_not_a_json_object_is_refused(client, desk, text):
    address = f"{API}/attempts/{desk.opened['attempt']}/events"

    reply = client.put(address, data=text, content_type="application/json", headers=desk.token)

    assert code_of(reply) == (422, "invalid")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_batch_has_a_limit_in_number_and_in_size(database, desk):
    assert code_of(desk.save(*(answer(n) for n in range(1, 202)))) == (413, "too_large")
    essays = (answer(n, 5, "论" * 20_000) for n in range(1, 6))
    assert code_of(desk.save(*essays)) == (413, "too_large")
    assert stored(database) == 0

    assert desk.save(*(answer(n) for n in range(1, 201))).get_json()["acked_seq"] == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_lease_that_floods_is_slowed_down_and_others_are_not(client, clock, world, desk, other_officer):
    replies = [desk.save() for _ in range(61)]

    assert [reply.status_code for reply in replies] == [200] * 60 + [429]
    assert (code_of(replies[-1])[1], replies[-1].headers["Retry-After"]) == ("too_many", "1")
    assert open_desk(client, world.sitting, other_officer).save().status_code == 200
    clock.time += timedelta(seconds=1)
    assert desk.save().status_code == 200


def test_the_result_shows_once_it_is_released(client, database, officer, desk):
    desk.submit(0)
    address = f"{API}/attempts/{desk.opened['attempt']}"
    declare(database, released_at=None, revision=1)
    assert client.get(address, headers=officer).get_json()["result"] is None

    declare(database, released_at=START + HOUR, revision=2)

    shown = client.get(address, headers=officer).get_json()["result"]
    assert shown == {
        "verdict": "pass",
        "score": 7.5,
        "cut_score": 6.0,
        "released_at": "2026-11-20T02:00:00.000Z",
    }


def declare(database, released_at, revision):
    with database.transaction() as db:
        seat = db.scalars(select(Registration).where(Registration.seat == 1)).one()
        db.add(
            Result(
                registration_id=seat.id,
                sitting_id=seat.sitting_id,
                person_id=seat.person_id,
                attempt_id=1,
                revision=revision,
                reason="首次宣布",
                raw_score=7.5,
                cut_score=6,
                verdict=Verdict.PASS,
                declared_by="考务员",
                declared_at=START,
                released_at=released_at,
            )
        )


def test_wrong_passwords_are_refused_then_delayed_then_locked(client, clock, world):
    asked = {"login": world.logins[0], "password": "wrong"}

    assert code_of(client.post(f"{API}/auth/token", json=asked)) == (422, "bad_credentials")
    for _ in range(4):
        clock.time += MINUTE
        client.post(f"{API}/auth/token", json=asked)
    locked = client.post(f"{API}/auth/token", json={**asked, "password": PASSWORD})
    assert code_of(locked) == (429, "locked")
    assert int(locked.headers["Retry-After"]) > 0
