"""Sentences that can be translated after they were filled in.

Rules, services and the item-bank library know no web and no reader's language. They say a sentence with
`said("…第 %(n)s 行…", n=3)`: a plain `str` in Chinese that remembers its pattern and values, so that the
web layer can say it again in the reader's language (`tiejun.web.translated`). `make strings` collects them.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any


class Words(str):
    """A Chinese sentence, filled in; `pattern` is the catalogue's entry, `values` what was put into it."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, Any]


def said(pattern: str, /, **values: Any) -> Words:
    """Return the sentence `pattern` filled with `values`; a value may be `Words` itself."""
    words = Words(pattern % values if values else pattern)
    words.pattern, words.values = pattern, values
    return words


def listed(parts: Iterable[str]) -> str:
    """Return "甲、乙、丙", each of which is said in the reader's language; empty when there is none."""
    return _chain(parts, lambda head, last: said("%(head)s、%(last)s", head=head, last=last))


def clauses(parts: Iterable[str]) -> str:
    """Return "甲；乙；丙", each of which is said in the reader's language; empty when there is none."""
    return _chain(parts, lambda head, last: said("%(head)s；%(last)s", head=head, last=last))


def kept(value: Any) -> Any:
    """Return `value` as JSON can hold it without forgetting how its `Words` are said; see `recalled`."""
    if isinstance(value, Words):
        return {"said": value.pattern, "values": {name: kept(one) for name, one in value.values.items()}}
    if isinstance(value, Mapping):
        return {name: kept(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [kept(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def recalled(value: Any) -> Any:
    """Return what `kept` was given, from its JSON."""
    if isinstance(value, Mapping):
        if value.keys() == {"said", "values"}:
            pattern, values = value["said"], recalled(value["values"])
            return said(pattern, **values)
        return {name: recalled(one) for name, one in value.items()}
    return [recalled(one) for one in value] if isinstance(value, list) else value


def _chain(parts: Iterable[str], link: Callable[[str, str], str]) -> str:
    first, *others = [*parts] or [""]
    return reduce(link, others, first)
