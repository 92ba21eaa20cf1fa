"""What a lagging year asks of an officer, late in the year."""

from datetime import date, datetime

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.study.queries import YearHours
from tiejun.study.rules import is_late_in_year


def duty(who: Persona, hours: YearHours | None, now: datetime) -> list[Duty]:
    """Return the duty to make up what is missing to the year's hours; `hours` were read already."""
    today = beijing(now).date()
    if hours is None or not who.may(Permission.PRACTICE_USE):
        return []
    if not hours.missing or not is_late_in_year(today):
        return []
    why = said(
        "已认定%(done)s学时，还差%(missing)s学时。", done=f"{hours.total:g}", missing=f"{hours.missing:g}"
    )
    return [Duty(date(today.year, 12, 31), said("补足本年度学时"), why, said("去学习"), "/study")]
