"""When an item that was examined may be released to practice. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tiejun.calendar_cn import add_months


@dataclass(frozen=True)
class FormUse:
    """A form, the day it was frozen, and that on which the last sitting with it ends; None: it has none."""

    form_id: int
    frozen_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Split:
    """Forms by what they mean for their items: `old` ones free them, `young` ones hold them."""

    old: frozenset[int]
    young: frozenset[int]


def split(uses: Iterable[FormUse], today: date, months: int) -> Split:
    """Sort forms: an item may be released if a form of it is old and none is young.

    A form is old `months` after the day on which its last sitting ended. One that no sitting has used may
    still be used, however long ago it was frozen: it is young.
    """
    every = list(uses)
    old = frozenset(
        use.form_id
        for use in every
        if use.ends_on is not None and add_months(max(use.ends_on, use.frozen_on), months) <= today
    )
    return Split(old, frozenset(use.form_id for use in every) - old)
