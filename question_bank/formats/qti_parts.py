"""The questions of a QTI item as parts of one of ours.

Public: `part_of`, `rationale`, `Sheet`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from question_bank.formats.cells import LETTERS
from question_bank.formats.moodle_question import NO_RUBRIC
from question_bank.formats.qti_body import Body
from question_bank.formats.qti_keys import KEY, RULES, Trial, choice_key, right_text, text_key
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
_TYPED = frozenset({"string", "integer", "float", ""})


@dataclass(slots=True)
class Sheet:
    """An item being read: its body, what it declares, its rules, and the texts of the options read so far."""

    body: Body
    responses: Mapping[str, Response]
    outcomes: Mapping[str, Outcome]
    trial: Trial
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


def part_of(
    sheet: Sheet, holder: etree._Element, interactions: Sequence[etree._Element], before: str = ""
) -> Json:
    """Return the part that stands in `holder`, as JSON; the tree is changed.

    Args:
        interactions: all those in `holder`: text entries only, or one of another kind.
        before: text that belongs to the stem and stands before it.

    Raises:
        QtiRefused: if it cannot be held.
    """
    first = interactions[0]
    if all(one.tag == "textEntryInteraction" for one in interactions):
        found = _fill_in(sheet, interactions)
    elif len(interactions) > 1:
        raise QtiRefused(TYPE, said("同一段里有几处不同的作答，本系统不能分成小题"))
    elif first.tag == "extendedTextInteraction":
        found = _essay(sheet, first)
    else:
        found = _choice(sheet, first)
    stem = sheet.body.text(holder, STEM)
    part: Json = {"options": [], "key": None, "rubric": [], "stem": "\n".join(filter(None, [before, stem]))}
    return part | found


def _points(sheet: Sheet, part_type: PartType, responses: Sequence[str]) -> int | float:
    """Return what a part is worth by the rules, or as the item states, or as its type is worth by itself."""
    if not sheet.trial.rules.are_there:
        stated = sheet.maximum() if len(sheet.trial.right) == len(responses) else None
        return number_json(stated or POINTS[part_type])
    worth = sheet.trial.worth(responses)
    if worth <= 0:
        raise QtiRefused(RULES, said("有一小题不计分"))
    return number_json(worth)


def _choice(sheet: Sheet, interaction: etree._Element) -> Json:
    response = sheet.response(interaction)
    choices = [*interaction.iter("simpleChoice", "inlineChoice")]
    names = [choice.get("identifier", "") for choice in choices]
    if len(choices) > len(LETTERS):
        raise QtiRefused(OPTIONS, said("选项有 %(n)s 个，最多 8 个", n=len(choices)))
    if len(set(names)) != len(names):
        raise QtiRefused(OPTIONS, said("选项 id 重复"))
    texts = [sheet.body.text(choice, OPTIONS) for choice in choices]
    is_inline = interaction.tag == "inlineChoiceInteraction"
    most = 1 if is_inline or response.cardinality == "single" else _most(interaction)
    key = choice_key(sheet.trial, response, names, most)
    if response.correct is None:
        sheet.trial.right[response.id] = key[0] if response.cardinality == "single" else Bag(key)
    sheet.option_texts |= {choice: without_images(text) for choice, text in zip(choices, texts, strict=True)}
    if is_inline:
        cut(interaction, BLANK)
    else:
        for choice in choices:
            cut(choice)
        for prompt in interaction.iter("prompt"):
            prompt.tag = "div"
        interaction.tag = "div"
    ids = dict(zip(names, (letter.lower() for letter in LETTERS), strict=False))
    options = [{"id": ids[name], "text": text} for name, text in zip(names, texts, strict=True)]
    return _with_key(sheet, response, options, [ids[name] for name in key], most)


def _most(interaction: etree._Element) -> int:
    """Return how many options may be chosen, 0 for any number; not stated is one."""
    text = interaction.get("maxChoices", "1").strip()
    if not text.isdecimal():
        raise QtiRefused(OPTIONS, said("可选个数“%(text)s”不是数字", text=text[:40]))
    return int(text)


def _with_key(
    sheet: Sheet, response: Response, options: list[dict[str, str]], key: list[str], most: int
) -> Json:
    is_single = most == 1
    part_type = PartType.SINGLE if is_single else PartType.MULTIPLE
    words = [option["text"].strip().rstrip("。.").casefold() for option in options]
    truths = [True if word in TRUE else False if word in FALSE else None for word in words]
    if is_single and sorted(truths, key=str) == [False, True]:
        part_type = PartType.TRUE_FALSE
    points = _points(sheet, part_type, [response.id])
    if part_type is PartType.TRUE_FALSE:
        right = next(option["id"] for option, truth in zip(options, truths, strict=True) if truth)
        return {"type": part_type.value, "key": key == [right], "points": points}
    if 1 < most < len(options):
        sheet.trial.warn(OPTIONS, said("原题最多选 %(n)s 项，本系统不限选几项", n=most))
    if not is_single and len(key) == 1:
        sheet.trial.warn(KEY, said("多选题只有一个答案，请核对"))
    found: Json = {"type": part_type.value, "options": options, "points": points}
    return found | {"key": key[0] if is_single else key}


def _fill_in(sheet: Sheet, interactions: Sequence[etree._Element]) -> Json:
    responses = [sheet.response(interaction) for interaction in interactions]
    for response in responses:
        _need_text(response)
    key = text_key(sheet.trial, responses)
    for interaction in interactions:
        cut(interaction, BLANK)
    points = _points(sheet, PartType.FILL_IN, [response.id for response in responses])
    return {"type": PartType.FILL_IN.value, "key": key, "points": points}


def _need_text(response: Response) -> None:
    if response.cardinality != "single":
        raise QtiRefused(KEY, said("一空要填几段（%(name)s），本系统没有", name=response.cardinality[:20]))
    if response.base_type not in _TYPED:
        raise QtiRefused(KEY, said("填写的作答应为文字或数，这里是 %(name)s", name=response.base_type[:20]))


def _essay(sheet: Sheet, interaction: etree._Element) -> Json:
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
    return {"type": PartType.ESSAY.value, "rubric": rubric, "points": points}


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
