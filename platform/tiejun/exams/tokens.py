"""The attempt's token: it lets one device write to one attempt, and nothing else, without a session.

It has no expiry of its own: the lease behind it can be revoked, and the attempt ends by the clock. So an
exam goes on when the sign-in ends in the middle of it.
"""

from dataclasses import dataclass
from uuid import UUID

from question_bank.words import said
from tiejun.crypto import BadSeal, read_token, sign_token
from tiejun.errors import DomainError

PURPOSE = "attempt"


class BadToken(DomainError):
    """A token is missing, was altered or belongs to something else."""

    status = 401
    code = "bad_token"


@dataclass(frozen=True)
class Claims:
    """Which attempt a token is for, and by which lease."""

    attempt: UUID
    lease: UUID


def issue(claims: Claims, key: str) -> str:
    """Return the signed token of these claims."""
    return sign_token({"a": str(claims.attempt), "l": str(claims.lease)}, key, PURPOSE)


def read(token: str, key: str) -> Claims:
    """Return what a token says.

    Raises:
        BadToken: if it was not issued by this installation.
    """
    try:
        claims = read_token(token, key, PURPOSE)
        return Claims(UUID(claims["a"]), UUID(claims["l"]))
    except (BadSeal, KeyError, ValueError) as error:
        raise BadToken(said("应试凭证无效，请重新进入考试。")) from error
