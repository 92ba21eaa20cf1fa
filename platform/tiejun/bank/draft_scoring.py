"""How a part earns points, as the editor writes it: a table or areas as lines of text. Pure.

Public: `TableDraft`, `scoring_of`, `table_of`, `usual_table`, `value_names`, `without_letter`, `best_faults`.

A line of a table is a name and its points, `A = 1`. The options of 单选 and 多选 are called A, B … as they
stand; 判断 knows 正确 and 错误; an option of a lined type is called by its words, after the number of the
blank where there are blanks (`1 七日 = 1`), a pair by both (`左项 = 右项 = 1`); 填空 and 数值 take what is
typed. Options that read the same are told apart by `#2` behind the words. A value without a name goes as
`# value`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from question_bank.item import Part
from question_bank.policies import given_values, raw_score
from question_bank.rule_values import RuleError
from question_bank.terms import PartType
from question_bank.value_shapes import BLANK
from question_bank.words import Words, said
from tiejun.bank.draft_areas import at_line, lines_of_scored, scored_areas
from tiejun.bank.draft_lines import as_part
from tiejun.bank.draft_text import all_lines, cut, number_of, one_line, words_of_number

Json = dict[str, Any]
Faults = list[Words]
MAP, AREAS, RULE = "map", "areas", "rule"
TABLES = (MAP, AREAS)
LIMITS = ("default", "lower", "upper", "full")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LIMIT_WORDS = {
    "default": said("没有列出的"),
    "lower": said("最低分"),
    "upper": said("最高分"),
    "full": said("满分"),
}
_TRUTH = {"true": "正确", "false": "错误"}
_RAW = "#"


@dataclass
class TableDraft:
    """A table as typed; `limits` has what of `LIMITS` was filled in."""

    lines: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    case: bool = False


def value_names(part: Mapping[str, Any], letters: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return how the values that may be given in a part's JSON are called: name by value.

    Args:
        letters: the letter of each option of 单选 and 多选, where it is not that of its place.
    """
    part_type, options = PartType(part["type"]), part["options"]
    texts = _numbered({one["id"]: _words(one["text"]) for one in options})
    if part_type in (PartType.SINGLE, PartType.MULTIPLE):
        return dict(letters or zip((one["id"] for one in options), LETTERS, strict=False))
    if part_type is PartType.TRUE_FALSE:
        return dict(_TRUTH)
    if part_type is PartType.INLINE_CHOICE:
        return {one["id"]: f"{one['blank']} {_words(one['text'])}" for one in options}
    if part_type is PartType.GAP_MATCH:
        gaps = range(1, len(BLANK.findall(part["stem"])) + 1)
        return {f"{value} {gap}": f"{gap} {text}" for value, text in texts.items() for gap in gaps}
    if part_type is PartType.MATCH:
        rights = {one["id"]: _words(one["text"]) for one in part["targets"]}
        pairs = [(left, right) for left in texts for right in rights]
        return {f"{left} {right}": f"{texts[left]} = {rights[right]}" for left, right in pairs}
    return texts


def _words(text: str) -> str:
    return " ".join(text.split())


