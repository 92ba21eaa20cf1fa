"""One part of an item as QTI: what it declares, what it shows, how it is scored.

Public: `add_part`, `unwritable`, `responses_of`.

Each part adds its points to SCORE, as many as our own rules give (`qti_write_scoring`). What people mark adds
nothing; its rubric says its worth.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from lxml import etree

from question_bank.formats.cells import LETTERS
from question_bank.formats.qti_write_draft import (
    SCORE,
    Draft,
    Given,
    added,
    correct,
    prompt,
)
from question_bank.formats.qti_write_further import FURTHER, rubric
from question_bank.formats.qti_write_scoring import by_number, declare_scored
from question_bank.formats.qti_write_text import add_text, paragraph
from question_bank.formats.qti_write_tree import make
from question_bank.item import Part, PartType, number_json
from question_bank.policies import CENT, scaled
from question_bank.scoring import normalise
from question_bank.words import Words, said

TRUE, FALSE = "正确", "错误"
"""The two options of a true or false question, as the reader knows them."""


def unwritable(part: Part) -> Words | None:
    """Return why a part cannot be written, or None."""
    if part.type is PartType.FILL_IN and "map" in (part.scoring or {}) and part.blanks > 1:
        # Our table counts a text once, in whichever blank; QTI maps each blank by itself.
        return said("QTI 不能保存几个空合用的分值对照表")
    if part.bounds is not None and part.bounds.lower < 0:
        return said("QTI 的滑块不能低于 0")
    areas = [option.coords for option in part.options]
    areas += [coords for _, coords, _ in (part.scoring or {}).get("areas", ())]
    if any(number < 0 for coords in areas for number in coords):
        return said("QTI 的区域不能伸出图片的左边或上边")
    return None


def responses_of(part: Part) -> int:
    """Return how many responses a part has in QTI."""
    return part.blanks if part.type in (PartType.FILL_IN, PartType.INLINE_CHOICE) else 1


def add_part(draft: Draft, part: Part) -> list[etree._Element]:
    """Declare and score a part, and return what is shown of it."""
    draft.begin(part)
    return _WRITERS[part.type](draft, part)


def _choice(draft: Draft, part: Part) -> list[etree._Element]:
    names = draft.named(part.options)
    if not draft.told:
        names = dict(zip(names, LETTERS, strict=False))
    texts = {names[option.id]: option.text for option in part.options}
    if isinstance(part.key, tuple):
        given = Given("multiple", "identifier", names, tuple(names[str(one)] for one in part.key))
    else:
        given = Given("single", "identifier", names, (names[str(part.key)],))
    return [_choices(draft, part, texts, given)]


def _true_false(draft: Draft, part: Part) -> list[etree._Element]:
    names = draft.told.get("names", {"true": "T", "false": "F"})
    given = Given("single", "identifier", names, (names["true" if part.key else "false"],))
    return [_choices(draft, part, {names["true"]: TRUE, names["false"]: FALSE}, given)]


def _choices(draft: Draft, part: Part, texts: Mapping[str, str], given: Given) -> etree._Element:
    """Return stem and options."""
    (response,) = declare_scored(draft, part, [given])
    most = 1 if given.cardinality == "single" else draft.most
    how = {"shuffle": "false", "maxChoices": str(most)}
    interaction = make("choiceInteraction", prompt(draft, part), responseIdentifier=response, **how)
    for name, text in texts.items():
        option = etree.SubElement(interaction, "simpleChoice", identifier=name)
        add_text(option, text, draft.address)
    return interaction


def _fill_in(draft: Draft, part: Part) -> list[etree._Element]:
    assert isinstance(part.key, tuple)
    if part.scoring is not None:
        given = [Given("single", "string", {}, (accepted[0],)) for accepted in part.key]
        names = declare_scored(draft, part, given)
    else:
        names = _equal_shares(draft, part)
    entries = [
        make("textEntryInteraction", responseIdentifier=name, expectedLength=str(max(map(len, accepted))))
        for name, accepted in zip(names, part.key, strict=True)
    ]
    return [paragraph(part.stem, draft.address, entries)]


def _equal_shares(draft: Draft, part: Part) -> list[str]:
    """Give each blank its share, by how many are right where a share is no number of hundredths."""
    assert isinstance(part.key, tuple)
    whole = len(part.key)
    share = part.points / whole
    is_exact = share == share.quantize(CENT)
    names = [draft.declare("single", "string", *_answers(a, share if is_exact else 1)) for a in part.key]
    if is_exact:
        draft.rules.append(added(SCORE, *(make("mapResponse", identifier=name) for name in names)))
    else:
        worth = ((k, scaled(part.points, Decimal(k), whole)) for k in range(whole, 0, -1))
        by_number(draft, lambda: make("sum", *(make("mapResponse", identifier=n) for n in names)), worth, ())
    return names


def _answers(accepted: tuple[str, ...], worth: Decimal | int) -> list[etree._Element]:
    """Return the first spelling as the answer, and what each is worth, also as we compare them."""
    spellings = [*accepted]
    known = {spelling.casefold() for spelling in spellings}
    spellings += dict.fromkeys(one for one in map(normalise, spellings) if one and one not in known)
    points = str(number_json(Decimal(worth)))
    entries = [
        make("mapEntry", mapKey=spelling, mappedValue=points, caseSensitive="false")
        for spelling in dict.fromkeys(spellings)
    ]
    return [*correct(spellings[0]), make("mapping", *entries, defaultValue="0")]


def _essay(draft: Draft, part: Part) -> list[etree._Element]:
    name = draft.declare("single", "string")
    interaction = make("extendedTextInteraction", prompt(draft, part), responseIdentifier=name)
    return [interaction, *rubric(draft, part)]


_WRITERS: Mapping[PartType, Callable[[Draft, Part], list[etree._Element]]] = {
    PartType.SINGLE: _choice,
    PartType.MULTIPLE: _choice,
    PartType.TRUE_FALSE: _true_false,
    PartType.FILL_IN: _fill_in,
    PartType.ESSAY: _essay,
    **FURTHER,
}
