"""One part of an item as QTI: what it declares, what it shows, how it is scored.

Public: `Draft`, `add_part`, `unwritable`.

Each part adds its points to SCORE. Points are those of our own rules (`scoring`): exactly the key, an
equal share a blank, rounded half up to a hundredth. What people mark adds nothing; its rubric says its worth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from question_bank.formats.cells import LETTERS
from question_bank.formats.qti_write_text import Address, add_text, paragraph
from question_bank.formats.qti_write_tree import make
from question_bank.item import Part, PartType, number_json
from question_bank.scoring import CENT, normalise
from question_bank.words import Words, said

SCORE = "SCORE"
TRUE, FALSE = "正确", "错误"
"""The two options of a true or false question, as the reader knows them."""
Spellings = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Draft:
    """An item's document in the making; `responses` is how many it will have."""

    address: Address
    responses: int
    declarations: list[etree._Element] = field(default_factory=list)
    rules: list[etree._Element] = field(default_factory=list)

    def declare(self, cardinality: str, base_type: str, *inside: etree._Element) -> str:
        """Declare a response and return its identifier."""
        number = len(self.declarations) + 1
        name = "RESPONSE" if self.responses == 1 else f"RESPONSE_{number}"
        kind = {"cardinality": cardinality, "baseType": base_type}
        self.declarations.append(make("responseDeclaration", *inside, identifier=name, **kind))
        return name

    def earn(self, *points: etree._Element) -> etree._Element:
        """Return the rule that adds points, an expression, to the score."""
        return make("setOutcomeValue", make("sum", variable(SCORE), *points), identifier=SCORE)


def variable(name: str) -> etree._Element:
    """Return the value of a variable as an expression."""
    return make("variable", identifier=name)


def value(number: Decimal | int) -> etree._Element:
    """Return a number as an expression."""
    return make("baseValue", str(number_json(Decimal(number))), baseType="float")


def unwritable(part: Part) -> Words | None:
    """Return why a part cannot be written, or None."""
    if part.type in _WRITERS:
        return None
    return said("QTI 导出还不支持%(type)s", type=part.type.label)


def add_part(draft: Draft, part: Part) -> list[etree._Element]:
    """Declare and score a part, and return what is shown of it."""
    return _WRITERS[part.type](draft, part)


def correct(*values: str) -> etree._Element:
    """Return the declared answer."""
    return make("correctResponse", *(make("value", one) for one in values))


def _choice(draft: Draft, part: Part) -> list[etree._Element]:
    names = dict(zip(part.option_ids, LETTERS, strict=False))
    texts = {names[option.id]: option.text for option in part.options}
    if isinstance(part.key, tuple):
        return _choices(draft, part, texts, [names[str(one)] for one in part.key])
    return _choices(draft, part, texts, names[str(part.key)])


def _true_false(draft: Draft, part: Part) -> list[etree._Element]:
    return _choices(draft, part, {"T": TRUE, "F": FALSE}, "T" if part.key else "F")


def _choices(
    draft: Draft, part: Part, texts: dict[str, str], key: str | Sequence[str]
) -> list[etree._Element]:
    """Return stem and options; a key of several is exactly these, in any order."""
    is_one = isinstance(key, str)
    name = draft.declare(
        "single" if is_one else "multiple", "identifier", correct(*([key] if is_one else key))
    )
    how = {"shuffle": "false", "maxChoices": "1" if is_one else "0"}
    interaction = make("choiceInteraction", _prompt(draft, part), responseIdentifier=name, **how)
    for letter, text in texts.items():
        option = etree.SubElement(interaction, "simpleChoice", identifier=letter)
        add_text(option, text, draft.address)
    right = make("match", variable(name), make("correct", identifier=name))
    draft.rules.append(_if(right, draft.earn(value(part.points))))
    return [interaction]


def _prompt(draft: Draft, part: Part) -> etree._Element:
    """Return the stem as part of its interaction: what stands before a case's first one is its material."""
    prompt = make("prompt")
    add_text(prompt, part.stem, draft.address)
    return prompt


def _if(test: etree._Element, *then: etree._Element) -> etree._Element:
    return make("responseCondition", make("responseIf", test, *then))


def _fill_in(draft: Draft, part: Part) -> list[etree._Element]:
    assert isinstance(part.key, tuple)
    share = part.points / len(part.key)
    is_exact = share == share.quantize(CENT)
    names = [draft.declare("single", "string", *_answers(a, share if is_exact else 1)) for a in part.key]
    entries = [
        make("textEntryInteraction", responseIdentifier=name, expectedLength=str(max(map(len, accepted))))
        for name, accepted in zip(names, part.key, strict=True)
    ]
    given = [make("mapResponse", identifier=name) for name in names]
    draft.rules.append(draft.earn(*given) if is_exact else _by_number(draft, part.points, given))
    return [paragraph(part.stem, draft.address, entries)]


def _answers(accepted: str | tuple[str, ...], worth: Decimal | int) -> list[etree._Element]:
    """Return the first spelling as the answer, and what each is worth, also as we compare them."""
    spellings = [accepted] if isinstance(accepted, str) else [*accepted]
    known = {spelling.casefold() for spelling in spellings}
    spellings += dict.fromkeys(one for one in map(normalise, spellings) if one and one not in known)
    points = str(number_json(Decimal(worth)))
    entries = [
        make("mapEntry", mapKey=spelling, mappedValue=points, caseSensitive="false")
        for spelling in dict.fromkeys(spellings)
    ]
    return [correct(spellings[0]), make("mapping", *entries, defaultValue="0")]


def _by_number(draft: Draft, points: Decimal, given: list[etree._Element]) -> etree._Element:
    """Return points by how many blanks are right, where an equal share is no number of hundredths."""
    branches: list[etree._Element] = []
    for right in range(len(given), 0, -1):
        worth = (points * right / len(given)).quantize(CENT, ROUND_HALF_UP)
        count = make("sum", *(make("mapResponse", identifier=one.get("identifier")) for one in given))
        test = make("equal", count, value(right), toleranceMode="exact")
        name = "responseElseIf" if branches else "responseIf"
        branches.append(make(name, test, draft.earn(value(worth))))
    return make("responseCondition", *branches)


def _essay(draft: Draft, part: Part) -> list[etree._Element]:
    name = draft.declare("single", "string")
    shown = [make("extendedTextInteraction", _prompt(draft, part), responseIdentifier=name)]
    if part.rubric:
        points = [
            paragraph(f"{one.text}（{number_json(one.points)} 分）", draft.address) for one in part.rubric
        ]
        shown.append(make("rubricBlock", make("contentBody", *points), view="scorer", use="scoring"))
    return shown


_WRITERS: dict[PartType, Callable[[Draft, Part], list[etree._Element]]] = {
    PartType.SINGLE: _choice,
    PartType.MULTIPLE: _choice,
    PartType.TRUE_FALSE: _true_false,
    PartType.FILL_IN: _fill_in,
    PartType.ESSAY: _essay,
}
