"""The further types as interactions of QTI: choices in a text, pairs, orders, marks, gaps, pictures, numbers.

Public: `FURTHER`, `rubric`.
"""

from collections.abc import Callable, Mapping

from lxml import etree

from question_bank.formats.qti_write_draft import Draft, Given, prompt
from question_bank.formats.qti_write_scoring import coords_text, declare_scored
from question_bank.formats.qti_write_text import add_text, paragraph
from question_bank.formats.qti_write_tree import make
from question_bank.item import Option, Part, PartType, number_json
from question_bank.markup import without_images

_MEDIA = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}


def _line(text: str) -> str:
    """Return a text for a place that shows a line of text only."""
    return " ".join(without_images(text).split())


def _key(part: Part) -> tuple[str | None, ...]:
    assert isinstance(part.key, tuple)
    return part.key


def _inline_choice(draft: Draft, part: Part) -> list[etree._Element]:
    names = draft.named(part.options)
    given = []
    for blank, right in enumerate(_key(part), 1):
        own = {option.id: names[option.id] for option in part.options if option.blank == blank}
        given.append(Given("single", "identifier", own, () if right is None else (names[right],)))
    interactions = []
    for name, one in zip(declare_scored(draft, part, given), given, strict=True):
        texts = [(one.values[option.id], option.text) for option in part.options if option.id in one.values]
        choices = [make("inlineChoice", _line(text), identifier=choice) for choice, text in texts]
        interaction = make("inlineChoiceInteraction", *choices, responseIdentifier=name, shuffle="false")
        interactions.append(interaction)
    return [paragraph(part.stem, draft.address, interactions)]


def _match(draft: Draft, part: Part) -> list[etree._Element]:
    lefts, rights = draft.named(part.options), draft.named(part.targets, "T")
    assert isinstance(part.key, tuple)
    pairs = {f"{a} {b}": f"{left} {right}" for a, left in lefts.items() for b, right in rights.items()}
    right = tuple(pairs[" ".join(pair)] for pair in part.key)
    (name,) = declare_scored(draft, part, [Given("multiple", "directedPair", pairs, right)])
    columns = [
        make("simpleMatchSet", *(_associable(draft, option, names[option.id], most) for option in options))
        for options, names, most in ((part.options, lefts, part.most), (part.targets, rights, 0))
    ]
    how = {"shuffle": "false", "maxAssociations": str(draft.most), "responseIdentifier": name}
    if draft.has_pairs:
        # Both columns as the one list of an associate, whose rules know pairs without direction.
        return [
            make("associateInteraction", prompt(draft, part), *(c for one in columns for c in one), **how)
        ]
    return [make("matchInteraction", prompt(draft, part), *columns, **how)]


def _associable(draft: Draft, option: Option, name: str, most: int) -> etree._Element:
    choice = make("simpleAssociableChoice", identifier=name, matchMax=str(most))
    add_text(choice, option.text, draft.address)
    return choice


def _order(draft: Draft, part: Part) -> list[etree._Element]:
    names = draft.named(part.options)
    right = tuple(names[str(one)] for one in _key(part))
    (name,) = declare_scored(draft, part, [Given("ordered", "identifier", names, right)])
    how = {"shuffle": "false"}
    most = draft.most if draft.told else len(names) if len(right) < len(names) else 0
    if most:
        how |= {"minChoices": "1", "maxChoices": str(most)}
    interaction = make("orderInteraction", prompt(draft, part), responseIdentifier=name, **how)
    for option in part.options:
        choice = etree.SubElement(interaction, "simpleChoice", identifier=names[option.id])
        add_text(choice, option.text, draft.address)
    return [interaction]


def _chosen(part: Part, names: Mapping[str, str]) -> Given:
    """Return the response to a choice among marked things."""
    right = tuple(names[str(one)] for one in _key(part))
    return Given("single" if part.most == 1 else "multiple", "identifier", names, right)


