"""A result as the exams report it: who, which programme, pass or fail, and the completed training."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tiejun.certificates.rules import TIER_WORDS, Level

PASS = "pass"


class BadStatement(ValueError):
    """The message lacks something; it stays in the outbox until the sender is mended."""


@dataclass(frozen=True, slots=True)
class Training:
    """The completed post training of the result's level and tier; `hours` in 学时."""

    class_name: str
    completed_on: date
    hours: float
    syllabus_version: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One revision of one result. It carries no item, no response and no score; `payload` is as received."""

    attempt: str
    revision: int
    person: UUID
    name: str
    id_masked: str
    unit: str
    is_xpcc: bool
    programme: str
    level: Level
    tier: str
    verdict: str
    exam_day: date
    reason: str
    training: Training | None
    payload: dict[str, Any]

    @property
    def key(self) -> str:
        """What makes it the same statement when it is delivered again."""
        return f"{self.attempt}:{self.revision}"

    @property
    def passed(self) -> bool:
        """Whether the result is a pass."""
        return self.verdict == PASS


def read_statement(payload: dict[str, Any]) -> Statement:
    """Return the statement in a message.

    Raises:
        BadStatement: naming what is missing or unreadable.
    """
    try:
        person, tier = payload["person"], str(payload["tier"])
        if tier not in TIER_WORDS:
            raise ValueError(f"tier {tier}")
        return Statement(
            attempt=str(payload["attempt"]),
            revision=int(payload["revision"]),
            person=UUID(str(person["public_id"])),
            name=str(person["name"]),
            id_masked=str(person["id_masked"]),
            unit=str(person["unit"]),
            is_xpcc=bool(person.get("is_xpcc", False)),
            programme=str(payload["programme"]),
            level=Level(payload["level"]),
            tier=tier,
            verdict=str(payload["verdict"]),
            exam_day=date.fromisoformat(payload["exam_day"]),
            reason=str(payload.get("reason") or ""),
            training=_training(payload.get("training")),
            payload=payload,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadStatement(f"exam.result: {error!r}") from error


def _training(found: dict[str, Any] | None) -> Training | None:
    if found is None:
        return None
    return Training(
        class_name=str(found["class_name"]),
        completed_on=date.fromisoformat(found["completed_on"]),
        hours=float(found["hours"]),
        syllabus_version=str(found["syllabus_version"]),
    )
