"""QTI 2.1, 2.2 and 3.0 in: an item as XML, or a package; what we do not hold is refused by name.

Public: `read_qti`, `is_qti`, and from `xml_document` `XmlRefused`.

Every item stands for itself: it becomes one of ours as a whole, or is named with its reason and becomes
nothing. Identifiers of QTI are unique in the file of their maker only, so ids are made up here. Decision
0023 tells what comes in and why.
"""

import codecs
import posixpath
import re

from lxml import etree

from question_bank.formats.qti_assets import Assets
from question_bank.formats.qti_item import ItemRead, item_json
from question_bank.formats.qti_note import QtiNote, find_note
from question_bank.formats.qti_package import is_zip_of_qti, read_package
from question_bank.formats.qti_stimulus import with_stimuli
from question_bank.formats.qti_tree import need_bounds, normalised, source_of
from question_bank.formats.qti_values import QtiRefused
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.formats.spreadsheet import COLUMN_NAMES
from question_bank.formats.xml_document import XmlRefused, parse_xml
from question_bank.item import Item, ItemError, Problem
from question_bank.scoring import normalise
from question_bank.words import Words, said

__all__ = ["XmlRefused", "is_qti", "read_qti"]

MAX_ITEMS = 2_000
_ZIP = b"PK"
_XML = (b"<", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ROOT = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>)*+"
    rb"<(?:[A-Za-z_][\w.-]*:)?(?:assessmentItem|qti-assessment-item)[\s>/]",
    re.DOTALL,
)
_HEAD = 4096


def is_qti(content: bytes) -> bool:
    """Return whether a file is to be read as QTI: a ZIP with a manifest, or XML whose root is an item."""
    head = content[:_HEAD].removeprefix(codecs.BOM_UTF8)
    return is_zip_of_qti(content) if head.startswith(_ZIP) else bool(_ROOT.match(head))


