"""What stands in an item beside its interactions: made ready to be read as text, or refused.

Public: `Body`, `prepared`, `KINDS`, `HELD`.

Feedback, rubrics and helps are taken out of what the candidate reads; an element that could change the
question and is unknown here refuses the item.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from question_bank.formats.plain import ImageOf, plain_text
from question_bank.formats.qti_tree import cut, text_of
from question_bank.formats.qti_values import QtiRefused
from question_bank.words import Words, said

HELD = frozenset(
    {"choiceInteraction", "inlineChoiceInteraction", "textEntryInteraction", "extendedTextInteraction"}
    | {"matchInteraction", "associateInteraction", "orderInteraction", "hottextInteraction"}
    | {"gapMatchInteraction", "hotspotInteraction", "sliderInteraction", "uploadInteraction"}
    | {"selectPointInteraction"}
)
KINDS = {
    "graphicGapMatchInteraction": said("拖放到图题"),
    "graphicOrderInteraction": said("图上排序题"),
    "graphicAssociateInteraction": said("图上关联题"),
    "positionObjectInteraction": said("图上摆放题"),
    "drawingInteraction": said("绘图题"),
    "mediaInteraction": said("音视频播放"),
    "endAttemptInteraction": said("提示或提交按钮"),
    "customInteraction": said("自定义交互"),
    "portableCustomInteraction": said("可移植自定义交互"),
}
_CHANGING = frozenset(
    {"include", "infoControl", "printedVariable", "templateBlock", "templateInline", "templateDeclaration"}
    | {"templateProcessing"}
)
_AS_BLOCK = {
    "figcaption",
    "aside",
    "header",
    "footer",
    "main",
    "nav",
    "details",
    "summary",
    "hgroup",
    "legend",
}
"""HTML 5 blocks that the reader of HTML does not know."""


SizeOf = Callable[[str], tuple[int, int] | None]
"""Gives the width and height of an image by its digest."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a candidate is told if an outcome has a value; `choice` is the option it stands at."""

    outcome: str
    value: str
    element: etree._Element
    choice: etree._Element | None


@dataclass(slots=True)
class Body:
    """An item's body without what is not part of the question; and what was taken out of it."""

    element: etree._Element
    image_of: ImageOf
    size_of: SizeOf
    feedback: list[Feedback] = field(default_factory=list)
    notes_for_markers: list[etree._Element] = field(default_factory=list)
    warnings: list[tuple[Words, Words]] = field(default_factory=list)

    def text(self, element: etree._Element, column: Words) -> str:
        """Return what an element says, as plain text with image marks.

        Raises:
            QtiRefused: if it holds what we cannot show.
        """
        found = plain_text(_html(element), self.image_of)
        if found.faults:
            fault = found.faults[0]
            raise QtiRefused(column, fault if isinstance(fault, Words) else said("%(text)s", text=fault))
        for note in found.notes:
            self.warn(column, note if isinstance(note, Words) else said("%(text)s", text=note))
        return found.text

    def warn(self, column: Words, message: Words) -> None:
        """Note what a person should look at."""
        if (column, message) not in self.warnings:
            self.warnings.append((column, message))


def _html(element: etree._Element) -> str:
    """Return what stands inside an element as HTML."""
    tail, element.tail = element.tail, None
    try:
        return str(etree.tostring(element, method="html", encoding="unicode"))
    finally:
        element.tail = tail


def prepared(item: etree._Element, image_of: ImageOf, size_of: SizeOf) -> Body:
    """Return the body of an item whose tree is `normalised`; the tree is changed.

    Raises:
        QtiRefused: if the item has no body, adapts, is made from a template, or uses what we do not hold.
    """
    if item.get("adaptive", "false").strip().lower() in ("true", "1"):
        raise QtiRefused(said("题型"), said("这是分多次作答的自适应题（adaptive），本系统没有"))
    found = item.find("itemBody")
    if found is None:
        raise QtiRefused(said("题干"), said("没有题面（itemBody）"))
    _refuse_unknown(item)
    body = Body(found, image_of, size_of)
    for element in [*item.iter("catalogInfo", "companionMaterialsInfo", "stylesheet", "apipAccessibility")]:
        if element.tag != "stylesheet":
            body.warn(said("题干"), said("辅助说明（%(name)s）没有保存", name=str(element.tag)))
        cut(element)
    _take_feedback(item, body)
    _take_rubrics(body)
    _rewrite(found)
    return body


def _refuse_unknown(item: etree._Element) -> None:
    for element in item.iter(etree.Element):
        name = str(element.tag)
        if name in _CHANGING:
            why = {
                "include": said("题面引用别的文件（XInclude），不读取"),
                "infoControl": said("题面有点开才显示的提示，本系统没有"),
            }.get(name, said("这是按模板变量生成的题（%(name)s），本系统没有", name=name))
            raise QtiRefused(said("题型"), why)
        if name.endswith("Interaction") and name not in HELD:
            kind = KINDS.get(name, said("未知题型"))
            message = said("本系统没有 QTI 的%(kind)s（%(name)s），没有导入", kind=kind, name=name[:60])
            raise QtiRefused(said("题型"), message)


def _take_feedback(item: etree._Element, body: Body) -> None:
    shown_first = {
        outcome.get("identifier"): {text_of(value) for value in outcome.iterfind("defaultValue/value")}
        for outcome in item.iterfind("outcomeDeclaration")
    }
    for element in [*item.iter("feedbackInline", "feedbackBlock", "modalFeedback")]:
        outcome, value = element.get("outcomeIdentifier", ""), element.get("identifier", "")
        at_start = (value in shown_first.get(outcome, ())) == (element.get("showHide", "show") == "show")
        inside = any(str(one.tag).endswith("Interaction") for one in element.iter(etree.Element))
        if element.tag != "modalFeedback" and (at_start or inside):
            raise QtiRefused(
                said("题干"), said("题面随作答变化（%(name)s），本系统没有", name=str(element.tag))
            )
        if element.get("showHide", "show") == "show":
            choice = next(element.iterancestors("simpleChoice", "inlineChoice"), None)
            body.feedback.append(Feedback(outcome, value, element, choice))
        cut(element)


def _take_rubrics(body: Body) -> None:
    for rubric in [*body.element.iter("rubricBlock")]:
        views = (rubric.get("view") or "candidate").split()
        if "candidate" in views:
            rubric.tag = "div"
            continue
        if "scorer" in views:
            body.notes_for_markers.append(rubric)
        else:
            shown = said("给 %(view)s 看的说明没有保存", view="、".join(views)[:60])
            body.warn(said("题干"), shown)
        cut(rubric)


def _rewrite(body: etree._Element) -> None:
    """Say in plain HTML what QTI and HTML 5 say otherwise: pictures as objects, captions, ruby."""
    for element in [*body.iter(etree.Element)]:
        if element.tag == "contentBody" or element.tag in _AS_BLOCK:
            element.tag = "div"
        elif element.tag == "object" and element.get("type", "").startswith("image/"):
            image = etree.Element("img", src=element.get("data", ""), alt=text_of(element))
            for side in ("width", "height"):
                image.set(side, element.get(side, ""))
            image.tail = element.tail
            element.getparent().replace(element, image)
        elif element.tag == "rp":
            cut(element)
        elif element.tag == "rt":
            cut(element, f"（{text_of(element)}）")
