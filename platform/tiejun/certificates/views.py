"""Pages of certificates: the register, one's own, one certificate, revocation, verification."""

import io
from collections.abc import Iterable

from flask import Blueprint, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, public, require
from tiejun.certificates import queries, rules, service
from tiejun.certificates.forms import RevokeForm
from tiejun.certificates.models import Certificate
from tiejun.certificates.paper import certificate_paper, verify_url
from tiejun.certificates.queries import Search
from tiejun.certificates.rules import CertificateState, Level, Outcome, masked_name
from tiejun.clock import beijing
from tiejun.errors import NotFound
from tiejun.prints.render import render_certificate
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

bp = Blueprint("certificates", __name__)
WAITING = (Outcome.BLOCKED, Outcome.AWAITING_TRAINING)
WORDS = {
    "level_words": rules.LEVEL_WORDS,
    "tier_words": rules.TIER_WORDS,
    "state_words": rules.STATE_WORDS,
    "outcome_words": rules.OUTCOME_WORDS,
}


@bp.context_processor
def _words() -> dict[str, object]:
    return {**WORDS, "today": beijing(now()).date()}


@bp.get("/certificates")
@require(Permission.CERTIFICATE_VIEW)
def register() -> ResponseReturnValue:
    """The register of certificates in one's units, searched and filtered."""
    search = _search()
    with reading() as db:
        page = queries.register(db, search, persona(), beijing(now()).date())
        waiting = sum(queries.waiting_count(db, persona(), outcome) for outcome in WAITING)
        used = queries.numbers_used(db, beijing(now()).year)
    return render_template(
        "certificates/register.html",
        page=page,
        waiting=waiting,
        used=used if rules.runs_low(used) else 0,
        searched=search != Search(page=search.page),
    )


@bp.get("/certificates/waiting")
@require(Permission.CERTIFICATE_VIEW)
def waiting() -> ResponseReturnValue:
    """Passes without a certificate: those waiting for training, those that cannot be certified yet."""
    with reading() as db:
        lists = {str(outcome): queries.waiting(db, persona(), outcome) for outcome in WAITING}
        counts = {str(outcome): queries.waiting_count(db, persona(), outcome) for outcome in WAITING}
    return render_template("certificates/waiting.html", lists=lists, counts=counts)


@bp.post("/certificates/waiting")
@require(Permission.CERTIFICATE_MANAGE)
def retry() -> ResponseReturnValue:
    """Decide a blocked pass anew."""
    key = request.form.get("key", "")
    with transaction() as db:
        row = service.retry(db, key, persona(), settings(), actor(), now())
        done, name, reason = row.outcome == Outcome.ISSUED, row.name, row.reason
    if done:
        notice(_("已为%(name)s发证。", name=name))
    else:
        notice(_("%(name)s仍不能发证：%(reason)s", name=name, reason=translated(reason)), "due")
    return redirect(url_for(".waiting"), 303)


@bp.get("/my/certificates")
@require(Permission.EXAM_SIT)
def mine() -> ResponseReturnValue:
    """The signed-in officer's certificates, and passes that have none yet."""
    with reading() as db:
        rows = queries.own(db, persona())
        waiting = queries.own_waiting(db, persona())
    return render_template("certificates/mine.html", rows=rows, waiting=waiting)


@bp.get("/certificates/<number>")
@require(Permission.SELF_USE)
def certificate(number: str) -> ResponseReturnValue:
    """One certificate, for its holder and for those who see the holder's unit."""
    with reading() as db:
        row = queries.visible(db, number, persona())
    return render_template(
        "certificates/certificate.html",
        row=row,
        address=verify_url(row, settings().base_url),
        may_revoke=persona().covers(Permission.CERTIFICATE_MANAGE, row.unit_path),
    )


@bp.get("/certificates/<number>.pdf")
@require(Permission.SELF_USE)
def paper(number: str) -> ResponseReturnValue:
    """One certificate in print."""
    with reading() as db:
        row = queries.visible(db, number, persona())
    pdf = render_certificate(certificate_paper(row, settings().base_url), row.revoked_at or row.issued_at)
    name = f"岗位培训合格证书-{number}.pdf"
    return send_file(io.BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)


@bp.get("/certificates/<number>/revoke")
@require(Permission.CERTIFICATE_MANAGE)
def revoke_form(number: str) -> ResponseReturnValue:
    """The page that says what revoking does."""
    with reading() as db:
        row = queries.managed(db, number, persona())
    return render_template("certificates/revoke.html", row=row, form=RevokeForm(number=number))


@bp.post("/certificates/<number>/revoke")
@require(Permission.CERTIFICATE_MANAGE)
def revoke(number: str) -> ResponseReturnValue:
    """Revoke a certificate; its number stays in the register."""
    form = RevokeForm(request.form, number=number)
    if not form.validate():
        with reading() as db:
            row = queries.managed(db, number, persona())
        return render_template("certificates/revoke.html", row=row, form=form), 422
    with transaction() as db:
        service.revoke(db, number, str(form.reason.data), persona(), actor(), now())
    notice(_("证书 %(number)s 已撤销，编号保留。", number=number))
    return redirect(url_for(".certificate", number=number), 303)


@bp.get("/verify")
@public
def verify() -> ResponseReturnValue:
    """Ask for number and code; without JavaScript the form leads back here, and on to the answer."""
    number, code = request.args.get("number", "").strip(), request.args.get("code", "").strip()
    if number and code:
        return redirect(url_for(".verified", number=number, code=code), 303)
    return render_template("certificates/verify.html", number=number, code=code, missed=False)


@bp.get("/verify/<number>")
@public
def verified(number: str) -> ResponseReturnValue:
    """What the public may know of one certificate; the QR code leads here."""
    code = request.args.get("code", "")
    try:
        with reading() as db:
            row = queries.verified(db, number, code)
    except NotFound:
        page = render_template("certificates/verify.html", number=number, code=code, missed=True)
        return page, NotFound.status
    return render_template("certificates/verified.html", row=row, name=masked_name(row.name))


@bp.get("/api/v1/certificates/<number>")
@public
def verify_by_api(number: str) -> ResponseReturnValue:
    """The same for programs; any miss is the same 404."""
    with reading() as db:
        row = queries.verified(db, number, request.args.get("code", ""))
    return jsonify(_public_facts(row))


def _public_facts(row: Certificate) -> dict[str, str | None]:
    return {
        "number": row.number,
        "name": masked_name(row.name),
        "level": row.level,
        "tier": row.tier,
        "issuer": row.issuer_name,
        "issued_on": row.issued_on.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "state": row.state(beijing(now()).date()),
        "revoked_on": beijing(row.revoked_at).date().isoformat() if row.revoked_at else None,
    }


def _search() -> Search:
    def one_of(name: str, allowed: Iterable[str]) -> str:
        value = request.args.get(name, "")
        return value if value in set(allowed) else ""

    return Search(
        words=request.args.get("q", "")[:100],
        level=one_of("level", Level),
        tier=one_of("tier", rules.TIER_WORDS),
        state=one_of("state", CertificateState),
        page=request.args.get("page", 1, int),
    )
