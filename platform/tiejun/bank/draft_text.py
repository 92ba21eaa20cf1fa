"""Texts of an item within a line of the editor, where some signs have a meaning of their own. Pure.

Public: `written`, `read`, `one_line`, `all_lines`, `cut`, `number_of`, `words_of_number`.

A backslash before such a sign takes its meaning away, and "↵" stands for the end of a line, which a field of
one line cannot hold. A backslash before anything else is a backslash.
"""

import re
from decimal import Decimal, InvalidOperation

from question_bank.item import number_json

BREAK = "↵"
SIGNS = "|｜=*-[]#"
"""All signs that mean something somewhere: a backslash before one of them is never a text's own."""
_ESCAPABLE = re.escape("\\" + BREAK + SIGNS)
_MARKED = re.compile(rf"\\([{_ESCAPABLE}])|{BREAK}")


def written(text: str, special: str = "", first: str = "") -> str:
    """Return a text as it is written in a line in which the signs of `special` mean something.

    Args:
        special: some of `SIGNS`.
        first: the signs that mean something at the beginning only.
    """
    meant = re.compile(rf"\\(?=[{_ESCAPABLE}\n]|$)|[{re.escape(BREAK + special)}]|\n")
    marked = meant.sub(lambda found: BREAK if found[0] == "\n" else f"\\{found[0]}", text)
    return f"\\{marked}" if marked and marked[0] in first else marked


def read(text: str) -> str:
    """Return the text that is written so."""
    return _MARKED.sub(lambda found: found[1] or "\n", text.strip())


def one_line(text: str) -> str:
    """Return a text for a field of one line, where no sign but "↵" means anything."""
    marked = re.compile(rf"(\\*)({BREAK}|\n)")
    return marked.sub(lambda found: found[1] * 2 + (BREAK if found[2] == "\n" else f"\\{BREAK}"), text)


def all_lines(text: str) -> str:
    """Return the text that a field of one line shows as `one_line` writes it."""
    shown = re.compile(rf"(\\*){BREAK}")
    return shown.sub(lambda f: f[1][: len(f[1]) // 2] + (BREAK if len(f[1]) % 2 else "\n"), text)


def cut(text: str, signs: str, cuts: int = 0) -> list[str]:
    """Return the pieces of a text between signs before which no backslash stands, still as written.

    Args:
        cuts: how often to cut at most; 0 for any number.
    """
    pieces = [""]
    for piece in re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL):
        if piece in signs and not 0 < cuts < len(pieces):
            pieces.append("")
        else:
            pieces[-1] += piece
    return [piece.strip() for piece in pieces]


def number_of(text: str) -> int | float | None:
    """Return the number that a text writes, None if it writes none."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number_json(number) if number.is_finite() else None


def words_of_number(value: object) -> str:
    """Return a number as people write it; "" for None."""
    return "" if value is None else str(number_json(Decimal(str(value))))
