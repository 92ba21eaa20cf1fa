"""The raw score of a response by the rules of the item it was imported from.

Public: `rule_score`.

`Part.scoring` is {"rule": tree, "answers": {…}, "full"}: the tree speaks of the source's own identifiers, and
`answers` says how a value of ours is told to it: "of" the ids of its responses (one for each blank, or one),
"names" our option ids and true/false as the source names them, "gaps" the source's gaps, "most" how many
choices the source allows, 0 for any number.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from question_bank.item import Part, PartType
from question_bank.response_rules import score_of
from question_bank.rule_values import NUMERIC, Bag, RuleError, Single, Value, parsed


def rule_score(part: Part, value: object, scoring: Mapping[str, Any]) -> Decimal:
    """Return the raw score of a value that is of the right shape and not empty.

    What cannot be answered in the source, more choices than it allows, earns 0.
    """
    most = scoring["answers"].get("most", 0)
    if most and isinstance(value, list | tuple) and len([one for one in value if one is not None]) > most:
        return Decimal(0)
    return score_of(scoring["rule"], _given(part, value, scoring))


def _given(part: Part, value: Any, scoring: Mapping[str, Any]) -> dict[str, Value]:
    """Return a value as the responses of the source."""
    answers, responses = scoring["answers"], scoring["rule"]["responses"]
    names, of = answers.get("names", {}), answers["of"]
    if part.type in (PartType.FILL_IN, PartType.INLINE_CHOICE):
        texts = [names.get(one, one) for one in value]
        return {name: _value(responses[name], [text]) for name, text in zip(of, texts, strict=True)}
    if part.type is PartType.MATCH:
        given = [f"{names[option]} {names[target]}" for option, target in value]
    elif part.type is PartType.GAP_MATCH:
        pairs = zip(value, answers["gaps"], strict=True)
        given = [f"{names[word]} {gap}" for word, gap in pairs if word is not None]
    elif part.type is PartType.SLIDER:
        given = [str(value)]
    else:
        given = [names[str(one).lower()] for one in (value if isinstance(value, list | tuple) else [value])]
    return {of[0]: _value(responses[of[0]], given)}


def _value(declared: Mapping[str, Any], given: Sequence[str | None]) -> Value:
    base_type, found = declared["type"], list[Single]()
    for text in given:
        if text is None or not text.strip():
            continue
        try:
            found.append(parsed(text, base_type))
        except RuleError:
            # Not a number, where the source takes numbers only: no answer.
            assert base_type in NUMERIC
    if not found:
        return None
    if declared["cardinality"] == "single":
        return found[0]
    # The same pair drawn from either end is one association.
    values = tuple(dict.fromkeys(found)) if base_type == "pair" else tuple(found)
    return Bag(values, declared["cardinality"] == "ordered")