def read_qti(content: bytes, defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read the items of a QTI file.

    Args:
        defaults: what items have that QTI does not say: unit, tiers, difficulty.

    Raises:
        XmlRefused: if the file is not safe, not well-formed or not QTI. Then nothing was read.
    """
    reading = _Reading(defaults or ImportDefaults(), Assets(None))
    if content.startswith(_ZIP):
        package = read_package(content)
        if len(package.items) > MAX_ITEMS:
            raise XmlRefused(said("超过 %(most)s 题，请分成几个文件导入", most=MAX_ITEMS))
        reading.assets.files = package.files
        for href, fault in package.faults:
            reading.lose(said("文件“%(file)s”", file=href[:120]), Problem("", said("文件"), fault))
        for name in package.items:
            reading.take_file(name, package.files[name])
    else:
        if not content.lstrip().startswith(_XML):
            raise XmlRefused(said("既不是有效的 ZIP 压缩包，也不是 XML 文件，可能已损坏"))
        root, source = _tree(content)
        if root.tag != "assessmentItem":
            tag = str(root.tag)[:60]
            message = said("不是 QTI 试题：最外层应为 assessmentItem，这里是 %(tag)s", tag=tag)
            raise XmlRefused(message)
        reading.take(root, source, "")
    reading.finish()
    return reading.report


def _tree(content: bytes) -> tuple[etree._Element, dict[str, str]]:
    """Return an item's tree in one spelling, and what of it is kept word for word."""
    root = parse_xml(content)
    need_bounds(root)
    source = source_of(root)
    return normalised(root), source


def _kept(source: dict[str, str], read: ItemRead) -> dict[str, object]:
    """Return what an item keeps of its origin: declarations with the rules that compute with them only."""
    if read.answers and source["processing"]:
        return {**source, "answers": read.answers}
    return {name: told for name, told in source.items() if name != "declarations"}


class _Reading:
    """Goes through the items of a file in their order."""

    def __init__(self, defaults: ImportDefaults, assets: Assets) -> None:
        self.defaults = defaults
        self.assets = assets
        self.report = QuestionReport(images=assets.content, image_names=assets.names)

    def take_file(self, name: str, content: bytes) -> None:
        """Read an item of a package, by our note of it where it has one."""
        try:
            note = find_note(self.assets.files, name)
            if note is not None and note.is_of(content):
                self.take_noted(note, name)
                return
            root, source = _tree(content)
        except QtiRefused as refused:
            self.lose(said("文件“%(file)s”", file=name), Problem("", refused.field, refused.message))
            return
        except ItemError as error:
            self.lose(said("文件“%(file)s”", file=name), *error.problems)
            return
        except XmlRefused as refused:
            self.lose(said("文件“%(file)s”", file=name), Problem("", said("文件"), refused.message))
            return
        if root.tag == "assessmentItem":
            self.take(root, source, name, note)
            return
        tag = str(root.tag)[:60]
        message = said("不是 QTI 试题：最外层应为 assessmentItem，这里是 %(tag)s", tag=tag)
        self.lose(said("文件“%(file)s”", file=name), Problem("", said("文件"), message))

    def take_noted(self, note: QtiNote, name: str) -> None:
        """Take over an item whose file nobody changed since we wrote it."""
        images = note.images_in(self.assets.files or {})
        self.assets.content |= images
        self.assets.names |= {digest: posixpath.basename(note.images[digest])[:120] for digest in images}
        self.keep(note.item, said("文件“%(file)s”", file=name), note)

    def keep(self, item: Item, where: Words, note: QtiNote | None) -> None:
        """Add an item; one with a note has a code of its own, which must not come twice."""
        if note is not None and item.id in self.report.codes:
            message = said("编号“%(id)s”在文件中重复", id=item.id)
            self.lose(where, Problem(where, "id", message))
            return
        self.report.codes |= {item.id} if note is not None else set()
        self.report.read += 1
        self.report.items.append(item)
        self.report.rows.append(where)

    def take(
        self, root: etree._Element, source: dict[str, str], name: str, note: QtiNote | None = None
    ) -> None:
        """Read one item.

        Args:
            source: what is kept of it word for word.
            name: its file in the package.
            note: ours of it.
        """
        number, identifier = self.report.read + 1, root.get("identifier", "")[:60] or said("无名")
        where: Words = said("第 %(n)s 题“%(name)s”", n=number, name=identifier)
        if name:
            where = said("%(place)s（%(file)s）", place=where, file=name[:120])
        folder = posixpath.dirname(name)
        try:
            with_stimuli(root, self.assets.files, folder)
            read = item_json(root, self.assets.images_of(folder), self.assets.size_of)
            found = {**self._ours(number), **read.found}
            item = Item.from_json(
                found | {"source": _kept(source, read)} if note is None else note.applied(found)
            )
        except QtiRefused as refused:
            self.lose(where, Problem(where, refused.field, refused.message))
            return
        except ItemError as error:
            self.lose(where, *error.problems)
            return
        self.keep(item, where, note)
        self.report.warnings += [Problem(where, field, message) for field, message in read.warnings]

    def _ours(self, number: int) -> dict[str, object]:
        """Return what QTI does not say of an item."""
        return {
            "id": f"{self.defaults.id_prefix}{number:04d}",
            "unit": self.defaults.unit,
            "tiers": [tier.value for tier in self.defaults.tiers],
            "difficulty": self.defaults.difficulty,
            "citations": [],
            "figures": [],
        }

    def lose(self, where: Words, *problems: Problem) -> None:
        """Name what became no item, and why."""
        self.report.read += 1
        self.report.faulty_rows.append(where)
        self.report.problems += [
            Problem(where, COLUMN_NAMES.get(problem.field, problem.field), problem.message)
            for problem in problems
        ]

    def finish(self) -> None:
        """Say which items ask the same."""
        first: dict[str, str] = {}
        for item, where in zip(self.report.items, self.report.rows, strict=True):
            asked = "\n".join([item.stimulus or "", *(part.stem for part in item.parts)])
            earlier = first.setdefault(normalise(asked), where)
            if earlier != where:
                message = said("与%(place)s的题干相同", place=earlier)
                self.report.warnings.append(Problem(where, said("题干"), message))
