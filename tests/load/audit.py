"""The final audit: what was acknowledged against what is stored, and everything that follows from it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.load.answers import Paper
from tests.load.journal import Journal
from tests.load.report import Report
from tiejun.certificates.models import Certificate
from tiejun.db import Database
from tiejun.exams.models import Attempt, Lease, Registration, ResponseEvent, Sitting
from tiejun.exams.result_models import Result, SlotScore
from tiejun.people.models import Person

CUT = Decimal(60)


@dataclass
class Marks:
    """What the markers gave, as they noted it themselves: points by attempt and slot, in the order given."""

    given: dict[tuple[str, int], list[Decimal]] = field(default_factory=lambda: defaultdict(list))

    def final(self, attempt: str, slot: int, maximum: Decimal) -> Decimal:
        """Return the points that must come of the marks: one alone, the mean of two, or the third's."""
        found = self.given.get((attempt, slot), [])
        if len(found) == 3:
            return found[2]
        if len(found) == 2:
            assert abs(found[0] - found[1]) <= maximum / 5
            return (found[0] + found[1]).to_integral_value(ROUND_CEILING) / 2
        return found[0] if found else Decimal(0)


def compare_events(
    database: Database, sitting: str, journals: Iterable[Journal], report: Report, label: str
) -> None:
    """Check that the stored events of a sitting are the acknowledged ones, each once, and nothing foreign."""
    by_lease = {(journal.attempt, journal.lease): journal for journal in journals}
    stored = _stored(database, sitting)
    for journal in by_lease.values():
        for contradiction in journal.contradictions:
            report.check(False, f"lease {journal.lease}: {contradiction}")
    counts: Counter[str] = Counter()
    foreign = set(stored) - set(by_lease)
    report.check(not foreign, f"events under leases that no client knows: {sorted(foreign)}")
    for lease, journal in by_lease.items():
        counts += compare_lease(journal, stored.get(lease, []), report)
    lost, altered = counts["acknowledged, but not stored"], counts["stored otherwise than acknowledged"]
    report.equal(
        "acknowledged events that are lost, altered or doubled",
        (lost, altered, counts["stored twice"]),
        (0, 0, 0),
    )
    report.equal("stored events that nobody sent", counts["stored, but never sent"], 0)
    report.figure(
        f"{label}: events given out / sent / acknowledged / stored",
        " / ".join(str(counts[name]) for name in ("given out", "sent", "acknowledged", "stored")),
    )
    report.figure(
        f"{label}: sent, never acknowledged: stored / not stored",
        f"{counts['unheard stored']} / {counts['unheard gone']}",
    )


def _stored(database: Database, sitting: str) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    """Return (number, slot, value) of all stored events of a sitting by attempt and lease."""
    found: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
    with database.reading() as db:
        rows = db.execute(
            select(
                Lease.public_id, Attempt.public_id, ResponseEvent.seq, ResponseEvent.slot, ResponseEvent.value
            )
            .join(Lease, Lease.id == ResponseEvent.lease_id)
            .join(Attempt, Attempt.id == ResponseEvent.attempt_id)
            .join(Sitting, Sitting.id == Attempt.sitting_id)
            .where(Sitting.public_id == UUID(sitting))
        )
        for lease, attempt, seq, slot, value in rows:
            found[str(attempt), str(lease)].append((seq, slot, value))
    return found


