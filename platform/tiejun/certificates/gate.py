"""The card gate: whether an application for the enforcement card may go out. Pure.

Source: 环办执法〔2022〕21号 第八条: no card to the untrained or the failed. Nobody can override
the gate; what is wrong with the data is corrected, and asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tiejun.certificates.rules import CertificateState, Level


class Reason(StrEnum):
    """Why an application may not go out."""

    NOT_ON_ROSTER = "not_on_roster"  # 不在岗: in no post that day within the asker's reach, or unknown
    NOT_PERMANENT_STAFF = "not_permanent_staff"  # 非正式编制
    NO_CERTIFICATE = "no_certificate"  # none of the level and tier that the post and the card need
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_REVOKED = "certificate_revoked"


@dataclass(frozen=True)
class Applicant:
    """What the roster says of somebody on the day; level and tier are those that the next card needs."""

    is_permanent_staff: bool
    level: str
    tier: str


@dataclass(frozen=True)
class Held:
    """A certificate that the applicant holds, with its state on the day."""

    number: str
    level: str
    tier: str
    valid_until: date
    state: CertificateState


@dataclass(frozen=True)
class Verdict:
    """What the gate says; `certificate` is the one that opens it."""

    reasons: tuple[Reason, ...]
    certificate: Held | None

    @property
    def is_eligible(self) -> bool:
        """Whether the application may go out."""
        return not self.reasons


def judge(applicant: Applicant | None, held: Sequence[Held]) -> Verdict:
    """Return whether somebody with these certificates may apply.

    A national certificate serves where a provincial one is asked for (a proposal of ours; the circular says
    only who must attend which level).
    """
    if applicant is None:
        return Verdict((Reason.NOT_ON_ROSTER,), None)
    reasons = [] if applicant.is_permanent_staff else [Reason.NOT_PERMANENT_STAFF]
    levels = (applicant.level, Level.NATIONAL)
    fitting = [one for one in held if one.tier == applicant.tier and one.level in levels]
    valid = [one for one in fitting if one.state == CertificateState.VALID]
    if not valid:
        reasons.append(_lacking(fitting))
    newest = max(valid, key=lambda one: one.valid_until, default=None)
    return Verdict(tuple(reasons), newest if not reasons else None)


def _lacking(fitting: Sequence[Held]) -> Reason:
    states = {one.state for one in fitting}
    if CertificateState.EXPIRED in states:
        return Reason.CERTIFICATE_EXPIRED
    return Reason.CERTIFICATE_REVOKED if CertificateState.REVOKED in states else Reason.NO_CERTIFICATE
