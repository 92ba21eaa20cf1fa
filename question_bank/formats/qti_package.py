"""Opening a QTI package (ZIP with imsmanifest.xml) that a stranger sent: nothing is unpacked to disk.

Public: `read_package`, `Package`, `is_zip_of_qti`.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from question_bank.formats.qti_assets import resolved
from question_bank.formats.qti_tree import normalised
from question_bank.formats.xml_document import XmlRefused, parse_xml
from question_bank.words import Words, said

MANIFEST = "imsmanifest.xml"
MAX_FILES = 10_000
MAX_FILE = 20 * 1024 * 1024
MAX_TOTAL = 300 * 1024 * 1024
"""Unpacked, in memory; a package of photographs is about as large as its ZIP."""
_ITEM = re.compile(r"imsqti_(?:apip)?item_", re.IGNORECASE)
_TEST = re.compile(r"imsqti_(?:apip)?(?:test|section)_", re.IGNORECASE)
_OLD = re.compile(r"imsqti_xmlv1p|imsqti_item_xmlv1p", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_UTF_8_NAME = 0x800
_ENCRYPTED = 0x1


@dataclass(slots=True)
class Package:
    """The files of a package by name, the names of its items in their order, and what is wrong with it."""

    files: Mapping[str, bytes]
    items: list[str] = field(default_factory=list)
    faults: list[tuple[str, Words]] = field(default_factory=list)


def is_zip_of_qti(content: bytes) -> bool:
    """Return whether a ZIP has a manifest, wherever it lies."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(posixpath.basename(name).lower() == MANIFEST for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_package(content: bytes) -> Package:
    """Return what a package holds.

    Raises:
        XmlRefused: if it is no ZIP, unsafe, too large, or has no manifest with items. Then nothing was read.
    """
    files = _files(content)
    manifest = _manifest(files)
    root = parse_xml(files[manifest])
    package = Package(files)
    for href, is_test in _listed(normalised(root), posixpath.dirname(manifest)):
        name = next((name for name in resolved(*href) if name in files), None)
        if name is None:
            message = said("清单写有“%(href)s”，包里没有这个文件", href=href[1][:120])
            package.faults.append((href[1], message))
        elif is_test:
            _take_test(package, name)
        elif name not in package.items:
            package.items.append(name)
    if not package.items and not package.faults:
        raise XmlRefused(said("清单（imsmanifest.xml）里没有 QTI 试题"))
    return package


def _files(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members)
            return dict(_unpacked(archive, members))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, XmlRefused):
            raise
        raise XmlRefused(said("不是有效的 ZIP 压缩包，或压缩包已损坏")) from error


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES:
        raise XmlRefused(said("压缩包里超过 %(most)s 个文件，请分成几个包", most=MAX_FILES))
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise XmlRefused(said("压缩包有密码，请去掉密码后再导入"))
    for member in members:
        name = _name(member)
        if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
            raise XmlRefused(said("压缩包里的文件路径“%(name)s”不安全，不读取", name=name[:120]))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise XmlRefused(said("压缩包的压缩方式不支持，请重新打成普通的 ZIP"))
        if member.file_size > MAX_FILE:
            most = MAX_FILE // 1024 // 1024
            raise XmlRefused(said("压缩包里的“%(name)s”超过 %(most)s MB", name=name[:120], most=most))
    if sum(member.file_size for member in members) > MAX_TOTAL:
        most = MAX_TOTAL // 1024 // 1024
        raise XmlRefused(said("压缩包解开后超过 %(most)s MB，请分成几个包", most=most))


def _unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    left = MAX_TOTAL
    for member in members:
        name = _name(member)
        if name.startswith("__MACOSX/") or posixpath.basename(name) in (".DS_Store", "Thumbs.db"):
            continue
        with archive.open(member) as file:
            # What is really there counts, not what the directory of the archive says.
            content = file.read(MAX_FILE + 1)
        left -= len(content)
        if len(content) > MAX_FILE or left < 0:
            raise XmlRefused(said("压缩包里的“%(name)s”解开后过大，不读取", name=name[:120]))
        yield posixpath.normpath(name), content


def _name(member: zipfile.ZipInfo) -> str:
    r"""Return a file's name; Windows writes Chinese ones in GBK and does not say so, and "\" for "/"."""
    name = member.filename
    if not member.flag_bits & _UTF_8_NAME:
        for codec in ("gb18030", "utf-8"):
            with suppress(UnicodeError):
                name = member.filename.encode("cp437").decode(codec)
    return name.replace("\\", "/")


def _manifest(files: Mapping[str, bytes]) -> str:
    """Return the name of the manifest: at the top, or in the one folder that holds everything."""
    found = [name for name in files if posixpath.basename(name).lower() == MANIFEST]
    nearest = min((name.count("/") for name in found), default=None)
    found = [name for name in found if name.count("/") == nearest]
    if nearest is None or nearest > 1:
        raise XmlRefused(said("压缩包里没有清单 imsmanifest.xml，不是 QTI 包"))
    if len(found) > 1:
        raise XmlRefused(said("压缩包里有几个清单 imsmanifest.xml，请分成几个包"))
    return found[0]


def _listed(root: etree._Element, folder: str) -> Iterator[tuple[tuple[str, str], bool]]:
    """Return the (folder, address) of each item and test of the manifest, and whether it is a test."""
    if root.tag != "manifest":
        raise XmlRefused(said("清单的最外层应为 manifest，这里是 %(tag)s", tag=str(root.tag)[:60]))
    resources = [*root.iter("resource")]
    if any(_OLD.search(resource.get("type", "")) for resource in resources):
        raise XmlRefused(said("这是 QTI 1.x 的包，本系统读取 QTI 2.1、2.2 和 3.0"))
    for resource in resources:
        kind = resource.get("type", "")
        href = resource.get("href") or next((f.get("href", "") for f in resource.iter("file")), "")
        base = "".join(
            one.get("base", "")
            for one in reversed([resource, *resource.iterancestors("resources", "manifest")])
        )
        if _ITEM.match(kind) or _TEST.match(kind):
            yield (posixpath.join(folder, base), href), bool(_TEST.match(kind))


def _take_test(package: Package, name: str) -> None:
    """Add the items that a test refers to and the manifest does not list."""
    try:
        root = normalised(parse_xml(package.files[name]))
    except XmlRefused as refused:
        package.faults.append((name, refused.message))
        return
    for reference in root.iter("assessmentItemRef"):
        href = reference.get("href", "")
        found = next((one for one in resolved(posixpath.dirname(name), href) if one in package.files), None)
        if found is None:
            message = said("试卷“%(test)s”引用“%(href)s”，包里没有这个文件", test=name[:120], href=href[:120])
            package.faults.append((href, message))
        elif found not in package.items:
            package.items.append(found)
