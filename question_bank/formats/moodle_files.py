"""The files inside a Moodle XML file: which image an address in a question means.

Public: `Images`.
"""

import base64
import binascii
import hashlib
import re
from urllib.parse import unquote

from lxml import etree

from question_bank.formats.plain import PLUGINFILE
from question_bank.markup import image_mark
from question_bank.words import Words, said

MAX_IMAGE = 5 * 1024 * 1024
_DATA = re.compile(r"\s*data:image/[a-z.+-]{1,30};base64,", re.IGNORECASE)


class ImageMissing(ValueError):
    """There is no such image to keep; the argument is the sentence that says so."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)


class Images:
    """The images that questions show, by the SHA-256 of what the file holds; nobody looked at them yet."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.names: dict[str, str] = {}

    def mark(self, holder: etree._Element, source: str, shows: str) -> str:
        """Return the mark of the image at `source`, kept from now on.

        Args:
            holder: the element in whose text the image stands; its files come before the question's.

        Raises:
            ImageMissing: if the file does not hold it, or it lies elsewhere.
        """
        inline = _DATA.match(source)
        if inline:
            return self._keep(source[inline.end() :], said("内嵌图片"), shows)
        if not source.startswith(PLUGINFILE):
            raise ImageMissing(said("图片“%(source)s”不在文件之内，请先把图片放进试题", source=source[:120]))
        path = unquote(source.removeprefix(PLUGINFILE)).partition("?")[0]
        found = self._file(holder, path)
        if found is None:
            raise ImageMissing(said("文件中缺少图片“%(name)s”", name=path[:120]))
        if (found.get("encoding") or "base64") != "base64":
            raise ImageMissing(said("图片“%(name)s”不是 base64 编码", name=path[:120]))
        return self._keep(found.text or "", path[:120], shows)

    def _file(self, holder: etree._Element, path: str) -> etree._Element | None:
        question = next(holder.iterancestors("question"), holder)
        for place in (holder, question):
            for file in place.iter("file"):
                folder = (file.get("path") or "/").strip("/")
                name = file.get("name") or ""
                if path == (f"{folder}/{name}" if folder else name):
                    return file
        return None

    def _keep(self, text: str, name: str, shows: str) -> str:
        packed = "".join(text.split())
        if len(packed) > MAX_IMAGE * 4 // 3 + 4:
            raise ImageMissing(
                said("图片“%(name)s”超过 %(most)s MB", name=name, most=MAX_IMAGE // 1024 // 1024)
            )
        try:
            content = base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ImageMissing(said("图片“%(name)s”的 base64 已损坏", name=name)) from error
        if not content:
            raise ImageMissing(said("图片“%(name)s”是空的", name=name))
        digest = hashlib.sha256(content).hexdigest()
        self.content[digest] = content
        self.names.setdefault(digest, name)
        return image_mark(digest, shows)


def unused_files(question: etree._Element, used: str) -> list[str]:
    """Return the names of files that no text of the question shows; `used` is all its raw text."""
    names = [file.get("name") or "" for file in question.iter("file")]
    return [name for name in names if name and name not in unquote(used)]