def _hottext(draft: Draft, part: Part) -> list[etree._Element]:
    names = draft.named(part.options)
    (name,) = declare_scored(draft, part, [_chosen(part, names)])
    marks = {}
    for option in part.options:
        marks[option.id] = make("hottext", identifier=names[option.id])
        add_text(marks[option.id], option.text, draft.address)
    text = make("p")
    add_text(text, part.stem, draft.address, marks=marks)
    return [make("hottextInteraction", text, responseIdentifier=name, maxChoices=str(part.most))]


def _gap_match(draft: Draft, part: Part) -> list[etree._Element]:
    names, key = draft.named(part.options), _key(part)
    places = draft.told.get("gaps") or [f"G{n}" for n in range(1, len(key) + 1)]
    pairs = {
        f"{word} {n}": f"{name} {place}" for word, name in names.items() for n, place in enumerate(places, 1)
    }
    right = tuple(pairs[f"{word} {n}"] for n, word in enumerate(key, 1) if word is not None)
    (name,) = declare_scored(draft, part, [Given("multiple", "directedPair", pairs, right)])
    words = [
        make("gapText", _line(option.text), identifier=names[option.id], matchMax=str(part.most))
        for option in part.options
    ]
    text = paragraph(part.stem, draft.address, [make("gap", identifier=place) for place in places])
    how = {"shuffle": "false", "maxAssociations": str(draft.most), "responseIdentifier": name}
    return [make("gapMatchInteraction", *words, text, **how)]


def _hotspot(draft: Draft, part: Part) -> list[etree._Element]:
    source = draft.address(str(part.image))
    media_type = _MEDIA[source.rpartition(".")[2]]
    picture = make("object", _line(part.stem), data=source, type=media_type)
    most = {"maxChoices": str(part.most)}
    if not part.options:
        points = tuple(f"{x} {y}" for x, y in _points(part))
        given = Given("single" if part.most == 1 else "multiple", "point", {}, points)
        (name,) = declare_scored(draft, part, [given])
        return [make("selectPointInteraction", prompt(draft, part), picture, responseIdentifier=name, **most)]
    names = draft.named(part.options)
    (name,) = declare_scored(draft, part, [_chosen(part, names)])
    choices = [
        make(
            "hotspotChoice",
            identifier=names[option.id],
            shape=str(option.shape),
            coords=coords_text(option.coords),
            hotspotLabel=_line(option.text),
        )
        for option in part.options
    ]
    return [
        make("hotspotInteraction", prompt(draft, part), picture, *choices, responseIdentifier=name, **most)
    ]


def _points(part: Part) -> list[tuple[int, int]]:
    assert isinstance(part.key, tuple)
    return [(x, y) for x, y in part.key]


def _slider(draft: Draft, part: Part) -> list[etree._Element]:
    assert part.bounds is not None
    given = Given("single", "float", {}, (str(part.key),))
    (name,) = declare_scored(draft, part, [given])
    numbers = {"lowerBound": part.bounds.lower, "upperBound": part.bounds.upper, "step": part.bounds.step}
    how = {attribute: str(number_json(number)) for attribute, number in numbers.items()}
    return [make("sliderInteraction", prompt(draft, part), responseIdentifier=name, **how)]


def _upload(draft: Draft, part: Part) -> list[etree._Element]:
    name = draft.declare("single", "file")
    interaction = make("uploadInteraction", prompt(draft, part), responseIdentifier=name)
    return [interaction, *rubric(draft, part)]


def rubric(draft: Draft, part: Part) -> list[etree._Element]:
    """Return the scoring points for those who mark, in a list that is empty where there are none."""
    if not part.rubric:
        return []
    points = [paragraph(f"{one.text}（{number_json(one.points)} 分）", draft.address) for one in part.rubric]
    return [make("rubricBlock", make("contentBody", *points), view="scorer", use="scoring")]


FURTHER: Mapping[PartType, Callable[[Draft, Part], list[etree._Element]]] = {
    PartType.INLINE_CHOICE: _inline_choice,
    PartType.MATCH: _match,
    PartType.ORDER: _order,
    PartType.HOTTEXT: _hottext,
    PartType.GAP_MATCH: _gap_match,
    PartType.HOTSPOT: _hotspot,
    PartType.SLIDER: _slider,
    PartType.UPLOAD: _upload,
}
