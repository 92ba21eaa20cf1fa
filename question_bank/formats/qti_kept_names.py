"""Names of an imported item's rules that the format does not allow, made ones that it does.

Public: `with_valid_names`.

Files in the wild call options "1" or "a b". A name is changed wherever it stands, in declarations, rules and
answers alike, so that the rules compute the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from itertools import count
from typing import Any

from lxml import etree

from question_bank.formats.qti_kept import Kept

_NAME = re.compile(r"[^\W\d][\w.-]*")
_PAIRS = ("pair", "directedPair")


def with_valid_names(kept: Kept) -> Kept:
    """Return rules whose every name may stand in a file; these themselves if theirs may."""
    everything = [*kept.responses, *kept.outcomes, kept.processing]
    variables = {one.get("identifier", "") for root in everything for one in root.iter(etree.Element)} - {""}
    choices = {
        name for told in kept.answers for name in [*told.get("names", {}).values(), *told.get("gaps", ())]
    }
    for_variables, for_choices = _better(variables), _better(choices)
    if not for_variables and not for_choices:
        return kept
    copies = [deepcopy(one) for one in everything]
    for root in copies:
        _rename(root, for_variables, for_choices)
    declared = len(kept.responses)
    return replace(
        kept,
        responses=copies[:declared],
        outcomes=copies[declared:-1],
        processing=copies[-1],
        answers=[_told(told, for_variables, for_choices) for told in kept.answers],
    )


def _better(names: Iterable[str]) -> dict[str, str]:
    """Return a new name for each that is none, unlike all others."""
    taken, found = set(names), dict[str, str]()
    for name in sorted(taken):
        if not _NAME.fullmatch(name):
            plain = "_" + re.sub(r"[^\w.-]", "_", name)
            numbered = (plain if n == 1 else f"{plain}_{n}" for n in count(1))
            found[name] = next(one for one in numbered if one not in taken)
            taken.add(found[name])
    return found


def _rename(root: etree._Element, variables: Mapping[str, str], choices: Mapping[str, str]) -> None:
    for element in root.iter(etree.Element):
        if (name := element.get("identifier")) in variables:
            element.set("identifier", variables[str(name)])
        base_type = element.get("baseType") or root.get("baseType", "")
        renamed = _renaming(base_type, choices)
        if element.tag in ("value", "baseValue") and element.text:
            element.text = renamed(element.text)
        elif element.tag == "mapEntry":
            element.set("mapKey", renamed(element.get("mapKey", "")))


def _renaming(base_type: str, choices: Mapping[str, str]) -> Callable[[str], str]:
    if base_type in _PAIRS:
        return lambda text: " ".join(choices.get(word, word) for word in text.split())
    if base_type == "identifier":
        return lambda text: choices.get(text.strip(), text)
    return lambda text: text


def _told(
    told: Mapping[str, Any], variables: Mapping[str, str], choices: Mapping[str, str]
) -> Mapping[str, Any]:
    found = {**told, "of": [variables.get(name, name) for name in told["of"]]}
    if "names" in told:
        found["names"] = {id_: choices.get(name, name) for id_, name in told["names"].items()}
    if "gaps" in told:
        found["gaps"] = [choices.get(name, name) for name in told["gaps"]]
    return found
