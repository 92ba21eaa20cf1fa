"""By which of our policies a part is scored, as far as that makes a difference.

Public: `policy_of`, `PLACED`.
"""

from collections.abc import Mapping
from typing import Any

from question_bank.policies import MultiplePolicy
from question_bank.terms import PartType
from question_bank.value_shapes import BLANK

PLACED = frozenset({PartType.INLINE_CHOICE, PartType.GAP_MATCH, PartType.ORDER})
"""The types with places, that Moodle scores place by place."""


def policy_of(part: Mapping[str, Any]) -> MultiplePolicy | None:
    """Return the policy that scores a part of these types, given as JSON; None for a table or rules.

    Where there is one place only, every policy gives everything or nothing.
    """
    policy = (part.get("scoring") or {"policy": MultiplePolicy.ALL_OR_NOTHING}).get("policy")
    if policy is None:
        return None
    blanks = len(BLANK.findall(part["stem"]))
    one_place = part["type"] != PartType.ORDER and blanks == 1
    return MultiplePolicy.PER_OPTION if one_place else MultiplePolicy(policy)
