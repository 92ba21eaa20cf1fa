"""The act beside the make-up board: who is ticked, which sittings are open to them, who would be late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tiejun.clock import beijing
from tiejun.exams.make_up_queries import CaseRow
from tiejun.exams.models import Exam, Sitting

NEW = "new-"


@dataclass(frozen=True)
class Option:
    """A sitting to choose, or (`sitting` None) a new one as a copy of `model`."""

    exam: Exam
    sitting: Sitting | None
    model: Sitting | None
    day: date | None
    late: tuple[str, ...]

    @property
    def value(self) -> str:
        """What the form sends when this option is chosen."""
        return str(self.sitting.id) if self.sitting is not None else f"{NEW}{self.exam.id}"


@dataclass(frozen=True)
class Panel:
    """What the panel shows for the ticked people and the chosen option."""

    ticked: Sequence[CaseRow]
    options: Sequence[Option]
    chosen: Option | None

    @property
    def late(self) -> tuple[str, ...]:
        """Names of those for whom the chosen sitting lies after their due day."""
        return self.chosen.late if self.chosen is not None else ()


def panel(
    ticked: Sequence[CaseRow],
    sittings: Iterable[tuple[Sitting, Exam]],
    models: Iterable[tuple[Exam, Sitting]],
    chosen: str,
    new_day: date | None,
) -> Panel:
    """Return the panel; without a choice the first sitting that is in time for all ticked is chosen."""
    options = [_existing(ticked, sitting, exam) for sitting, exam in sittings]
    options += [Option(exam, None, model, new_day, _late(ticked, exam, new_day)) for exam, model in models]
    wanted = [option for option in options if option.value == chosen]
    mine = {row.exam.id for row in ticked} or {option.exam.id for option in options}
    in_time = [option for option in options if not option.late and option.exam.id in mine]
    best = wanted or in_time or options
    return Panel(ticked, options, best[0] if best else None)


def _existing(ticked: Sequence[CaseRow], sitting: Sitting, exam: Exam) -> Option:
    day = beijing(sitting.starts_at).date()
    return Option(exam, sitting, None, day, _late(ticked, exam, day))


def _late(ticked: Sequence[CaseRow], exam: Exam, day: date | None) -> tuple[str, ...]:
    if day is None:
        return ()
    return tuple(row.person.name for row in ticked if row.exam.id == exam.id and row.case.due_on < day)
