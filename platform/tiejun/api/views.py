"""The delivery API, version 1. Candidates' answers come in here, from the browser as from API clients."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from question_bank.words import said
from tiejun.access import Permission, persona, public, require
from tiejun.api import schemas
from tiejun.api.calls import (
    attempt_claims,
    body,
    came_by_token,
    protect_cookies,
    reply,
    require_safe_transport,
)
from tiejun.api.openapi import document
from tiejun.errors import Conflict
from tiejun.exams import queries, service, tokens
from tiejun.people.sign_in import Caller, authenticate, open_session
from tiejun.web import actor, core, csrf, now, reading, settings, transaction

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)
bp.before_request(protect_cookies)


@bp.get("/")
@public
def documentation() -> ResponseReturnValue:
    """Show the API's documentation."""
    return render_template("api/documentation.html", document=document())


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """Return the API's description for programs (OpenAPI 3.1)."""
    return jsonify(document())


@bp.post("/auth/token")
@public
def token() -> ResponseReturnValue:
    """Give an API client a bearer token."""
    asked = body(schemas.TokenRequest)
    account = authenticate(core().database, asked.login, asked.password, now(), settings())
    caller = Caller(request.remote_addr, request.headers.get("User-Agent"))
    with transaction() as db:
        sid = open_session(db, account, "api", caller, now())
    idle = timedelta(minutes=settings().idle_minutes)
    return reply(schemas.TokenReply(token=sid, expires_at=now() + idle))


@bp.get("/me")
@require(Permission.SELF_USE)
def me() -> ResponseReturnValue:
    """Say who the caller is."""
    who = persona()
    roles = sorted(role.value for role in who.roles)
    return reply(
        schemas.Me(id=who.public_id, login=who.login, name=who.name, unit=who.unit_name, roles=roles)
    )


@bp.get("/me/sittings")
@require(Permission.EXAM_SIT)
def my_sittings() -> ResponseReturnValue:
    """List the sittings the caller is registered for."""
    with reading() as db:
        found = service.my_sittings(db, persona().person_id, now())
    return reply(schemas.MySittings(sittings=[schemas.SittingOut(**vars(sitting)) for sitting in found]))


@bp.get("/sittings/<uuid:sitting>/paper")
@require(Permission.EXAM_SIT)
def paper(sitting: UUID) -> ResponseReturnValue:
    """Name the caller's form, once the waiting room is open."""
    with reading() as db:
        found = queries.paper_hash(db, sitting, persona().person_id, now())
    if found is None:
        raise Conflict(said("候考室还没有开放，或者场次已经结束。"), code="not_open_yet")
    return reply(schemas.PaperOut(form=found[0], hash=found[1], sealed=False))


@bp.post("/sittings/<uuid:sitting>/attempt")
@require(Permission.EXAM_SIT)
def open_attempt(sitting: UUID) -> ResponseReturnValue:
    """Open or resume the caller's attempt on one device."""
    require_safe_transport()
    asked = body(schemas.OpenRequest)
    agent = request.headers.get("User-Agent")
    entry = service.Entry(
        persona().person_id, asked.device, actor(), asked.takeover_code, agent, came_by_token()
    )
    return reply(_opened(service.open_attempt(core().database, sitting, entry, now())))


def _opened(found: service.Opened) -> schemas.Opened:
    return schemas.Opened(
        attempt=found.claims.attempt,
        lease=found.claims.lease,
        token=tokens.issue(found.claims, settings().secret_key),
        paper=dict(found.paper.document),
        server_now=now(),
        deadline=found.deadline,
        state="open",
        responses=found.responses,
        last_seq=found.last_seq,
    )


@bp.put("/attempts/<uuid:attempt>/events")
@public
def events(attempt: UUID) -> ResponseReturnValue:
    """Store a batch of answers. Needs the attempt token alone: a sign-in may end in mid-exam."""
    claims = attempt_claims(attempt)
    asked = body(schemas.EventsRequest)
    sent = [service.Sent(event.seq, event.slot, event.value, _instant(event.at_ms)) for event in asked.events]
    grace = timedelta(seconds=settings().sync_grace_seconds)
    with transaction() as db:
        acked = service.record_events(
            db, claims, service.Batch(asked.lease, asked.queued, sent), now(), grace
        )
    return _acked(acked)


def _instant(at_ms: float) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _acked(acked: service.Acked) -> Response:
    told = [
        schemas.NoticeOut(code=notice.code, message=gettext(notice.message, **notice.params))
        for notice in acked.notices
    ]
    return reply(
        schemas.EventsReply(
            acked_seq=acked.acked_seq,
            stored=acked.stored,
            late=acked.late,
            server_now=now(),
            deadline=acked.deadline,
            state=acked.state.value,
            notices=told,
        )
    )


@bp.post("/attempts/<uuid:attempt>/submit")
@public
def submit(attempt: UUID) -> ResponseReturnValue:
    """Hand in; the receipt comes back however often it is asked for."""
    claims = attempt_claims(attempt)
    asked = body(schemas.SubmitRequest)
    with transaction() as db:
        receipt = service.submit(db, claims, asked.lease, asked.last_seq, now())
    return reply(schemas.SubmitReply(**vars(receipt)))


@bp.get("/attempts/<uuid:attempt>")
@require(Permission.EXAM_SIT)
def attempt_state(attempt: UUID) -> ResponseReturnValue:
    """Show the caller's own attempt; after the release with its result."""
    with reading() as db:
        found = queries.attempt_view(db, attempt, persona().person_id, now())
    shown = vars(found) | {"result": found.result and schemas.ResultOut(**vars(found.result))}
    return reply(schemas.AttemptOut(**shown))
