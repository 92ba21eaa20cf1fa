"""The card gate for the issuing authority's system."""

from datetime import date

from flask.typing import ResponseReturnValue

from tiejun import crypto
from tiejun.access import Permission, persona, require
from tiejun.api import schemas
from tiejun.api.calls import body, reply
from tiejun.api.views import bp
from tiejun.audit import record
from tiejun.certificates.gate import Verdict
from tiejun.certificates.gate_queries import ask
from tiejun.clock import beijing
from tiejun.people.roster import id_hash
from tiejun.people.rules import normal_id_number
from tiejun.web import actor, now, settings, transaction

PURPOSE = "card-gate"

__all__ = ["bp"]


@bp.post("/enforcement-card/eligibility")
@require(Permission.CARD_CHECK)
def eligibility() -> ResponseReturnValue:
    """Say whether somebody's application may go out; every question is in the audit trail."""
    hashed = id_hash(normal_id_number(body(schemas.EligibilityRequest).id_number), settings())
    day = beijing(now()).date()
    with transaction() as db:
        person, verdict = ask(db, hashed, persona().scopes(Permission.CARD_CHECK), day)
        subject = ("person", person.public_id if person else "unknown")
        record(db, actor(), "card.checked", subject, now(), reasons=list(verdict.reasons))
    return reply(_signed(hashed, verdict, day))


def _signed(hashed: str, verdict: Verdict, day: date) -> schemas.Eligibility:
    reasons = list(verdict.reasons)
    claims = {"person": hashed, "eligible": verdict.is_eligible, "reasons": reasons, "as_of": str(day)}
    found = verdict.certificate
    return schemas.Eligibility(
        eligible=verdict.is_eligible,
        reasons=reasons,
        certificate=schemas.OpeningCertificate(
            number=found.number, level=found.level, tier=found.tier, valid_until=found.valid_until
        )
        if found
        else None,
        as_of=day,
        signature=crypto.sign_token(claims, settings().secret_key, PURPOSE),
    )
