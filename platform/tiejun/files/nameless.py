"""A Word file without the names that it carries: who wrote it, changed it, commented on it."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

# What a Word file says of itself: author, company, who saved it last. Word does without.
_PROPERTIES: Final = re.compile(r"docprops/(core|app|custom)\.xml", re.IGNORECASE)
_EMPTY: Final = {
    "core": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "app": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "custom": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
_PEOPLE: Final = re.compile(r"word/people\w*\.xml", re.IGNORECASE)
_NAMES: Final = re.compile(rb"\b(w\d*:(?:author|initials|userId|providerId)=)(\"[^\"]*\"|'[^']*')")


def nameless_docx(path: Path) -> BytesIO:
    """Return a copy of a checked Word file (`kinds.check`) whose properties and comments name nobody.

    What is written in the text itself stays.
    """
    copy = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename), _without(member.filename, source.read(member)))
    copy.seek(0)
    return copy


def _without(name: str, content: bytes) -> bytes:
    known = _PROPERTIES.fullmatch(name)
    if known:
        return _EMPTY[known[1].lower()]
    if _PEOPLE.fullmatch(name):
        return b'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"/>'
    if name.lower().startswith("word/") and name.lower().endswith(".xml"):
        return _NAMES.sub(rb'\1""', content)
    return content
