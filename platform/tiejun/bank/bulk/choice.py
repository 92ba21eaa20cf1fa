"""Which items somebody chose in the list: single ones, or all that its filter finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from question_bank.words import said
from tiejun.bank.queries import ItemFilter, item_filter
from tiejun.errors import Rejected

AT_ONCE = 200
"""Single items of one form: more than a page lists."""


@dataclass(frozen=True)
class Choice:
    """The chosen `codes`; none of them when all are meant that the list finds (`is_every`).

    `back` is the query of the list: its filter, and where the person returns to.
    """

    codes: Sequence[str]
    is_every: bool
    back: str

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Self:
        """Return what a form of the list says.

        Raises:
            Rejected: if nothing was chosen, or too many single items.
        """
        # Written anew, so that nothing but a query comes back in an address.
        back = urlencode(parse_qsl(form.get("back", "")[:2000], keep_blank_values=True))
        is_every = bool(form.get("every"))
        codes = (
            () if is_every else tuple(dict.fromkeys(one.replace("\0", "") for one in form.getlist("item")))
        )
        if not codes and not is_every:
            raise Rejected(said("没有选择试题。"), [])
        if len(codes) > AT_ONCE:
            raise Rejected(said("一次最多 %(most)s 题。", most=AT_ONCE), [])
        return cls(codes, is_every, back)

    def wanted(self, day: date) -> ItemFilter:
        """Return the filter that finds the chosen items; `day` is today."""
        if self.is_every:
            # Of a name that stands there twice, the list reads the first.
            return item_filter(dict(reversed(parse_qsl(self.back))), day)
        return ItemFilter(codes=tuple(self.codes))
