"""The further types as people write them in the editor: a stem and a few lines of text. Pure.

Public: `LINED`, `part_of_lines`, `lines_of_part`, `as_part`, `usual_most`.

| type | what is written |
|---|---|
| inline choice | a line for each blank: `*right | wrong | wrong` |
| match | a line for each left item: `left = right`, `left = right | another`, `left =`; `= surplus` |
| order | a line for each step, in the right order; `- surplus` |
| hottext | in the stem: `[[*right]]`, `[[wrong]]`; a line with how many may be chosen, none for any |
| gap match | a line for each gap, `-` for one that stays empty; then the words that are not needed |
| hotspot | a line for each area, see `draft_areas` |
| slider | `from to step = answer` |

A sign that means something is written as itself with a backslash before it (`draft_text`). Options are
numbered in the order in which they are written: `o1`, `o2`; `draft_ids` gives them the ids they had.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from question_bank.answer_words import stem_pieces
from question_bank.item import Item, Part
from question_bank.terms import ItemError, PartType
from question_bank.value_shapes import BLANK
from tiejun.bank.draft_areas import lines_of_areas, part_of_areas
from tiejun.bank.draft_text import cut, number_of, read, written

Json = dict[str, Any]
EMPTY_GAP = "-"
_FRAGMENT = re.compile(r"(?<!\\)\[\[(\*?)((?:\\.|[^\[\]\\])+)\]\]", re.DOTALL)
_BRACKETS = re.compile(r"\[(?=\[)")
_ESCAPED_BRACKETS = re.compile(r"\\\[(?=\[)")


def part_of_lines(part_type: str, stem: str, lines: str) -> Json:
    """Return stem, options, key and the other fields of a type that a part's JSON has for this text."""
    rows = [line.strip() for line in lines.splitlines() if line.strip()]
    return {"stem": stem.strip(), "options": []} | _READ[PartType(part_type)](stem.strip(), rows)


def lines_of_part(part: Part) -> tuple[str, str]:
    """Return stem and lines of a part."""
    names = {one.id: one.text for one in (*part.options, *part.targets)}
    return _WRITE[part.type](part, names)


def usual_most(part: Part) -> int | None:
    """Return how many choices its lines mean where they are all that is said; None: they don't say."""
    most: int | None = part_of_lines(part.type.value, *lines_of_part(part)).get("most")
    return most


def as_part(part_type: str, own: Json) -> Part | None:
    """Return the part that the fields make, or None while they are not well-formed."""
    part = {"type": part_type, "points": 1, "rubric": [], **own}
    about: Json = {"id": "draft", "unit": None, "tiers": ["primary"], "difficulty": 0.5, "rationale": ""}
    rest: Json = {"kind": part_type, "stimulus": None, "parts": [part], "citations": [], "figures": []}
    try:
        return Item.from_json(about | rest).parts[0]
    except ItemError:
        return None


def _ids(texts: list[str], prefix: str) -> list[Json]:
    return [{"id": f"{prefix}{number}", "text": text} for number, text in enumerate(texts, start=1)]


def _by_words(options: list[Json]) -> list[Json]:
    """Return options in the order of their words, so that the bank's order does not give the answer away."""
    return sorted(options, key=lambda one: str(one["text"]))


def _apart(text: str) -> list[str]:
    return [piece for piece in cut(text, "|｜") if piece]


def _read_inline(_stem: str, rows: list[str]) -> Json:
    options: list[Json] = []
    key = []
    for blank, row in enumerate(rows, start=1):
        right = None
        for piece in _apart(row):
            option = {"id": f"o{len(options) + 1}", "text": read(piece.removeprefix("*")), "blank": blank}
            options.append(option)
            right = option["id"] if piece.startswith("*") else right
        key.append(right)
    return {"options": options, "key": key}


