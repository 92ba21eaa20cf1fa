"""The marks of GIFT: escapes, comments, the blocks that questions are, and the pieces of an answer.

Public: `Block`, `blocks`, `hidden`, `shown`, `escaped`, `FORMAT`.

While a file is read, an escaped mark is hidden behind a control character, which the file itself cannot
hold (`text_file.read_text`): what is then still a mark means something.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARKS = "\\:#={}~n"
_HIDDEN = "\x01\x02\x03\x04\x05\x06\x07\x08"
_SHOWN = str.maketrans(dict(zip(_HIDDEN, "\\:#={}~\n", strict=True)))
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_TO_ESCAPE = re.compile(r"[\\:#={}~\n]")
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
CATEGORY = "$CATEGORY:"


@dataclass(slots=True)
class Block:
    """The lines of one question with their marks hidden; `line` is the first, from 1, `comments` their texts.

    A category is a block of its own: its path stands in `category`.
    """

    line: int
    text: str = ""
    comments: list[str] = field(default_factory=list)
    category: str | None = None


def hidden(text: str) -> str:
    """Return `text` with escaped marks hidden; a backslash before anything else is a backslash."""
    return _ESCAPE.sub(lambda match: _HIDDEN[_MARKS.index(match[1])], text)


def shown(text: str) -> str:
    """Return what people wrote, from a text whose marks are hidden."""
    return text.translate(_SHOWN)


def escaped(text: str) -> str:
    r"""Return `text` as GIFT holds it, on one line.

    >>> escaped("a = {b}")
    'a \\= \\{b\\}'
    """
    return _TO_ESCAPE.sub(lambda match: "\\" + match[0].replace("\n", "n"), text)


def blocks(text: str) -> Iterator[Block]:
    """Return the blocks of a file: apart by blank lines, unless these stand between { and }."""
    lines = [line if line.lstrip().startswith("//") else hidden(line) for line in text.split("\n")]
    following = _braces_below(lines)
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if stripped.startswith(CATEGORY):
            yield from reader.ended()
            yield Block(number, category=stripped.removeprefix(CATEGORY).strip())
        elif stripped.startswith("//"):
            reader.comments.append(stripped.removeprefix("//").strip())
        elif stripped or (reader.is_open and following[number - 1] == "}"):
            reader.add(number, line)
        elif reader.lines:
            yield from reader.ended()
    yield from reader.ended()


@dataclass(slots=True)
class _Reader:
    """The lines of the block that is being read."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    is_open: bool = False

    def add(self, number: int, line: str) -> None:
        """Add a line, and see whether it leaves a brace open."""
        self.line = self.line or number
        self.lines.append(line)
        if (brace := _last_brace(line)) is not None:
            self.is_open = brace == "{"

    def ended(self) -> Iterator[Block]:
        """Return the block, if there is one, and begin another."""
        if self.lines:
            yield Block(self.line, "\n".join(self.lines), self.comments)
        self.line, self.lines, self.comments, self.is_open = 0, [], [], False


def _last_brace(line: str) -> str | None:
    return max("{}", key=line.rfind) if "{" in line or "}" in line else None


def _braces_below(lines: list[str]) -> list[str]:
    """Return for each line which brace comes next, in it or below."""
    following, brace = [], ""
    for line in reversed(lines):
        found = [c for c in "{}" if c in line]
        if found and not line.lstrip().startswith("//"):
            brace = min(found, key=line.find)
        following.append(brace)
    return following[::-1]
