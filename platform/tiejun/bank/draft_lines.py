"""The further types as people write them in the editor: a stem and a few lines of text. Pure.

Public: `LINED`, `part_of_lines`, `lines_of_part`, `fits`.

| type | what is written |
|---|---|
| inline choice | a line for each blank: `*right | wrong | wrong` |
| match | a line for each left item: `left = right`, `left = right | another`, `left =`; `= surplus` |
| order | a line for each step, in the right order |
| hottext | in the stem: `[[*right]]`, `[[wrong]]`; a line with how many may be chosen, none for any |
| gap match | a line for each gap, `-` for one that stays empty; then the words that are not needed |
| slider | `from to step = answer` |
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from question_bank.answer_words import in_words, stem_pieces
from question_bank.item import Item, Part, number_json
from question_bank.terms import ItemError, PartType
from question_bank.value_shapes import BLANK

Json = dict[str, Any]
EMPTY_GAP = "-"
_FRAGMENT = re.compile(r"\[\[(\*?)([^\[\]]+)\]\]")


def part_of_lines(part_type: str, stem: str, lines: str) -> Json:
    """Return stem, options, key and the other fields of a type that a part's JSON has for this text."""
    rows = [line.strip() for line in lines.splitlines() if line.strip()]
    return {"stem": stem.strip(), "options": []} | _READ[PartType(part_type)](stem.strip(), rows)


def lines_of_part(part: Part) -> tuple[str, str]:
    """Return stem and lines of a part; whether they say all of it, `fits` tells."""
    names = {one.id: one.text for one in (*part.options, *part.targets)}
    return _WRITE[part.type](part, names)


def fits(part: Part) -> bool:
    """Return whether the editor's text for a part means the same part."""
    stem, lines = lines_of_part(part)
    again = as_part(part.type.value, part_of_lines(part.type.value, stem, lines))
    return again is not None and _told(again) == _told(part)


def as_part(part_type: str, own: Json) -> Part | None:
    """Return the part that the fields make, or None while they are not well-formed."""
    part = {"type": part_type, "points": 1, "rubric": [], **own}
    about: Json = {"id": "draft", "unit": None, "tiers": ["primary"], "difficulty": 0.5, "rationale": ""}
    rest: Json = {"kind": part_type, "stimulus": None, "parts": [part], "citations": [], "figures": []}
    try:
        return Item.from_json(about | rest).parts[0]
    except ItemError:
        return None


def _told(part: Part) -> object:
    """Return what a part says, whatever its ids are."""
    names = {one.id: one.text for one in (*part.options, *part.targets)}
    marks = part.type is PartType.HOTTEXT
    stem = [(text, blank, names.get(mark)) for text, blank, mark in stem_pieces(part.stem, marks=marks)]
    options = sorted((one.text, one.blank or 0) for one in part.options)
    targets = sorted(one.text for one in part.targets)
    return stem, options, targets, part.most, part.bounds, sorted(in_words(part.type, part.key, names))


def _ids(texts: list[str], prefix: str) -> list[Json]:
    return [{"id": f"{prefix}{number}", "text": text} for number, text in enumerate(texts, start=1)]


def _apart(text: str) -> list[str]:
    return [piece.strip() for piece in text.replace("｜", "|").split("|") if piece.strip()]


def _read_inline(_stem: str, rows: list[str]) -> Json:
    options: list[Json] = []
    key = []
    for blank, row in enumerate(rows, start=1):
        right = None
        for piece in _apart(row):
            option = {"id": f"o{len(options) + 1}", "text": piece.removeprefix("*").strip(), "blank": blank}
            options.append(option)
            right = option["id"] if piece.startswith("*") else right
        key.append(right)
    return {"options": options, "key": key}


