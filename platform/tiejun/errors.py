"""Errors that tell the caller what to do: a family with a status, translated in one place (web.py)."""

from dataclasses import dataclass
from typing import Any


class SettingsError(Exception):
    """The environment holds settings that cannot be used; `problems` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Problem:
    """One fault in something that a person handed in.

    `where` is the row, line or article ("名册!12"), `field` the column or field, `message` a sentence.
    """

    where: str
    field: str
    message: str


class DomainError(Exception):
    """A request that cannot be carried out; nothing was changed.

    `message` is a Chinese sentence for the person who asked (the catalogues translate it), `code` a
    stable word for programs, `details` further members of the problem document (RFC 9457).
    """

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = details


class NotFound(DomainError):
    """The thing does not exist, or this person may not know that it does."""

    status = 404
    code = "not_found"


class Forbidden(DomainError):
    """The person is known, but may not do this."""

    status = 403
    code = "forbidden"


class Conflict(DomainError):
    """The state of things does not allow this now."""

    status = 409
    code = "conflict"


class TooMany(DomainError):
    """Asked too often; `details["retry_after"]` has the seconds to wait."""

    status = 429
    code = "too_many"


class Unavailable(DomainError):
    """The disk or the database refuses at the moment; nothing was taken over, try again."""

    status = 503
    code = "unavailable"


class Rejected(DomainError):
    """An import or form with faults: `problems` names each; nothing was changed."""

    code = "rejected"

    def __init__(self, message: str, problems: list[Problem]) -> None:
        super().__init__(message, problems=[vars(p) for p in problems])
        self.problems = problems
