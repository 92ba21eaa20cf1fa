"""QTI 2.2 and 3.0 out: a package with one file an item, its images, and beside each item our note of it.

Public: `write_qti`, and from `qti_write_tree` `QTI_22`, `QTI_30`.

What QTI has no room for stands in the note (`qti_note`), so that an item that nobody changed comes back as
the same version of the same item. What cannot be written is left out by name. Decision 0026 tells why.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterable, Mapping

from question_bank.assembly.form import item_images
from question_bank.formats.item_json import Picture
from question_bank.formats.moodle_files import MAX_IMAGE
from question_bank.formats.qti import MAX_ITEMS
from question_bank.formats.qti_note import note_name, write_note
from question_bank.formats.qti_write_manifest import Entry, interactions, manifest_document
from question_bank.formats.qti_write_parts import unwritable
from question_bank.formats.qti_write_scored import scored_document
from question_bank.formats.qti_write_tree import QTI_22, QTI_30, QtiVersion, as_file
from question_bank.formats.written import Written
from question_bank.item import Item
from question_bank.words import Words, said

__all__ = ["QTI_22", "QTI_30", "write_qti"]

_ENDINGS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))
_DAY = (1980, 1, 1, 0, 0, 0)
"""The same items make the same file."""


def write_qti(items: Iterable[Item], images: Mapping[str, Picture], version: QtiVersion = QTI_30) -> Written:
    """Return a package of the items, keys included: for people who may see keys only.

    Args:
        images: by digest; those that the items show go with them.
    """
    made, package = Written(), _Package(images, version)
    for item in items:
        reason = _unfit(item, images)
        if reason is None and made.written == MAX_ITEMS:
            reason = said("超过一个 QTI 包的 %(most)s 题", most=MAX_ITEMS)
        if reason is None and not package.take(item):
            reason = said("含有 XML 不能保存的字符")
        if reason is None:
            made.written += 1
        else:
            made.left_out.append((item.id, reason))
    made.content = package.zipped()
    return made


def _unfit(item: Item, images: Mapping[str, Picture]) -> Words | None:
    """Return why an item cannot go out, or None."""
    for part in item.parts:
        if (reason := unwritable(part)) is not None:
            return reason
    for digest in item_images(item):
        if digest not in images:
            return said("题库中没有图片 %(digest)s", digest=digest[:12])
        if _image_name(digest, images[digest]) is None:
            return said("“%(name)s”不是 PNG、JPEG 或 GIF 图片", name=images[digest].name)
        if len(images[digest].data) > MAX_IMAGE:
            most = MAX_IMAGE // 1024 // 1024
            return said("图片“%(name)s”超过 %(most)s MB", name=images[digest].name, most=most)
    return None


def _image_name(digest: str, image: Picture) -> str | None:
    ending = next((ending for head, ending in _ENDINGS if image.data.startswith(head)), None)
    return ending and f"images/{digest}.{ending}"


class _Package:
    """The files of a package, in the order of its items."""

    def __init__(self, images: Mapping[str, Picture], version: QtiVersion) -> None:
        self.images = images
        self.version = version
        self.files: dict[str, bytes] = {}
        self.entries: list[Entry] = []

    def take(self, item: Item) -> bool:
        """Add an item; return whether XML can hold all its characters."""
        # The number keeps codes apart that differ in case only, where file names do not.
        name = f"items/{len(self.entries) + 1:04d}-{item.id}.xml"
        shown = {digest: str(_image_name(digest, self.images[digest])) for digest in item_images(item)}
        beside = {digest: posixpath.relpath(path, "items") for digest, path in shown.items()}
        try:
            root = scored_document(item, self.version, beside)
        except ValueError:  # lxml's way to say that XML has no such character
            return False
        document, note = as_file(root), note_name(name)
        self.files[name], self.files[note] = document, write_note(item, document, beside)
        self.files |= {path: self.images[digest].data for digest, path in shown.items()}
        self.entries.append(Entry(item, name, [note, *shown.values()], interactions(root)))
        return True

    def zipped(self) -> bytes:
        """Return the package as a file, its manifest first."""
        files = {"imsmanifest.xml": manifest_document(self.entries, self.version), **self.files}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                member = zipfile.ZipInfo(name, _DAY)
                archive.writestr(member, content, zipfile.ZIP_DEFLATED)
        return out.getvalue()
