"""From questions, as Moodle's `<question>` elements, to items, whatever format they stood in.

Public: `Reading`.

Every question stands for itself: it becomes an item as a whole, or is named with its type and reason and
becomes nothing.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from question_bank.checker import MAX_TEXT
from question_bank.formats.item_note import Note
from question_bank.formats.moodle_files import Images, unused_files
from question_bank.formats.moodle_parts import HELD, parts_json
from question_bank.formats.moodle_question import NO_RUBRIC, Question, QuestionRefused
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.formats.spreadsheet import COLUMN_NAMES
from question_bank.item import Item, ItemError, ItemKind, Problem
from question_bank.scoring import normalise
from question_bank.syllabus import load_syllabus
from question_bank.terms import Tier
from question_bank.words import Words, said

_REFUSED = {
    "calculated": said("计算题"),
    "calculatedsimple": said("简单计算题"),
    "calculatedmulti": said("计算选择题"),
    "ddimageortext": said("拖放到图题"),
    "ddmarker": said("拖放标记题"),
    "randomsamatch": said("随机匹配题"),
    "random": said("随机题"),
}


class Reading:
    """Goes through a file from top to bottom: categories stand before what they hold."""

    def __init__(self, defaults: ImportDefaults) -> None:
        self.defaults = defaults
        self.unit = defaults.unit
        self.images = Images()
        self.report = QuestionReport(images=self.images.content, image_names=self.images.names)
        self.penalties = 0

    def take(self, element: etree._Element, note: Note | None = None, fault: Words | None = None) -> None:
        """Read one element, whatever type it says it is.

        Args:
            note: what our own export wrote beside the question.
            fault: why the question cannot be read, if whoever made the element could not.
        """
        question = Question(element, self.images, note.bounds if note else None)
        if question.type == "category":
            self._enter(question.raw("category/text"))
            return
        if question.type == "description":
            where = said("第 %(line)s 行", line=element.sourceline)
            message = said("说明文字“%(name)s”不是试题，没有导入", name=question.name)
            self.report.warnings.append(Problem(where, said("题型"), message))
            return
        self.report.read += 1
        where = said("第 %(n)s 题“%(name)s”", n=self.report.read, name=question.name or said("无名"))
        problems = [Problem(where, said("题型"), fault)] if fault else self._read(question, where, note)
        self.report.problems += problems
        (self.report.faulty_rows if problems else self.report.rows).append(where)
        self.report.warnings += [Problem(where, name, text) for name, text in question.warnings]

    def _enter(self, path: str) -> None:
        """Take a category's name as a unit where the syllabus has it; else say that it goes nowhere."""
        found = next((u for step in reversed(path.split("/")) if (u := _unit_named(step))), None)
        self.unit = found or self.defaults.unit
        if path and not found:
            shown = self.defaults.unit or said("（无）")
            message = said("分类“%(path)s”不是大纲单元，其中的题归入 %(unit)s", path=path[:120], unit=shown)
            self.report.warnings.append(Problem(said("分类"), said("知识点"), message))

    def _read(self, question: Question, where: str, note: Note | None) -> list[Problem]:
        """Append the question's item to the report, or return what is wrong with it."""
        if question.type not in HELD:
            kind = _REFUSED.get(question.type, said("未知题型"))
            message = said(
                "本系统没有 Moodle 的%(kind)s（%(type)s），没有导入", kind=kind, type=question.type
            )
            return [Problem(where, said("题型"), message)]
        try:
            found = self._item(question, parts_json(question))
            item = Item.from_json(note.applied(found) if note else found)
        except QuestionRefused as refused:
            return [Problem(where, refused.field, refused.message)]
        except ItemError as error:
            return [Problem(where, COLUMN_NAMES.get(p.field, p.field), p.message) for p in error.problems]
        if note and item.id in self.report.codes:
            return [Problem(where, said("题库编号"), said("编号“%(code)s”在文件中重复", code=item.id))]
        if note:
            self.report.codes.add(item.id)
            question.warnings = [
                w for w in question.warnings if w[1] != NO_RUBRIC or not note.says.get("rubric")
            ]
        self.report.items.append(item)
        self._note_losses(question)
        return []

    def _item(self, question: Question, found: Mapping[str, Any]) -> dict[str, Any]:
        tags = [tag.strip() for tag in question.element.xpath("tags/tag/text/text()")]
        units = [unit for tag in tags if (unit := _unit_named(tag))]
        tiers = [tier.value for tier in Tier if tier.label in tags]
        known = {tier.label for tier in Tier}
        lost = [tag for tag in tags if tag and not _unit_named(tag) and tag not in known]
        if lost:
            question.warn(
                said("标签"), said("标签“%(tags)s”没有对应的项目，没有保存", tags="、".join(lost)[:200])
            )
        rationale = found["rationale"]
        if len(rationale) > MAX_TEXT:
            raise QuestionRefused(said("解析"), said("超过 %(most)s 个字符", most=MAX_TEXT))
        return {
            "id": f"{self.defaults.id_prefix}{self.report.read:04d}",
            "unit": units[0] if units else self.unit,
            "tiers": tiers or [tier.value for tier in self.defaults.tiers],
            "kind": ItemKind.CASE.value if found["stimulus"] else found["parts"][0]["type"],
            "difficulty": self.defaults.difficulty,
            "stimulus": found["stimulus"],
            "parts": found["parts"],
            "rationale": rationale,
            "citations": [],
            "figures": [],
        }

    def _note_losses(self, question: Question) -> None:
        used = " ".join(text for text in question.element.xpath(".//text/text()"))
        for name in unused_files(question.element, used):
            question.warn(said("附件"), said("文件“%(name)s”没有用到，没有保存", name=name[:120]))
        penalty = question.raw("penalty")
        self.penalties += bool(penalty and penalty.replace(".", "").strip("0"))

    def finish(self) -> None:
        """Say once what concerns the file as a whole."""
        if self.penalties:
            message = said("%(n)s 题的重答扣分（penalty）没有对应的规则，没有保存", n=self.penalties)
            self.report.warnings.append(Problem(said("文件"), said("分值"), message))
        first: dict[str, str] = {}
        for item, where in zip(self.report.items, self.report.rows, strict=True):
            earlier = first.setdefault(normalise(item.stimulus or item.parts[0].stem), where)
            if earlier != where:
                message = said("与%(place)s的题干相同", place=earlier)
                self.report.warnings.append(Problem(where, said("题干"), message))


def _unit_named(text: str) -> str | None:
    """Return the code of the unit that `text` begins with, or whose title it is."""
    words = text.split(maxsplit=1)
    for unit in load_syllabus().units() if words else ():
        if words[0].upper().rstrip("．.、:：") == unit.code or text.strip() == unit.title:
            return unit.code
    return None
