"""Which instruments in-service training must include (环办执法〔2022〕21号 第四条). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from question_bank.laws import is_environmental
from tiejun import regulation
from tiejun.calendar_cn import add_months, is_recent
from tiejun.settings import Settings

KINDS = ("法律", "行政法规", "部门规章")
REVISED = "修订"
AMENDED = "修正"


class Membership(StrEnum):
    """Where an instrument of the five years stands."""

    PROPOSED = "proposed"  # the rule proposes it, nobody has decided
    OPTIONAL = "optional"  # of the years and kinds, but the rule does not propose it
    CONFIRMED = "confirmed"
    REJECTED = "rejected"

    @property
    def counts(self) -> bool:
        """Whether training must include it: what is proposed counts until somebody decides."""
        return self in (Membership.PROPOSED, Membership.CONFIRMED)


class Dated(Protocol):
    """What the rule reads of a law version."""

    @property
    def id(self) -> str:
        """The register's id."""

    @property
    def title(self) -> str:
        """The full title."""

    @property
    def kind(self) -> str:
        """One of `question_bank.laws.KINDS`."""

    @property
    def change_type(self) -> str | None:
        """How it came about, one of `question_bank.laws.CHANGE_TYPES`; None where the register is silent."""

    @property
    def adopted(self) -> date | None:
        """The day of promulgation."""

    @property
    def effective(self) -> date | None:
        """The first day in force."""

    @property
    def ceased(self) -> date | None:
        """The first day no longer in force."""


@dataclass(frozen=True)
class FiveYearRule:
    """What an installation has set: whether 修订 and 修正 are 新颁布, and which tiers are 在职 training."""

    revised: bool = True
    amended: bool = False
    tiers: Collection[str] = ()

    def is_in_service(self, tier: str) -> bool:
        """Return whether training of a tier must include the list; an empty tier is made for all."""
        return tier in self.tiers if tier else bool(self.tiers)


def rule_of(settings: Settings) -> FiveYearRule:
    """Return the rule as an installation has set it."""
    tiers = frozenset(settings.in_service_tiers.split())
    return FiveYearRule(settings.five_year_revised, settings.five_year_amended, tiers)


def window_start(day: date) -> date:
    """Return the day five years before; what was promulgated on it is no longer of the five years."""
    years = regulation.RECENT_LAWS.value
    return add_months(day, -12 * years) if day.year > years else date.min


def is_listed(law: Dated, day: date) -> bool:
    """Return whether an instrument is of the kinds and of the five years before `day`.

    The years are (day minus five years, day]: the start is outside, `day` itself inside; the start of
    29 February is 28 February. The day of promulgation decides, or of effect where the register does not
    know it: what is promulgated and not yet in force is listed. What has ceased by `day` is not.

    Source:
        `regulation.RECENT_LAWS`.
    """
    promulgated = law.adopted or law.effective
    has_ceased = law.ceased is not None and law.ceased <= day
    return law.kind in KINDS and promulgated is not None and is_recent(promulgated, day) and not has_ceased


def is_proposed(law: Dated, rule: FiveYearRule, day: date) -> bool:
    """Return whether the rule proposes an instrument: listed, new enough by the settings, on the environment.

    Of an instrument whose way of coming about or subject is not known, a person must say no.
    """
    by_change = {REVISED: rule.revised, AMENDED: rule.amended}
    is_new = by_change.get(law.change_type or "", True)
    return is_listed(law, day) and is_new and is_environmental(law.id, law.title)


def membership(law: Dated, is_member: bool | None, rule: FiveYearRule, day: date) -> Membership:
    """Return where a listed instrument stands; `is_member` is what was decided, None while nothing is."""
    if is_member is not None:
        return Membership.CONFIRMED if is_member else Membership.REJECTED
    return Membership.PROPOSED if is_proposed(law, rule, day) else Membership.OPTIONAL
