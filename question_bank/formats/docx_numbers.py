"""The numbers that Word gives paragraphs by itself: "1.", "A、", "一、".

Public: `Numbers`.
"""

from collections import defaultdict
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "taiwaneseCounting",
        "japaneseCounting",
        "ideographDigital",
    }
)
MOST_LEVELS = 9
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str


class Numbers:
    """Counts the paragraphs of a document through; ask for each in its order."""

    def __init__(self, numbering: etree._Element | None) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: etree._Element) -> None:
        for made in numbering.findall(f"{W}abstractNum"):
            levels = {}
            for level in made.findall(f"{W}lvl"):
                start = _value(level, "start", "1")
                levels[int(level.get(f"{W}ilvl", "0"))] = _Level(
                    int(start) if start.isdigit() else 1,
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", ""),
                )
            self._lists[made.get(f"{W}abstractNumId", "")] = levels
        for one in numbering.findall(f"{W}num"):
            number = one.get(f"{W}numId", "")
            self._list_of[number] = _value(one, "abstractNumId", "")
            for override in one.findall(f"{W}lvlOverride"):
                start = _value(override, "startOverride", "")
                if start.isdigit():
                    self._restarts[number, int(override.get(f"{W}ilvl", "0"))] = int(start)

    def label(self, paragraph: etree._Element) -> str:
        """Return what stands before a paragraph, with a blank behind it; empty for one without a number."""
        place = paragraph.find(f"{W}pPr/{W}numPr")
        if place is None:
            return ""
        number, depth = _value(place, "numId", "0"), _value(place, "ilvl", "0")
        listed = self._list_of.get(number, "")
        levels = self._lists.get(listed, {})
        at = int(depth) if depth.isdigit() else 0
        if at not in levels or levels[at].form in ("none", "bullet"):
            return ""
        # Lists of one definition are counted through; one that says so begins anew, once.
        counts = self._counts[listed]
        restart = self._restarts.pop((number, at), None)
        counts[at] = counts.get(at, levels[at].start - 1) + 1 if restart is None else restart
        for deeper in [level for level in counts if level > at]:
            del counts[deeper]
        text = levels[at].pattern
        for level in range(min(at + 1, MOST_LEVELS)):
            if level in levels:
                count = counts.get(level, levels[level].start)
                text = text.replace(f"%{level + 1}", _written(count, levels[level]))
        return f"{text} "


def _value(parent: etree._Element, name: str, default: str) -> str:
    found = parent.find(f"{W}{name}")
    return default if found is None else found.get(f"{W}val", default)


def _written(number: int, level: _Level) -> str:
    if level.form in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr(ord("A" if level.form == "upperLetter" else "a") + number - 1)
    return _chinese(number) if level.form in CHINESE else str(number)


def _chinese(number: int) -> str:
    """Return 1 to 99 in Chinese; larger ones in digits."""
    tens, ones = divmod(number, 10)
    if not 1 <= number < 100:
        return str(number)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones else ""
    )