def compare_lease(journal: Journal, rows: list[tuple[int, int, str]], report: Report) -> Counter[str]:
    counts: Counter[str] = Counter()
    by_seq: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for seq, slot, value in rows:
        by_seq[seq].append((slot, value))
    for entry in journal.entries.values():
        counts["given out"] += 1
        counts["sent"] += entry.sent > 0
        there = by_seq.pop(entry.seq, [])
        counts["stored"] += len(there)
        counts["stored twice"] += len(there) > 1
        if entry.acked_at is not None:
            counts["acknowledged"] += 1
            counts["acknowledged, but not stored"] += not there
        elif entry.sent:
            counts["unheard stored" if there else "unheard gone"] += 1
        wrong = there and (there[0] != entry.payload or not entry.sent)
        counts["stored otherwise than acknowledged"] += bool(wrong)
        if wrong or (entry.acked_at and not there):
            report.check(
                False, f"lease {journal.lease} number {entry.seq}: sent {entry.payload}, stored {there}"
            )
    counts["stored, but never sent"] += sum(map(len, by_seq.values()))
    counts["stored"] += sum(map(len, by_seq.values()))
    return counts


@dataclass(frozen=True)
class Declared:
    """A declared result with the scores behind it."""

    name: str
    attempt: str
    form_id: int
    raw: Decimal
    verdict: str
    objective: dict[int, Decimal]


def declared(database: Database, sitting: str) -> list[Declared]:
    """Return the current results of a sitting."""
    with database.reading() as db:
        rows = db.execute(
            select(Result, Person.name, Attempt, Registration.form_id)
            .join(Sitting, Sitting.id == Result.sitting_id)
            .join(Registration, Registration.id == Result.registration_id)
            .join(Person, Person.id == Result.person_id)
            .outerjoin(Attempt, Attempt.id == Result.attempt_id)
            .where(Sitting.public_id == UUID(sitting), Result.is_current)
        )
        return [
            Declared(
                name,
                str(attempt.public_id) if attempt else "",
                form_id,
                Decimal(str(result.raw_score)),
                str(result.verdict),
                _machine(db, attempt.id) if attempt else {},
            )
            for result, name, attempt, form_id in rows
        ]


def _machine(db: Session, attempt_id: int) -> dict[int, Decimal]:
    rows = db.execute(
        select(SlotScore.slot, SlotScore.points).where(
            SlotScore.attempt_id == attempt_id, SlotScore.round == 0
        )
    )
    return {slot: Decimal(str(points)) for slot, points in rows}


def compare_scores(
    found: list[Declared],
    answers: dict[str, dict[int, Any]],
    papers: dict[int, Paper],
    marks: Marks,
    report: Report,
) -> None:
    """Check every declared result against the journals: objective points slot by slot, total, verdict.

    Args:
        answers: the last acknowledged answers by attempt, from the clients' own journals.
        papers: the keys by form.
    """
    for one in found:
        if not one.attempt:
            report.equal(f"{one.name}: verdict without an attempt", one.verdict, "absent")
            continue
        paper = papers[one.form_id]
        points = paper.points(answers[one.attempt])
        machine = {key.slot: one.objective.get(key.slot, Decimal(0)) for key in paper.objective}
        differing = {slot: (machine[slot], points[slot]) for slot in points if machine[slot] != points[slot]}
        report.check(not differing, f"{one.name}: slots scored (declared, recomputed): {differing}")
        essays = sum((marks.final(one.attempt, key.slot, key.points) for key in paper.essays), Decimal(0))
        total = sum(points.values(), Decimal(0)) + essays
        report.equal(f"{one.name}: total", one.raw, total)
        report.equal(f"{one.name}: verdict", one.verdict, "pass" if total >= CUT else "fail")


def compare_certificates(database: Database, holders: set[str], report: Report) -> list[Certificate]:
    """Check that exactly these officers hold certificates, numbered from 1 in each year without a gap."""
    with database.reading() as db:
        found = list(db.scalars(select(Certificate).order_by(Certificate.id)))
    report.equal("certificates by name", sorted(row.name for row in found), sorted(holders))
    for year in sorted({row.year for row in found}):
        numbers = sorted(row.number for row in found if row.year == year)
        report.equal(f"numbers of {year}", numbers, [f"51{year}{n:04d}" for n in range(1, len(numbers) + 1)])
        report.figure(f"certificates {year}", f"{numbers[0]} to {numbers[-1]}")
    return found
