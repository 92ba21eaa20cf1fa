"""A dashboard: its figures read, put into the tables that page, charts and workbook share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from tiejun.access import Persona
from tiejun.reports import duty_table, hour_tables, outcome_tables, queries, sittings, stock_tables
from tiejun.reports.hour_tables import Hours
from tiejun.reports.queries import Staff
from tiejun.reports.rules import Attempts, Due
from tiejun.reports.sittings import Held
from tiejun.reports.tables import Table
from tiejun.reports.view import View
from tiejun.study.queries import hours_by_unit

Figure = TypeVar("Figure", Staff, Due, Hours)


@dataclass(frozen=True)
class Dashboard:
    """Everything one dashboard shows."""

    view: View
    staff: Staff
    attempts: Attempts
    due: Due
    issued: int
    hours: Hours
    held: Sequence[Held]
    released: tuple[int, int]
    tables: Mapping[str, Table]


def dashboard(db: Session, who: Persona, view: View, hour_minutes: int) -> Dashboard:
    """Return the figures of a view; `who` decides only which of them lead somewhere."""
    staff, outcomes = queries.staff(db, view), queries.outcomes(db, view)
    due = queries.make_ups(db, view)
    hours = hour_tables.by_branch(
        view, hours_by_unit(db, [view.unit.path], view.year, view.today, hour_minutes)
    )
    held, issued = sittings.unreleased(db, view), queries.issued(db, view)
    duties = duty_table.duties(
        who,
        view,
        duty_table.Facts(_total(due, Due()), queries.talks(db, view), held, queries.blocked(db, view)),
    )
    made = [
        duty_table.table(duties),
        outcome_tables.by_quarter(outcomes),
        outcome_tables.by_exam(outcomes),
        outcome_tables.by_unit(view, outcomes),
        stock_tables.make_ups_by_days(_total(due, Due())),
        stock_tables.make_ups_by_unit(view, due),
        hour_tables.hours_by_unit(view, hours),
        stock_tables.certificates_by_month(issued),
        stock_tables.expiring(queries.expiring(db, view)),
        stock_tables.staff_by_unit(view, staff),
    ]
    return Dashboard(
        view=view,
        staff=_total(staff, Staff()),
        attempts=outcome_tables.total(outcomes),
        due=_total(due, Due()),
        issued=sum(issued.values()),
        hours=_total(hours, Hours()),
        held=held,
        released=sittings.released(db, view),
        tables={table.id: table for table in made},
    )


def _total(figures: Mapping[int, Figure], nothing: Figure) -> Figure:
    return sum(figures.values(), nothing)
