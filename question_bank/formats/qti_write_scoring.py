"""How a part is scored, as rules of QTI: exactly the key, by one of our policies, or by a table of points.

Public: `declare_scored`, `by_number`.

The rules give what `scoring.score_response` gives, response by response. Where points depend on how much is
right, a number is counted (by mappings, or place by place) and has its points, rounded as ours are.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from question_bank.formats.qti_write_draft import SCORE, Draft, Given, added, correct, value, variable
from question_bank.formats.qti_write_rule import by_rule
from question_bank.formats.qti_write_tree import make
from question_bank.item import Part, PartType, number_json
from question_bank.normal import normalise
from question_bank.policies import CENT, MultiplePolicy, scaled

RUINED = -1000
"""What a wrong choice counts where it costs everything: more than can be right."""
_POSITIONAL = (PartType.INLINE_CHOICE, PartType.GAP_MATCH, PartType.ORDER)


def declare_scored(draft: Draft, part: Part, given: Sequence[Given]) -> list[str]:
    """Declare the responses of a part and add the rules for its points; return their identifiers."""
    scoring = part.scoring or {}
    if draft.answers:
        # The rules are the source's; ours would not be written.
        return [draft.declare(one.cardinality, one.base_type) for one in given]
    if "rule" in scoring:
        return by_rule(draft, part)
    policy = MultiplePolicy(scoring.get("policy", MultiplePolicy.ALL_OR_NOTHING))
    if "map" in scoring:
        return _by_table(draft, part, given)
    if "areas" in scoring:
        return [_by_areas(draft, part, given[0])]
    if policy is MultiplePolicy.ALL_OR_NOTHING:
        return _exactly(draft, part, given)
    if part.type is PartType.ORDER:
        return [_order_by_place(draft, part, given[0], policy)]
    if part.type is PartType.MATCH and policy is MultiplePolicy.PER_OPTION:
        return [_match_by_place(draft, part, given[0])]
    return _by_mapping(draft, part, given, policy)


def _declared(draft: Draft, one: Given, *inside: etree._Element) -> str:
    return draft.declare(one.cardinality, one.base_type, *correct(*one.right), *inside)


def _exactly(draft: Draft, part: Part, given: Sequence[Given]) -> list[str]:
    names = [_declared(draft, one) for one in given]
    tests = [_is_right(name, one) for name, one in zip(names, given, strict=True)]
    test = tests[0] if len(tests) == 1 else make("and", *tests)
    draft.rules.append(_if(test, added(SCORE, value(part.points))))
    return names


def _is_right(name: str, one: Given) -> etree._Element:
    if not one.right:
        return make("isNull", variable(name))
    right = make("correct", identifier=name)
    if one.base_type == "float":
        return make("equal", variable(name), right, toleranceMode="exact")
    return make("match", variable(name), right)


def _if(test: etree._Element, *then: etree._Element) -> etree._Element:
    return make("responseCondition", make("responseIf", test, *then))


def by_number(
    draft: Draft,
    total: Callable[[], etree._Element],
    worth: Iterable[tuple[int, Decimal]],
    names: Sequence[str],
) -> None:
    """Add the rule that gives points by a number.

    Args:
        total: makes the expression that gives the number.
        worth: numbers and their points; others earn nothing.
        names: responses that earn nothing when none of them is given.
    """
    branches = []
    if names:
        empty = [make("isNull", variable(name)) for name in names]
        test = empty[0] if len(empty) == 1 else make("and", *empty)
        branches.append((test, Decimal(0)))
    branches += [
        (make("equal", total(), value(number), toleranceMode="exact"), points)
        for number, points in worth
        if points
    ]
    rules = [
        make("responseElseIf" if n else "responseIf", test, added(SCORE, value(points)))
        for n, (test, points) in enumerate(branches)
    ]
    draft.rules.append(make("responseCondition", *rules))


def _by_mapping(draft: Draft, part: Part, given: Sequence[Given], policy: MultiplePolicy) -> list[str]:
    """Count what is right less what is wrong, each by what a choice is mapped to."""
    is_each = policy is MultiplePolicy.PER_OPTION
    in_places = part.type in _POSITIONAL
    wrong = RUINED if policy in (MultiplePolicy.PARTIAL, MultiplePolicy.PARTIAL_HALF) else -1
    names = [
        _declared(draft, one, _weights(one, 0 if is_each and in_places else wrong, _left_empty(part)))
        for one in given
    ]
    right = sum(len(one.right) for one in given)
    whole = (part.blanks or len(part.options)) if is_each else right
    by_itself = whole - right if is_each else 0
    worth = ((k - by_itself, _worth(part.points, k, whole, policy)) for k in range(whole, 0, -1))
    by_number(draft, lambda: _sum_of(names), worth, names if is_each else ())
    return names


def _sum_of(names: Sequence[str]) -> etree._Element:
    return make("sum", *(make("mapResponse", identifier=name) for name in names))


def _worth(points: Decimal, k: int, whole: int, policy: MultiplePolicy) -> Decimal:
    if policy is MultiplePolicy.PARTIAL_HALF and k < whole:
        return scaled(points, Decimal(1), 2)
    return scaled(points, Decimal(k), whole)


def _left_empty(part: Part) -> set[str]:
    """Return the gaps of the key into which nothing belongs."""
    if part.type is not PartType.GAP_MATCH or not isinstance(part.key, tuple):
        return set()
    return {f"G{n}" for n, word in enumerate(part.key, 1) if word is None}


def _weights(one: Given, wrong: int, left_empty: set[str]) -> etree._Element:
    """Return a mapping: 1 for what is right, `wrong` for the rest, at least -1 where nothing belongs."""
    spoiling = [v for v in one.values.values() if not one.right or v.rpartition(" ")[2] in left_empty]
    entries = dict.fromkeys(spoiling, min(wrong, -1)) | dict.fromkeys(one.right, 1)
    return _mapping(entries.items(), wrong)


def _mapping(entries: Iterable[tuple[str, Any]], default: Any, **other: str) -> etree._Element:
    case = {"caseSensitive": other.pop("caseSensitive", "true")}
    rows = [make("mapEntry", mapKey=key, mappedValue=_number(points), **case) for key, points in entries]
    return make("mapping", *rows, defaultValue=_number(default), **other)


def _number(number: Any) -> str:
    return str(number_json(Decimal(str(number))))


def _order_by_place(draft: Draft, part: Part, one: Given, policy: MultiplePolicy) -> str:
    """Count the places of an order, one rule a place."""
    name, count = _declared(draft, one), draft.counter()
    is_each = policy is MultiplePolicy.PER_OPTION
    wrong = 0 if is_each else RUINED if policy is not MultiplePolicy.MINUS_PER_WRONG else -1
    for n in range(1, len(part.options) + 1):
        if n <= len(one.right):
            expected = make("baseValue", one.right[n - 1], baseType="identifier")
            good, earned = make("match", _at(name, n), expected), 1
        else:
            good, earned = make("isNull", _at(name, n)), int(is_each)
        branches = [make("responseIf", good, added(count, value(earned)))]
        given = make("not", make("isNull", _at(name, n)))
        branches.append(make("responseElseIf", given, added(count, value(wrong))))
        draft.rules.append(make("responseCondition", *branches))
    whole = len(part.options) if is_each else len(one.right)
    worth = ((k, _worth(part.points, k, whole, policy)) for k in range(whole, 0, -1))
    by_number(draft, lambda: variable(count), worth, [name])
    return name


def _at(name: str, n: int) -> etree._Element:
    return make("index", variable(name), n=str(n))


def _match_by_place(draft: Draft, part: Part, one: Given) -> str:
    """Count the left items that are joined to exactly what they should be."""
    name, count = _declared(draft, one), draft.counter()
    for option in part.options:
        tests = []
        for ours, pair in one.values.items():
            if ours.split()[0] == option.id:
                is_in = make("member", make("baseValue", pair, baseType="directedPair"), variable(name))
                tests.append(is_in if pair in one.right else make("not", is_in))
        draft.rules.append(_if(make("and", *tests), added(count, value(1))))
    whole = len(part.options)
    worth = ((k, scaled(part.points, Decimal(k), whole)) for k in range(whole, 0, -1))
    by_number(draft, lambda: variable(count), worth, [name])
    return name


def _by_table(draft: Draft, part: Part, given: Sequence[Given]) -> list[str]:
    """Add up what the item's own table gives each value, as points of this part."""
    scoring = part.scoring or {}
    factor = part.points / _decimal(scoring["full"])
    low, high = _bounds(scoring)
    is_alone = len(given) == 1
    limits = {"lowerBound": _number(low * factor), "upperBound": _number(high * factor)} if is_alone else {}
    tables = [_table(scoring, one) for one in given]
    default = _decimal(scoring.get("default") or 0)
    case = "true" if scoring.get("case") or given[0].base_type != "string" else "false"
    names = [
        _declared(
            draft,
            one,
            _mapping(
                [(key, points * factor) for key, points in table.items()],
                default * factor,
                caseSensitive=case,
                **limits,
            ),
        )
        for one, table in zip(given, tables, strict=True)
    ]
    worth = [low, high, default, *(points for table in tables for points in table.values())]
    is_exact = all(points * factor == (points * factor).quantize(CENT) for points in worth)
    total = [make("mapResponse", identifier=name) for name in names]
    if not is_alone:
        total = [variable(_clamped(draft, total, low * factor, high * factor))]
    draft.rules.append(added(SCORE, *(total if is_exact else [_rounded(total[0])])))
    return names


