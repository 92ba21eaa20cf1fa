"""The files beside an item in its package: which image an address in the item means.

Public: `Assets`, `resolved`, `is_elsewhere`.
"""

import base64
import binascii
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from question_bank.formats.image_size import image_size
from question_bank.formats.moodle_files import MAX_IMAGE, ImageMissing
from question_bank.formats.plain import ImageOf
from question_bank.markup import image_mark
from question_bank.words import said

_DATA = re.compile(r"\s*data:image/[a-z.+-]{1,30};base64,", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\s*(?://|[A-Za-z][A-Za-z0-9+.-]*:)")
_QUERY = re.compile(r"[?#]")
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def is_elsewhere(address: str) -> bool:
    """Return whether an address names a place outside the package, or holds its content itself."""
    return bool(_ELSEWHERE.match(address))


def resolved(folder: str, href: str) -> list[str]:
    """Return the names that an address in a file of `folder` may have in the archive, best first.

    Some tools write "%20", others the blank itself, in names and in addresses alike.
    """
    path = href.strip()
    names = [unquote(_QUERY.split(path)[0]), path, unquote(path)]
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, name)) for name in names if name))


@dataclass(slots=True)
class Assets:
    """The files of a package, None for an item that came alone; `content` are the images that items show."""

    files: Mapping[str, bytes] | None
    content: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def images_of(self, folder: str) -> ImageOf:
        """Return what gives the mark of an image at an address in a file of `folder`."""
        return lambda source, shows: self._mark(folder, source, shows)

    def size_of(self, digest: str) -> tuple[int, int] | None:
        """Return the width and height of an image that was kept, in pixels; None if it does not say."""
        return image_size(self.content[digest])

    def _mark(self, folder: str, source: str, shows: str) -> str:
        inline = _DATA.match(source)
        if inline:
            return self._keep(_decoded(source[inline.end() :]), said("内嵌图片"), shows)
        if is_elsewhere(source):
            raise ImageMissing(said("图片“%(source)s”不在文件之内，请先把图片放进试题", source=source[:120]))
        if self.files is None:
            message = said(
                "图片“%(source)s”不在这个 XML 文件里，请导入含图片的整个 ZIP 包", source=source[:120]
            )
            raise ImageMissing(message)
        found = next((name for name in resolved(folder, source) if name in self.files), None)
        if found is None:
            raise ImageMissing(said("文件中缺少图片“%(name)s”", name=source[:120]))
        return self._keep(self.files[found], posixpath.basename(found)[:120], shows)

    def _keep(self, content: bytes, name: str, shows: str) -> str:
        if not content.startswith(_SIGNATURES):
            raise ImageMissing(said("“%(name)s”不是 PNG、JPEG 或 GIF 图片", name=name))
        if len(content) > MAX_IMAGE:
            most = MAX_IMAGE // 1024 // 1024
            raise ImageMissing(said("图片“%(name)s”超过 %(most)s MB", name=name, most=most))
        digest = hashlib.sha256(content).hexdigest()
        self.content[digest] = content
        self.names.setdefault(digest, name)
        return image_mark(digest, shows)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(unquote(text).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageMissing(said("图片“%(name)s”的 base64 已损坏", name=said("内嵌图片"))) from error