def _numbered(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts by value, those that read like one before with their number."""
    seen: Counter[str] = Counter()
    found = {}
    for value, text in texts.items():
        seen[text] += 1
        found[value] = f"{text} #{seen[text]}" if seen[text] > 1 else text
    return found


def table_of(part: Part) -> TableDraft:
    """Return the table or the areas of a part's scoring as the editor shows them; empty for others."""
    scoring = part.scoring or {}
    if not scoring.keys() & set(TABLES):
        return TableDraft()
    limits = {name: words_of_number(scoring.get(name)) for name in LIMITS}
    if part.key is not None and Decimal(str(scoring["full"])) == _best(part):
        limits["full"] = ""
    limits = {name: text for name, text in limits.items() if text}
    if AREAS in scoring:
        return TableDraft(lines_of_scored(scoring[AREAS]), limits)
    names = value_names(part.content_json())
    clear = {name for name, count in Counter(map(_plain, names.values())).items() if count == 1}
    lines = [
        f"{_name_of(part.type, names, clear, value)} = {words_of_number(points)}"
        for value, points in scoring[MAP]
    ]
    return TableDraft("\n".join(lines), limits, bool(scoring.get("case")))


def usual_table(part: Part) -> str:
    """Return the lines of a table by which whatever belongs to the key earns 1: something to begin with."""
    names = value_names(part.content_json())
    values = dict.fromkeys(value for answer in _right_answers(part) for value in given_values(part, answer))
    clear = set(map(_plain, names.values()))
    return "\n".join(f"{_name_of(part.type, names, clear, value)} = 1" for value in values)


def _name_of(part_type: PartType, names: Mapping[str, str], clear: set[str], value: Any) -> str:
    if part_type is PartType.FILL_IN:
        return one_line(str(value))
    if not isinstance(value, str):
        # Of 数值: a number.
        return words_of_number(value)
    name = names.get(value, _RAW)
    return f"{_RAW} {value}" if name.startswith(_RAW) or _plain(name) not in clear else name


def without_letter(typed: TableDraft, gone: int) -> TableDraft:
    """Return a table of letters after the option of number `gone`, from 0, was removed: its line goes too."""
    found = []
    for line in typed.lines.splitlines():
        name, points = _cut_last(line)
        place = LETTERS.find(name.upper()) if len(name) == 1 and points is not None else -1
        if place != gone:
            found.append(line.replace(name, LETTERS[place - 1], 1) if place > gone else line)
    return replace(typed, lines="\n".join(found))


def scoring_of(kind: str, typed: TableDraft, part: Json, names: Mapping[str, str]) -> tuple[Json, Faults]:
    """Return a part's scoring by a table, and what is wrong with it.

    Args:
        kind: `MAP` or `AREAS`.
        part: the JSON of the part without scoring.
        names: see `value_names`.
    """
    rows, faults = scored_areas(typed.lines) if kind == AREAS else _rows(typed.lines, part, names)
    if not rows and not faults:
        faults.append(said("分值对照表还没有内容，一行写一项，如：A = 1"))
    numbers = {name: text for name, text in typed.limits.items() if text.strip()}
    limits = {name: number_of(text) for name, text in numbers.items()}
    faults += [
        said("%(name)s应为数字", name=_LIMIT_WORDS[name]) for name, value in limits.items() if value is None
    ]
    scoring: Json = {kind: rows} | limits | ({"case": True} if typed.case and kind == MAP else {})
    if "full" not in limits and not faults:
        scoring["full"], faults = _full(part, scoring)
    return scoring, faults


def _full(part: Json, scoring: Json) -> tuple[int | float, Faults]:
    """Return what the right answer sums up to, which is the full score where none is typed."""
    built = as_part(part["type"], part | {"scoring": scoring | {"full": 1}})
    best = None if built is None else _best(built)
    if best is None or best > 0:
        return number_of(str(best or 1)) or 1, []
    return 1, [said("按正确答案作答只得 %(points)s 分，应大于 0", points=words_of_number(best))]


def _rows(lines: str, part: Json, names: Mapping[str, str]) -> tuple[list[Any], Faults]:
    values: dict[str, str] = {}
    for value, name in names.items():
        values.setdefault(_plain(name), value)
    if part["type"] == PartType.TRUE_FALSE:
        values |= {value: value for value in names}
    rows: dict[Any, Any] = {}
    faults: Faults = []
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        name, points = _cut_last(line)
        value = _value_of(part["type"], values, name)
        if points is None:
            faults.append(at_line(number, said("应写成“名称 = 分值”")))
        elif value is None:
            faults.append(at_line(number, said("本题没有“%(name)s”", name=name[:40])))
        elif value in rows:
            faults.append(at_line(number, said("“%(name)s”前面已经写过", name=name[:40])))
        else:
            rows[value] = points
    return [[value, points] for value, points in rows.items()], faults


def _cut_last(line: str) -> tuple[str, int | float | None]:
    name, _, points = line.rpartition("=" if "=" in line else "＝")
    return name.strip(), number_of(points)


def _value_of(part_type: str, values: Mapping[str, str], name: str) -> Any:
    if part_type == PartType.FILL_IN:
        return all_lines(name) or None
    if name.startswith(_RAW):
        return name.removeprefix(_RAW).strip()
    if part_type == PartType.SLIDER:
        return number_of(name)
    return values.get(_plain(name))


def _plain(name: str) -> str:
    """Return a name as names are compared: blanks beside "=" and capitals do not count."""
    return "=".join(_words(piece) for piece in cut(name.casefold(), "="))


def _best(part: Part) -> Decimal | None:
    """Return what the key sums up to by the part's own scoring; None where nothing can be said."""
    return min(_key_sums(part), default=None)


def _key_sums(part: Part) -> Iterator[Decimal]:
    """Yield what each way to write the key sums up to."""
    for answer in _right_answers(part):
        try:
            yield raw_score(part, answer)
        except (RuleError, KeyError, ValueError):
            return


def _right_answers(part: Part) -> Iterator[Any]:
    if part.type is not PartType.FILL_IN:
        yield part.key
        return
    assert isinstance(part.key, tuple)
    first = [spellings[0] for spellings in part.key]
    for place, spellings in enumerate(part.key):
        for spelling in spellings:
            yield [*first[:place], spelling, *first[place + 1 :]]


def best_faults(part: Part, base: Part) -> Faults:
    """Return that a kept rule gives the edited key less than the full score, which the old one earned."""
    full = Decimal(str((part.scoring or {})["full"]))
    before, now = _best(base), _best(part)
    if before is None or before < full or (now is not None and now >= full):
        return []
    return [said("按来源的计分规则，改过的答案得不到满分；请改回答案，或改为“按本题型的规则计分”")]
