"""Opening a text file that a stranger sent: GIFT, Aiken, CSV.

Public: `read_text`, `TextRefused`.
"""

import codecs
import re

from question_bank.words import Words, said

MAX_BYTES = 20 * 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class TextRefused(ValueError):
    """The file is not read; the argument is a sentence that says why and where."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


def read_text(content: bytes) -> str:
    r"""Return the text of a file, its lines ended by "\n".

    UTF-8 with or without its mark, UTF-16 with it, and else GB18030, which holds GBK and GB 2312.

    Raises:
        TextRefused: if the file is too large, no text, in none of these encodings, or has control characters.
    """
    if len(content) > MAX_BYTES:
        raise TextRefused(said("文件超过 %(most)s MB，请分成几个文件", most=MAX_BYTES // 1024 // 1024))
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise TextRefused(said("文件含有 NUL 字符，不是文本文件；请另存为 UTF-8 文本后再导入"))
    if found := _CONTROL.search(text):
        line, code = text.count("\n", 0, found.start()) + 1, f"U+{ord(found[0]):04X}"
        raise TextRefused(
            said("第 %(line)s 行含有控制字符（%(code)s），请删去后再导入", line=line, code=code)
        )
    return text


def _decoded(content: bytes) -> str:
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], codec)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "gb18030")


def _strictly(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = said("文件第 %(line)s 行不是 UTF-8 或 GB18030 文字，请另存为 UTF-8 后再导入", line=line)
        raise TextRefused(message) from error