def _write_inline(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    rows = [
        " | ".join(
            ("*" if option.id == right else "") + option.text
            for option in part.options
            if option.blank == blank
        )
        for blank, right in enumerate(_key(part), start=1)
    ]
    return part.stem, "\n".join(rows)


def _read_match(_stem: str, rows: list[str]) -> Json:
    pairs = [(left.strip(), _apart(right)) for left, _, right in (row.partition("=") for row in rows)]
    lefts = list(dict.fromkeys(left for left, _ in pairs if left))
    rights = sorted({right for _, found in pairs for right in found})
    options, targets = _ids(lefts, "o"), _ids(rights, "t")
    ids = {one["text"]: one["id"] for one in options}, {one["text"]: one["id"] for one in targets}
    key = [[ids[0][left], ids[1][right]] for left, found in pairs if left for right in found]
    most = 0 if any(left and len(found) > 1 for left, found in pairs) else 1
    return {"options": options, "targets": targets, "most": most, "key": key}


def _write_match(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    key = _key(part)
    rows = [
        f"{option.text} = {' | '.join(names[right] for left, right in key if left == option.id)}"
        for option in part.options
    ]
    used = {right for _, right in key}
    return part.stem, "\n".join(rows + [f"= {one.text}" for one in part.targets if one.id not in used])


def _read_order(_stem: str, rows: list[str]) -> Json:
    options = _ids(rows, "o")
    # In the order of their words, so that the bank's order does not give the answer away.
    return {
        "options": sorted(options, key=lambda one: str(one["text"])),
        "key": [one["id"] for one in options],
    }


def _write_order(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    return part.stem, "\n".join(names[one] for one in _key(part))


def _read_hottext(stem: str, rows: list[str]) -> Json:
    options: list[Json] = []
    key = []

    def mark(found: re.Match[str]) -> str:
        option = {"id": f"o{len(options) + 1}", "text": found[2].strip()}
        options.append(option)
        if found[1]:
            key.append(option["id"])
        return f"{{{{{option['id']}}}}}"

    most = int(rows[0]) if rows and rows[0].isdecimal() else 0
    return {"stem": _FRAGMENT.sub(mark, stem), "options": options, "key": key, "most": most}


def _write_hottext(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    stem = "".join(
        text + (f"[[{'*' if mark in _key(part) else ''}{names[mark]}]]" if mark else "")
        for text, _, mark in stem_pieces(part.stem, marks=True)
    )
    return stem, str(part.most or "")


def _read_gaps(stem: str, rows: list[str]) -> Json:
    options = _ids([word for word in dict.fromkeys(rows) if word != EMPTY_GAP], "o")
    ids: dict[str, Any] = {one["text"]: one["id"] for one in options}
    words = rows[: len(BLANK.findall(stem))]
    filled = [word for word in words if word != EMPTY_GAP]
    most = 1 if len(filled) == len(set(filled)) else 0
    return {"options": options, "key": [ids.get(word) for word in words], "most": most}


def _write_gaps(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    rows = [EMPTY_GAP if one is None else names[one] for one in _key(part)]
    return part.stem, "\n".join(rows + [one.text for one in part.options if one.id not in _key(part)])


def _read_slider(_stem: str, rows: list[str]) -> Json:
    limits, _, key = " ".join(rows).partition("=")
    numbers = [_number(text) for text in limits.split()]
    bounds = dict(zip(("lower", "upper", "step"), numbers, strict=False))
    return {"bounds": bounds, "key": _number(key.strip())}


def _write_slider(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
    numbers = [str(number) for number in part.bounds.to_json().values()] if part.bounds else []
    return part.stem, f"{' '.join(numbers)} = {part.key}"


def _number(text: str) -> int | float | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number_json(number) if number.is_finite() else None


def _key(part: Part) -> tuple[Any, ...]:
    return part.key if isinstance(part.key, tuple) else ()


_READ: Mapping[PartType, Callable[[str, list[str]], Json]] = {
    PartType.INLINE_CHOICE: _read_inline,
    PartType.MATCH: _read_match,
    PartType.ORDER: _read_order,
    PartType.HOTTEXT: _read_hottext,
    PartType.GAP_MATCH: _read_gaps,
    PartType.SLIDER: _read_slider,
}
_WRITE: Mapping[PartType, Callable[[Part, Mapping[str, str]], tuple[str, str]]] = {
    PartType.INLINE_CHOICE: _write_inline,
    PartType.MATCH: _write_match,
    PartType.ORDER: _write_order,
    PartType.HOTTEXT: _write_hottext,
    PartType.GAP_MATCH: _write_gaps,
    PartType.SLIDER: _write_slider,
}
LINED = frozenset(_READ)
"""The types that the editor writes as lines."""
