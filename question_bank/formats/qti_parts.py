"""The questions of a QTI item as parts of one of ours.

Public: `asked_of`, `rationale`, `Sheet`, `INLINE`, `STEM`, `TYPE`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from question_bank.formats.cells import LETTERS
from question_bank.formats.moodle_question import NO_RUBRIC
from question_bank.formats.qti_asked import Asked, identifiers, number_attribute, option_ids
from question_bank.formats.qti_body import Body
from question_bank.formats.qti_further import FURTHER, further
from question_bank.formats.qti_keys import (
    KEY,
    RULES,
    Trial,
    choice_key,
    right_text,
    text_key,
    tried_texts,
)
from question_bank.formats.qti_points import set_point_key
from question_bank.formats.qti_scoring import set_key
from question_bank.formats.qti_tree import cut
from question_bank.formats.qti_values import Bag, Outcome, QtiRefused, Response, members
from question_bank.formats.row import POINTS
from question_bank.item import PartType, number_json
from question_bank.markup import without_images
from question_bank.words import said

Json = dict[str, Any]
STEM, OPTIONS, TYPE = said("题干"), said("选项"), said("题型")
INLINE = frozenset({"inlineChoiceInteraction", "textEntryInteraction"})
TRUE = frozenset({"正确", "对", "true", "correct", "right"})
FALSE = frozenset({"错误", "不正确", "错", "不对", "false", "incorrect", "wrong"})
BLANK = "____"
_OWN_POINTS = {part_type: Decimal(2) for part_type in PartType} | {
    **POINTS,
    PartType.UPLOAD: POINTS[PartType.ESSAY],
}
_TITLED = frozenset({PartType.MATCH, PartType.ORDER, PartType.HOTSPOT, PartType.SLIDER, PartType.UPLOAD})
"""The types that files ask without a word, the title being the question."""
_TYPED = frozenset({"string", "integer", "float", ""})


@dataclass(slots=True)
class Sheet:
    """An item being read: its body, what it declares, its rules, and the texts of the options read so far."""

    body: Body
    responses: Mapping[str, Response]
    outcomes: Mapping[str, Outcome]
    trial: Trial
    title: str = ""
    option_texts: dict[etree._Element, str] = field(default_factory=dict)

    def response(self, interaction: etree._Element) -> Response:
        """Return what is declared about an interaction's response.

        Raises:
            QtiRefused: if nothing is.
        """
        name = interaction.get("responseIdentifier", "")
        if name not in self.responses:
            message = said("%(name)s 没有声明作答“%(id)s”", name=str(interaction.tag), id=name[:60])
            raise QtiRefused(KEY, message)
        return self.responses[name]

    def maximum(self) -> Decimal | None:
        """Return the full score that the item states, if it does."""
        score, most = self.outcomes.get("SCORE"), self.outcomes.get("MAXSCORE")
        if score is not None and score.maximum is not None:
            return score.maximum
        stated = members(most.default) if most is not None else ()
        return stated[0] if stated and isinstance(stated[0], Decimal) and stated[0] > 0 else None

    def set_right(self, interactions: Sequence[etree._Element]) -> None:
        """Take the declared answers as those beside which the others are tried.

        Raises:
            QtiRefused: if two interactions share a response.
        """
        for interaction in interactions:
            response = self.response(interaction)
            if response.id in self.trial.right:
                raise QtiRefused(KEY, said("两处作答用了同一个“%(id)s”", id=response.id[:60]))
            if response.has_default:
                self.trial.warn(KEY, said("预先填好或选好的作答没有保存"))
            is_text = interaction.tag == "textEntryInteraction"
            self.trial.right[response.id] = right_text(response) if is_text else response.correct


def asked_of(
    sheet: Sheet,
    holder: etree._Element,
    interactions: Sequence[etree._Element],
    before: str = "",
) -> Asked:
    """Return the question that stands in `holder`; the tree is changed.

    Args:
        interactions: all those in `holder`: text entries only, inline choices only, or one of another kind.
        before: text that belongs to the stem and stands before it.

    Raises:
        QtiRefused: if it cannot be held.
    """
    sheet.trial.needs_rule = False
    first, kinds = interactions[0], {one.tag for one in interactions}
    if len(interactions) > 1 and (len(kinds) > 1 or first.tag not in INLINE):
        raise QtiRefused(TYPE, said("同一段里有几处不同的作答，本系统不能分成小题"))
    if first.tag == "textEntryInteraction":
        asked = _fill_in(sheet, interactions)
    elif first.tag == "inlineChoiceInteraction":
        asked = _inline_choice(sheet, interactions)
    elif first.tag == "extendedTextInteraction":
        asked = _essay(sheet, first)
    elif first.tag in FURTHER:
        asked = _further(sheet, first)
    else:
        asked = _choice(sheet, first)
    asked.needs_rule = sheet.trial.needs_rule
    stem = "\n".join(filter(None, [before, sheet.body.text(holder, STEM)]))
    if not stem and asked.type in _TITLED:
        stem = sheet.title
    asked.part = {"options": [], "key": None, "rubric": [], "stem": stem} | asked.part
    return asked


def _points(sheet: Sheet, part_type: PartType, responses: Sequence[str]) -> int | float:
    """Return what a part is worth by the rules, or as the item states, or as its type is worth by itself."""
    if not sheet.trial.rules.are_there:
        stated = sheet.maximum() if len(sheet.trial.right) == len(responses) else None
        return number_json(stated or _OWN_POINTS[part_type])
    worth = sheet.trial.worth(responses)
    if worth <= 0:
        raise QtiRefused(RULES, said("有一小题不计分"))
    return number_json(worth)


def _further(sheet: Sheet, interaction: etree._Element) -> Asked:
    response = sheet.response(interaction)
    asked = further(sheet.body, interaction, response)
    if asked.type is PartType.UPLOAD:
        stated = sheet.maximum() if len(sheet.trial.right) == 1 else None
        asked.part["points"] = number_json(stated or _OWN_POINTS[PartType.UPLOAD])
        _set_rubric(sheet, asked.part)
        return asked
    (set_point_key if asked.takes_points else set_key)(sheet.trial, asked)
    asked.part["points"] = _points(sheet, asked.type, [response.id])
    return asked


def _set_rubric(sheet: Sheet, part: Json) -> None:
    notes = [sheet.body.text(note, said("评分要点")) for note in sheet.body.notes_for_markers]
    if notes:
        part["rubric"] = [{"points": part["points"], "text": "\n".join(notes)}]


def _choice(sheet: Sheet, interaction: etree._Element) -> Asked:
    response = sheet.response(interaction)
    choices = [*interaction.iter("simpleChoice")]
    names = identifiers(choices)
    if len(choices) > len(LETTERS):
        raise QtiRefused(OPTIONS, said("选项有 %(n)s 个，最多 8 个", n=len(choices)))
    texts = _texts(sheet, choices)
    most = 1 if response.cardinality == "single" else number_attribute(interaction, "maxChoices", 1)
    key = _key_of_choice(sheet, response, names, most)
    for choice in choices:
        cut(choice)
    for prompt in interaction.iter("prompt"):
        prompt.tag = "div"
    interaction.tag = "div"
    ids = dict(zip(option_ids(len(names)), names, strict=True))
    options = [{"id": id_, "text": text} for id_, text in zip(ids, texts, strict=True)]
    asked = Asked({}, [response], [names], ids, most=most if 1 < most < len(options) else 0)
    asked.part = _with_key(sheet, asked, options, [id_ for id_, name in ids.items() if name in key], most)
    return asked


def _texts(sheet: Sheet, choices: Sequence[etree._Element]) -> list[str]:
    texts = [sheet.body.text(choice, OPTIONS) for choice in choices]
    sheet.option_texts |= {choice: without_images(text) for choice, text in zip(choices, texts, strict=True)}
    return texts


def _key_of_choice(sheet: Sheet, response: Response, names: Sequence[str], most: int) -> tuple[str, ...]:
    key = choice_key(sheet.trial, response, names, most)
    if response.correct is None:
        sheet.trial.right[response.id] = key[0] if response.cardinality == "single" else Bag(key)
    return key


def _with_key(sheet: Sheet, asked: Asked, options: list[dict[str, str]], key: list[str], most: int) -> Json:
    is_single = most == 1
    part_type = PartType.SINGLE if is_single else PartType.MULTIPLE
    words = [option["text"].strip().rstrip("。.").casefold() for option in options]
    truths = [True if word in TRUE else False if word in FALSE else None for word in words]
    if is_single and sorted(truths, key=str) == [False, True]:
        part_type = PartType.TRUE_FALSE
    points = _points(sheet, part_type, [response.id for response in asked.responses])
    if part_type is PartType.TRUE_FALSE:
        right = next(option["id"] for option, truth in zip(options, truths, strict=True) if truth)
        wrong = next(option["id"] for option in options if option["id"] != right)
        asked.names = {"true": asked.names[right], "false": asked.names[wrong]}
        return {"type": part_type.value, "key": key == [right], "points": points}
    if not is_single and len(key) == 1:
        sheet.trial.warn(KEY, said("多选题只有一个答案，请核对"))
    found: Json = {"type": part_type.value, "options": options, "points": points}
    return found | {"key": key[0] if is_single else key}


def _inline_choice(sheet: Sheet, interactions: Sequence[etree._Element]) -> Asked:
    """Read choices from lists in running text, each a blank."""
    options: list[Json] = []
    key: list[str] = []
    ids: dict[str, str] = {}
    responses, pool = [], []
    for blank, interaction in enumerate(interactions, start=1):
        response = sheet.response(interaction)
        if response.cardinality != "single":
            raise QtiRefused(
                KEY, said("一空要填几段（%(name)s），本系统没有", name=response.cardinality[:20])
            )
        choices = [*interaction.iter("inlineChoice")]
        names = identifiers(choices)
        own = option_ids(len(names), len(options))
        texts = _texts(sheet, choices)
        right = _key_of_choice(sheet, response, names, 1)
        key.append(own[names.index(right[0])])
        ids |= dict(zip(own, names, strict=True))
        options += [{"id": o, "text": text, "blank": blank} for o, text in zip(own, texts, strict=True)]
        responses.append(response)
        pool.append(names)
        cut(interaction, BLANK)
    points = _points(sheet, PartType.INLINE_CHOICE, [response.id for response in responses])
    part: Json = {"type": PartType.INLINE_CHOICE.value, "options": options, "key": key, "points": points}
    return Asked(part, responses, pool, ids)


def _fill_in(sheet: Sheet, interactions: Sequence[etree._Element]) -> Asked:
    responses = [sheet.response(interaction) for interaction in interactions]
    for response in responses:
        _need_text(response)
    key = text_key(sheet.trial, responses)
    for interaction in interactions:
        cut(interaction, BLANK)
    points = _points(sheet, PartType.FILL_IN, [response.id for response in responses])
    part: Json = {"type": PartType.FILL_IN.value, "key": key, "points": points}
    pool = [tried_texts(sheet.trial, response) for response in responses]
    return Asked(part, responses, pool)


def _need_text(response: Response) -> None:
    if response.cardinality != "single":
        raise QtiRefused(KEY, said("一空要填几段（%(name)s），本系统没有", name=response.cardinality[:20]))
    if response.base_type not in _TYPED:
        raise QtiRefused(KEY, said("填写的作答应为文字或数，这里是 %(name)s", name=response.base_type[:20]))


def _essay(sheet: Sheet, interaction: etree._Element) -> Asked:
    response = sheet.response(interaction)
    _need_text(response)
    if interaction.get("format", "plain") == "xhtml":
        sheet.trial.warn(TYPE, said("原题可用带格式的文字作答，本系统只收普通文字"))
    notes = [sheet.body.text(note, said("评分要点")) for note in sheet.body.notes_for_markers]
    if response.correct is not None:
        answer = "、".join(str(member) for member in members(response.correct))
        notes.append(str(said("参考答案：%(text)s", text=answer)))
        if sheet.trial.rules.are_there:
            sheet.trial.warn(RULES, said("原题按字面自动评分，本系统由人阅卷"))
    if not notes:
        sheet.trial.warn(said("评分要点"), NO_RUBRIC)
    stated = sheet.maximum() if len(sheet.trial.right) == 1 else None
    points = number_json(stated or POINTS[PartType.ESSAY])
    rubric = [{"points": points, "text": "\n".join(notes) or str(NO_RUBRIC)}]
    for prompt in interaction.iter("prompt"):
        prompt.tag = "div"
    interaction.tag = "div"
    part: Json = {"type": PartType.ESSAY.value, "rubric": rubric, "points": points}
    return Asked(part, [response], [[]])


def rationale(sheet: Sheet) -> str:
    """Return what candidates are told: at the options, and else to the right answer."""
    if not sheet.body.feedback:
        return ""
    told, lost = [], 0
    outcomes = sheet.trial.rules.run(sheet.trial.right) if sheet.trial.rules.are_there else {}
    for feedback in sheet.body.feedback:
        is_shown = feedback.value in members(outcomes.get(feedback.outcome))
        at = "" if feedback.choice is None else sheet.option_texts.get(feedback.choice, "")
        if not at and not is_shown:
            lost += 1
            continue
        text = sheet.body.text(feedback.element, said("解析"))
        if text:
            told.append(f"“{at}”：{text}" if at else text)
    if lost:
        sheet.trial.warn(said("解析"), said("答错时显示的 %(n)s 段反馈没有保存", n=lost))
    return "\n".join(dict.fromkeys(told))
