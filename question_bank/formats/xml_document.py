"""Opening an XML file that a stranger sent: no DTD, no entities, no network, no giant.

Public: `parse_xml`, `XmlRefused`.
"""

import codecs
import re

from lxml import etree

from question_bank.words import Words, said

MAX_BYTES = 20 * 1024 * 1024
CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    # GB18030 holds all of its predecessors, and files named after one of those often need more of it.
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
}
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,150}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class XmlRefused(ValueError):
    """The file is not read; the argument is a sentence that says why and where."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


def parse_xml(content: bytes) -> etree._Element:
    """Return the root element.

    Raises:
        XmlRefused: if the file is too large, not XML, has a document type (and with it entities), is not
            in the encoding it declares, or is broken; the sentence has the line.
    """
    if len(content) > MAX_BYTES:
        raise XmlRefused(said("文件超过 %(most)s MB，请分成几个文件", most=MAX_BYTES // 1024 // 1024))
    text = _decoded(content)
    declaration = _DECLARATION.match(text)
    if declaration:
        # Decoded already; the line breaks stay, so that the lines in messages are those of the file.
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    if not text.lstrip().startswith("<"):
        raise XmlRefused(said("不是 XML 文件"))
    if _has_doctype(text):
        raise XmlRefused(said("文件含有 DOCTYPE（文档类型或实体定义），出于安全不读取；请去掉后再导入"))
    # `lxml` reads entities of no DTD; all the switches stay off even so.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line, reason = error.lineno or 1, str(error.msg)
        if "huge" in reason.lower() or "too long" in reason.lower():
            raise XmlRefused(said("第 %(line)s 行的内容过大（单段不超过 10 MB）", line=line)) from error
        raise XmlRefused(
            said("第 %(line)s 行不是合格的 XML（%(reason)s）", line=line, reason=reason)
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused(said("文件含有 DOCTYPE（文档类型或实体定义），出于安全不读取；请去掉后再导入"))
    return root


def _decoded(content: bytes) -> str:
    codec = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    if codec is None:
        declared = _ENCODING.match(content)
        name = declared[1].decode().lower() if declared else "utf-8"
        if name not in CODECS:
            raise XmlRefused(said("文件声明的编码“%(name)s”不支持，请另存为 UTF-8 或 GB18030", name=name))
        codec = CODECS[name]
    try:
        return content.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise XmlRefused(
            said("第 %(line)s 行有不合 %(codec)s 编码的字节，请核对文件的编码声明", line=line, codec=codec)
        ) from error


def _has_doctype(text: str) -> bool:
    """Return whether a document type stands before the root element; inside of it the word is just text."""
    at = 0
    while True:
        at += len(text[at : at + 1000]) - len(text[at : at + 1000].lstrip())
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
        elif text[at : at + 1].isspace():
            continue
        else:
            return text.startswith("<!", at)
        if end < 0:
            return False
        at = text.index(">", end) + 1