def _write_inline(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    rows = [
        " | ".join(
            ("*" if option.id == right else "") + written(option.text, "|｜", "*")
            for option in part.options
            if option.blank == blank
        )
        for blank, right in enumerate(_key(part), start=1)
    ]
    return part.stem, "\n".join(rows)


def _read_match(_stem: str, rows: list[str]) -> Json:
    halves = [[*cut(row, "=", cuts=1), ""][:2] for row in rows]
    pairs = [(read(left), [read(one) for one in _apart(right)]) for left, right in halves]
    options = _ids(list(dict.fromkeys(left for left, _ in pairs if left)), "o")
    targets = _ids(list(dict.fromkeys(right for _, found in pairs for right in found)), "t")
    ids = {one["text"]: one["id"] for one in options}, {one["text"]: one["id"] for one in targets}
    key = [[ids[0][left], ids[1][right]] for left, found in pairs if left for right in found]
    most = 0 if any(left and len(found) > 1 for left, found in pairs) else 1
    return {"options": options, "targets": _by_words(targets), "most": most, "key": key}


def _write_match(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    key = _key(part)
    right_of = {
        option.id: " | ".join(written(names[right], "|｜=") for left, right in key if left == option.id)
        for option in part.options
    }
    rows = [f"{written(option.text, '=')} = {right_of[option.id]}" for option in part.options]
    used = {right for _, right in key}
    surplus = [f"= {written(one.text, '|｜=')}" for one in part.targets if one.id not in used]
    return part.stem, "\n".join(rows + surplus)


def _read_order(_stem: str, rows: list[str]) -> Json:
    options = _ids([read(row.removeprefix("- ")) for row in rows], "o")
    key = [one["id"] for one, row in zip(options, rows, strict=True) if not row.startswith("- ")]
    return {"options": _by_words(options), "key": key}


def _write_order(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    rows = [written(names[one], first="-") for one in _key(part)]
    surplus = [f"- {written(one.text, first='-')}" for one in part.options if one.id not in _key(part)]
    return part.stem, "\n".join(rows + surplus)


def _read_hottext(stem: str, rows: list[str]) -> Json:
    options: list[Json] = []
    key = []

    def mark(found: re.Match[str]) -> str:
        option = {"id": f"o{len(options) + 1}", "text": read(found[2])}
        options.append(option)
        if found[1]:
            key.append(option["id"])
        return f"{{{{{option['id']}}}}}"

    most = int(rows[0]) if rows and rows[0].isdecimal() else 0
    marked = _ESCAPED_BRACKETS.sub("[", _FRAGMENT.sub(mark, stem))
    return {"stem": marked, "options": options, "key": key, "most": most}


def _write_hottext(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    stem = "".join(
        _BRACKETS.sub(r"\\[", text) + (_fragment(names[mark], mark in _key(part)) if mark else "")
        for text, _, mark in stem_pieces(part.stem, marks=True)
    )
    return stem, str(part.most or "")


def _fragment(text: str, is_right: bool) -> str:
    # Ends of lines stay: a stem has as many lines as it likes.
    lines = (written(line, "[]", "*") for line in text.split("\n"))
    return f"[[{'*' if is_right else ''}{chr(10).join(lines)}]]"


def _read_gaps(stem: str, rows: list[str]) -> Json:
    texts = [None if row == EMPTY_GAP else read(row) for row in rows]
    options = _ids([text for text in dict.fromkeys(texts) if text is not None], "o")
    ids: dict[str | None, Any] = {one["text"]: one["id"] for one in options}
    words = texts[: len(BLANK.findall(stem))]
    filled = [word for word in words if word is not None]
    most = 1 if len(filled) == len(set(filled)) else 0
    return {"options": options, "key": [ids.get(word) for word in words], "most": most}


def _write_gaps(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    rows = [EMPTY_GAP if one is None else written(names[one], first="-") for one in _key(part)]
    surplus = [written(one.text, first="-") for one in part.options if one.id not in _key(part)]
    return part.stem, "\n".join(rows + surplus)


def _read_slider(_stem: str, rows: list[str]) -> Json:
    limits, _, key = " ".join(rows).partition("=")
    numbers = [number_of(text) for text in limits.split()]
    bounds = dict(zip(("lower", "upper", "step"), numbers, strict=False))
    return {"bounds": bounds, "key": number_of(key)}


def _write_slider(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    numbers = [str(number) for number in part.bounds.to_json().values()] if part.bounds else []
    return part.stem, f"{' '.join(numbers)} = {part.key}"


def _read_areas(_stem: str, rows: list[str]) -> Json:
    return part_of_areas("\n".join(rows))[0]


def _write_areas(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    return part.stem, lines_of_areas(part)


def _key(part: Part) -> tuple[Any, ...]:
    return part.key if isinstance(part.key, tuple) else ()


_READ: Mapping[PartType, Callable[[str, list[str]], Json]] = {
    PartType.INLINE_CHOICE: _read_inline,
    PartType.MATCH: _read_match,
    PartType.ORDER: _read_order,
    PartType.HOTTEXT: _read_hottext,
    PartType.GAP_MATCH: _read_gaps,
    PartType.HOTSPOT: _read_areas,
    PartType.SLIDER: _read_slider,
}
_WRITE: Mapping[PartType, Callable[[Part, Mapping[str, str]], tuple[str, str]]] = {
    PartType.INLINE_CHOICE: _write_inline,
    PartType.MATCH: _write_match,
    PartType.ORDER: _write_order,
    PartType.HOTTEXT: _write_hottext,
    PartType.GAP_MATCH: _write_gaps,
    PartType.HOTSPOT: _write_areas,
    PartType.SLIDER: _write_slider,
}
LINED = frozenset(_READ)
"""The types that the editor writes as lines."""