def _bounds(scoring: Any) -> tuple[Decimal, Decimal]:
    """Return the least and the most of a table's sum: no part earns less than nothing or more than all."""
    full = _decimal(scoring["full"])
    lower, upper = scoring.get("lower"), scoring.get("upper")
    low = max(Decimal(0), _decimal(lower)) if lower is not None else Decimal(0)
    high = min(full, _decimal(upper)) if upper is not None else full
    return min(low, full), max(high, Decimal(0))


def _table(scoring: Any, one: Given) -> dict[str, Decimal]:
    """Return the points of each value as it is given in QTI; where all values are known, of them alone."""
    rows = {str(key): _decimal(points) for key, points in scoring["map"]}
    if one.values:
        found = {one.values[key]: points for key, points in rows.items() if key in one.values}
        return found or {next(iter(one.values.values())): _decimal(scoring.get("default") or 0)}
    if one.base_type == "string" and not scoring.get("case"):
        rows |= {normalise(key): points for key, points in rows.items() if normalise(key)}
    return rows


def _clamped(draft: Draft, points: Sequence[etree._Element], low: Decimal, high: Decimal) -> str:
    """Add rules that add up and keep the sum within bounds; return what holds it."""
    count = draft.counter()
    draft.rules.append(added(count, *points))
    below = make("lt", variable(count), value(low))
    above = make("gt", variable(count), value(high))
    branches = [
        make("responseIf", below, make("setOutcomeValue", value(low), identifier=count)),
        make("responseElseIf", above, make("setOutcomeValue", value(high), identifier=count)),
    ]
    draft.rules.append(make("responseCondition", *branches))
    return count


