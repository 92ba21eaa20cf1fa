"""Moodle XML (Moodle 题库导出) in: the types we hold become items, all others are refused by name.

Public: `read_moodle`, and from `xml_document` `XmlRefused`.

Every question stands for itself: it becomes an item as a whole, or is named with its type and reason and
becomes nothing. Images inside the file come along as bytes, still to be looked at by whoever keeps them.
"""

from question_bank.formats.item_note import DAMAGED, read_note
from question_bank.formats.question_reading import Reading
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.formats.xml_document import XmlRefused, parse_xml
from question_bank.words import said

__all__ = ["XmlRefused", "read_moodle"]

MAX_QUESTIONS = 5_000
NOTE_TAG = "tiejun"
"""The element of a question that holds our note; Moodle has none of this name."""


def read_moodle(content: bytes, defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read the questions of a Moodle XML file.

    Args:
        defaults: what items have that Moodle does not say: unit, tiers, difficulty.

    Raises:
        XmlRefused: if the file is not safe, not XML or not Moodle's. Then nothing was read.
    """
    root = parse_xml(content)
    if root.tag != "quiz":
        raise XmlRefused(said("不是 Moodle XML：最外层应为 quiz，这里是 %(tag)s", tag=str(root.tag)[:60]))
    questions = root.findall("question")
    if len(questions) > MAX_QUESTIONS:
        raise XmlRefused(said("超过 %(most)s 题，请分成几个文件导入", most=MAX_QUESTIONS))
    reading = Reading(defaults or ImportDefaults())
    for element in questions:
        ours = element.findtext(NOTE_TAG)
        note = read_note(ours) if ours is not None else None
        fault = DAMAGED if ours is not None and note is None else None
        reading.take(element, note, fault)
    reading.finish()
    return reading.report
