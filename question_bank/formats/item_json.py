"""Items as JSON, out and in again without loss: what one system of ours hands to another.

Public: `write_json`, `read_json`, `JsonRefused`, `FORMAT`, `VERSION`.

The file is one object: `format` is "tiejun-items", `version` 1, `items` a list of objects as
`Item.to_json` gives them, and `images` the images they show, each under the digest by which the texts
name it (`markup.image_mark`): its `name` and its `data` in base64. The data need not have that digest:
whoever keeps images draws them anew, and the texts go on naming the file that was first handed in.
An older file with nothing but `items` is read too.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.assembly.form import item_images
from question_bank.formats.report import QuestionReport
from question_bank.formats.written import Written
from question_bank.item import Item, ItemError, Problem
from question_bank.terms import UNSTORABLE
from question_bank.words import Words, said

FORMAT = "tiejun-items"
VERSION = 1
MAX_BYTES = 64 * 1024 * 1024
MAX_ITEMS = 20_000
MAX_IMAGE = 5 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
NOT_ITEMS = said("不是有效的试题 JSON（应有 items 列表）")


class JsonRefused(ValueError):
    """The file is not read; the argument is a sentence that says why."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Picture:
    """An image beside the items."""

    name: str
    data: bytes


def write_json(items: Iterable[Item], images: Mapping[str, Picture]) -> Written:
    """Return a JSON file of the items, keys included: for people who may see keys only.

    Args:
        images: by digest; those that the items show go with them.
    """
    made, rows = Written(), []
    shown: dict[str, dict[str, str]] = {}
    for item in items:
        rows.append(item.to_json())
        for digest in item_images(item):
            if digest in images:
                image = images[digest]
                shown[digest] = {"name": image.name, "data": base64.b64encode(image.data).decode()}
    envelope = {"format": FORMAT, "version": VERSION, "items": rows, "images": shown}
    made.content = (json.dumps(envelope, ensure_ascii=False, indent=1) + "\n").encode()
    made.written = len(rows)
    return made


def read_json(content: bytes) -> QuestionReport:
    """Read the items of a JSON file; the ids in it are codes of their own.

    Raises:
        JsonRefused: if the file is too large, no JSON, or not of this format. Then nothing was read.
    """
    envelope = _envelope(content)
    report = QuestionReport()
    images: dict[str, bytes] = {}
    names: dict[str, str] = {}
    faults: dict[str, Words] = {}
    for digest, entry in _mapping(envelope.get("images", {})).items():
        try:
            names[digest], images[digest] = _image(digest, entry)
        except JsonRefused as refused:
            faults[digest] = refused.message
    report.images, report.image_names = images, names
    for number, row in enumerate(envelope["items"], start=1):
        report.read += 1
        where = said("第 %(number)s 题", number=number)
        if isinstance(row, dict) and isinstance(row.get("id"), str) and row["id"]:
            where = said("第 %(number)s 题（%(id)s）", number=number, id=_printable(row["id"]))
        problems = _read_row(row, where, report, faults)
        report.problems += problems
        (report.faulty_rows if problems else report.rows).append(where)
    return report


def _envelope(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise JsonRefused(said("文件超过 %(most)s MB，请分成几个文件", most=MAX_BYTES // 1024 // 1024))
    try:
        found = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise JsonRefused(NOT_ITEMS) from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise JsonRefused(NOT_ITEMS)
    if found.get("format", FORMAT) != FORMAT or found.get("version", VERSION) != VERSION:
        version = f"{found.get('format', FORMAT)} {found.get('version', VERSION)}"
        raise JsonRefused(said("这一版的试题 JSON（%(version)s）本系统不认识", version=_printable(version)))
    if len(found["items"]) > MAX_ITEMS:
        raise JsonRefused(said("超过 %(most)s 题，请分成几个文件导入", most=MAX_ITEMS))
    return found


def _mapping(images: object) -> dict[str, Any]:
    if not isinstance(images, dict):
        raise JsonRefused(said("images 应为对象"))
    return images


def _image(digest: str, entry: object) -> tuple[str, bytes]:
    """Return name and data of an image.

    Raises:
        JsonRefused: if the entry is not as it should be.
    """
    name = entry.get("name") if isinstance(entry, dict) else None
    data = entry.get("data") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not isinstance(data, str) or not _DIGEST.fullmatch(digest):
        raise JsonRefused(said("图片 %(digest)s 应有 name 和 data", digest=_printable(digest)[:12]))
    if len(data) > MAX_IMAGE * 4 // 3 + 4:
        raise JsonRefused(
            said("图片“%(name)s”超过 %(most)s MB", name=_printable(name), most=MAX_IMAGE // 1024 // 1024)
        )
    try:
        return _printable(name), base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise JsonRefused(said("图片“%(name)s”的 base64 已损坏", name=_printable(name))) from error


def _printable(text: str) -> str:
    return UNSTORABLE.sub("�", text)[:120]


def _read_row(row: object, where: str, report: QuestionReport, faults: Mapping[str, Words]) -> list[Problem]:
    """Append the row's item to the report, or return what is wrong with it."""
    try:
        item = Item.from_json(row)
    except ItemError as error:
        return [Problem(where, problem.field, problem.message) for problem in error.problems]
    if item.id in report.codes:
        return [Problem(where, "id", said("编号“%(id)s”在文件中重复", id=item.id))]
    lost = [faults[digest] for digest in item_images(item) if digest in faults]
    if lost:
        return [Problem(where, said("图片"), message) for message in lost]
    report.codes.add(item.id)
    report.items.append(item)
    return []