def _rounded(total: etree._Element) -> etree._Element:
    return make("roundTo", total, roundingMode="decimalPlaces", figures="2")


def _by_areas(draft: Draft, part: Part, one: Given) -> str:
    """Add up what the areas give in which points lie."""
    scoring = part.scoring or {}
    factor = part.points / _decimal(scoring["full"])
    low, high = _bounds(scoring)
    default = _decimal(scoring.get("default") or 0)
    worth = [low, high, default, *(_decimal(points) for *_, points in scoring["areas"])]
    rows = [
        make(
            "areaMapEntry",
            shape=shape,
            coords=coords_text(coords),
            mappedValue=_number(_decimal(points) * factor),
        )
        for shape, coords, points in scoring["areas"]
    ]
    limits = {"lowerBound": _number(low * factor), "upperBound": _number(high * factor)}
    name = _declared(draft, one, make("areaMapping", *rows, defaultValue=_number(default * factor), **limits))
    total = make("mapResponsePoint", identifier=name)
    is_exact = all(points * factor == (points * factor).quantize(CENT) for points in worth)
    draft.rules.append(added(SCORE, total if is_exact else _rounded(total)))
    return name


def coords_text(coords: Iterable[int]) -> str:
    """Return the numbers of an area; the area that is the whole picture has none, where QTI wants some."""
    return ",".join(map(str, coords)) or "0,0,0,0"


def _decimal(number: Any) -> Decimal:
    return Decimal(str(number))
