"""What an uploaded file really is, judged by its content: the name and the browser's word do not count."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Final

import pypdfium2
from PIL import Image, UnidentifiedImageError

from question_bank.words import Words, listed, said
from tiejun.errors import DomainError

HEAD = 64
UNPACKED_MAX: Final = 200 * 1024 * 1024
MEMBERS_MAX: Final = 5000
RATIO_MAX: Final = 200
PIXELS_MAX: Final = 50_000_000
# The parts of a Word file that say what it holds are small; more of one is never unpacked.
PART_MAX: Final = 1024 * 1024
# PDFium keeps global state: two threads that are in it at once bring the process down. Everybody who uses
# it, wherever it is, therefore holds this one lock.
PDFIUM: Final = Lock()
_TEMPLATE = re.compile(rb"<Relationship\b[^>]*attachedTemplate[^>]*>", re.IGNORECASE)
_WORD: Final = b"wordprocessingml.document.main+xml"
_ACTIVE: Final = (b"macroenabled", b"vbaproject", b"activex")


class FileKind(StrEnum):
    """The kinds of files that are taken."""

    PDF = "pdf"
    DOCX = "docx"
    PNG = "png"
    JPG = "jpg"
    MP4 = "mp4"
    WEBM = "webm"


DOCUMENTS: Final = frozenset({FileKind.PDF, FileKind.DOCX, FileKind.PNG, FileKind.JPG})
VIDEOS: Final = frozenset({FileKind.MP4, FileKind.WEBM})
IMAGES: Final = frozenset({FileKind.PNG, FileKind.JPG})

MEDIA_TYPES: Final = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
    FileKind.MP4: "video/mp4",
    FileKind.WEBM: "video/webm",
}
# What Pillow says of a picture that is none, cut off, or grows beyond measure.
BROKEN_IMAGE: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
)
_SUFFIXES: Final = {"jpeg": FileKind.JPG} | {str(kind): kind for kind in FileKind}


def kinds_of(endings: Iterable[str]) -> frozenset[FileKind]:
    """Return the kinds that files with these endings are; unknown endings are none."""
    return frozenset(_SUFFIXES[ending] for ending in endings if ending in _SUFFIXES)


class BadFile(DomainError):
    """The file is not what it may be; nothing was kept."""

    code = "bad_file"


@dataclass(frozen=True)
class Checked:
    """What a file was found to be; `pages` of a PDF, else 0."""

    kind: FileKind
    pages: int = 0


def check(path: Path, name: str, allowed: frozenset[FileKind]) -> Checked:
    """Return what the file at `path`, uploaded as `name`, is.

    Raises:
        BadFile: if it is no kind of `allowed`, if its content belies its name, or if it is damaged,
            encrypted, or would grow beyond measure when unpacked.
    """
    kind = _kind_by_content(path)
    if kind is None or kind not in allowed:
        kinds = listed(sorted(allowed))
        raise BadFile(said("“%(name)s”不是可以上传的文件。可以上传：%(listed)s。", name=name, listed=kinds))
    if _SUFFIXES.get(name.rpartition(".")[2].lower()) is not kind:
        raise BadFile(
            said("“%(name)s”的内容是 %(kind)s，与文件名不符，没有保存。", name=name, kind=str(kind))
        )
    pages = 0
    if kind is FileKind.PDF:
        pages = _pdf_pages(path, name)
    elif kind is FileKind.DOCX:
        _check_docx(path, name)
    elif kind in IMAGES:
        _check_image(path, name, kind)
    return Checked(kind, pages)


def _kind_by_content(path: Path) -> FileKind | None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    if head.startswith(b"PK\x03\x04"):
        return FileKind.DOCX
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if head[4:8] == b"ftyp":
        return FileKind.MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return FileKind.WEBM
    return None


def _damaged(name: str) -> Words:
    return said("“%(name)s”已损坏，打不开，没有保存。", name=name)


def _pdf_pages(path: Path, name: str) -> int:
    try:
        with PDFIUM, pypdfium2.PdfDocument(path) as document:
            pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise BadFile(said("“%(name)s”已损坏或有密码，打不开，没有保存。", name=name)) from error
    if pages == 0:
        raise BadFile(_damaged(name))
    return pages


def _check_docx(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, max(1, path.stat().st_size), name)
            kinds = _part(archive, "[content_types].xml").lower()
            links = b"".join(_part(archive, member) for member in _names(archive) if member.endswith(".rels"))
    except (
        zipfile.BadZipFile,
        struct.error,
        zlib.error,
        ValueError,
        OSError,
        RuntimeError,  # encrypted; NotImplementedError is one, too
    ) as error:
        raise BadFile(_damaged(name)) from error
    if any(word in kinds for word in _ACTIVE):
        raise BadFile(said("“%(name)s”含有宏或控件，没有保存。", name=name))
    if _WORD not in kinds:
        raise BadFile(said("“%(name)s”不是 Word 文档（.docx），没有保存。", name=name))
    if any(b"external" in link.lower() for link in _TEMPLATE.findall(links)):
        raise BadFile(said("“%(name)s”引用了文件之外的模板，没有保存。", name=name))


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the members by the name that Word finds them under, which knows no capitals."""
    return {member.lower(): member for member in archive.namelist()}


def _check_members(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS_MAX or unpacked > UNPACKED_MAX or unpacked / packed > RATIO_MAX:
        raise BadFile(said("“%(name)s”解开后过大，没有保存。", name=name))
    names = _names(archive)
    if not {"[content_types].xml", "word/document.xml"} <= set(names):
        raise BadFile(said("“%(name)s”不是 Word 文档（.docx），没有保存。", name=name))
    if len(names) != len(members):
        raise BadFile(_damaged(name))
    if any(member.endswith("vbaproject.bin") or "/activex/" in member for member in names):
        raise BadFile(said("“%(name)s”含有宏或控件，没有保存。", name=name))


def _part(archive: zipfile.ZipFile, member: str) -> bytes:
    """Return a small part of the file, whatever size its entry claims.

    Raises:
        ValueError: if it is larger than such a part can be.
    """
    with archive.open(_names(archive)[member]) as part:
        content = part.read(PART_MAX + 1)
    if len(content) > PART_MAX:
        raise ValueError(f"{member} is too large")
    return content


def _check_image(path: Path, name: str, kind: FileKind) -> None:
    form = "PNG" if kind is FileKind.PNG else "JPEG"
    try:
        with Image.open(path, formats=[form]) as image:
            if image.width * image.height > PIXELS_MAX:
                raise BadFile(said("“%(name)s”的像素过多，没有保存。", name=name))
            image.verify()
        # A JPEG has no checksums: that it was cut off shows when it is read, here at an eighth of its size.
        with Image.open(path, formats=[form]) as image:
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()
    except BROKEN_IMAGE as error:
        raise BadFile(_damaged(name)) from error
