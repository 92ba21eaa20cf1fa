"""Render the papers: JSON in, PDF/A-2b out.

A paper with a character that no installed font has is refused: it names the text and the character, because
a certificate with an empty box for a name is worse than none.
"""

import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

from tiejun.errors import DomainError
from tiejun.prints.fonts import FontShelf
from tiejun.prints.shapes import CertificateData, HoursData, NoticeData, RecordData

TEMPLATES = Path(__file__).parent / "typ"
# Where set-up puts the one font it fetches on machines that have none.
OWN_FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts"
NOT_PRINTED = frozenset({"qr_svg", "url"})


class UnprintableText(DomainError):
    """Characters that no font has; `details["missing"]` lists `{text, characters}`."""

    code = "unprintable_text"


class PrintFailed(DomainError):
    """The template refused the data: a fault of ours."""

    status = 500
    code = "print_failed"


class Printer:
    """Renders papers one at a time.

    Keeps a single compiler, because a new one reads all fonts anew (0.2 s), and lets one thread in at a
    time, because a compiler holds the inputs of one paper.
    """

    def __init__(self, shelf: FontShelf) -> None:
        self.shelf = shelf
        self._lock = Lock()
        self._compiler: typst.Compiler | None = None

    def certificate(self, data: CertificateData, made_at: datetime) -> bytes:
        """Return a certificate (岗位培训合格证书), A4 landscape, one page."""
        return self._render("certificate.typ", data, made_at)

    def make_up_notice(self, data: NoticeData, made_at: datetime) -> bytes:
        """Return a make-up notice (补考通知书), A4 portrait."""
        return self._render("make-up-notice.typ", data, made_at)

    def exam_record(self, data: RecordData, made_at: datetime) -> bytes:
        """Return an exam record sheet (考场记录单), A4 portrait, as many pages as it needs."""
        return self._render("exam-record.typ", data, made_at)

    def hours_statement(self, data: HoursData, made_at: datetime) -> bytes:
        """Return an annual hour statement (学时证明), A4 portrait, as many pages as it needs."""
        return self._render("hours-statement.typ", data, made_at)

    def refuse_unprintable(self, data: Mapping[str, Any]) -> None:
        """Make sure that every character of `data` can be drawn.

        Raises:
            NoChineseFont: if no Chinese font is installed.
            UnprintableText: naming each text and the characters that no font has.
        """
        self.shelf.require()
        faults = {text: missing for text in _texts(data) if (missing := self.shelf.missing(text))}
        if faults:
            listed = "；".join(f"“{text}”中的{_named(missing)}" for text, missing in faults.items())
            raise UnprintableText(
                f"字库没有下列文字，文件没有生成：{listed}。请核对，或安装收有该字的中文字体。",
                missing=[{"text": text, "characters": missing} for text, missing in faults.items()],
            )

    def _render(self, template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
        """Render one paper; `made_at` is written into the file, so that equal data give equal bytes."""
        self.refuse_unprintable(data)
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        with self._lock:
            if self._compiler is None:
                self._compiler = typst.Compiler(root=str(TEMPLATES), font_paths=self.shelf.fonts)
            try:
                # The warnings name the families of the list that are not installed: expected.
                made, _warnings = self._compiler.compile_with_warnings(
                    str(TEMPLATES / template),
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=["a-2b"],
                    timestamp=made_at.replace(microsecond=0),  # typst refuses fractions of a second
                )
            except typst.TypstError as error:
                raise PrintFailed(f"文件没有生成：{error}") from error
        if not isinstance(made, bytes):
            raise PrintFailed("文件没有生成：没有内容")
        return made


@cache
def printer() -> Printer:
    """Return this process's printer, made at its first use."""
    return Printer(FontShelf(OWN_FONTS))


def render_certificate(data: CertificateData, made_at: datetime) -> bytes:
    """Return a certificate as PDF; see `Printer` for what is refused."""
    return printer().certificate(data, made_at)


def render_make_up_notice(data: NoticeData, made_at: datetime) -> bytes:
    """Return a make-up notice as PDF; see `Printer` for what is refused."""
    return printer().make_up_notice(data, made_at)


def render_exam_record(data: RecordData, made_at: datetime) -> bytes:
    """Return an exam record sheet as PDF; see `Printer` for what is refused."""
    return printer().exam_record(data, made_at)


def render_hours_statement(data: HoursData, made_at: datetime) -> bytes:
    """Return an annual hour statement as PDF; see `Printer` for what is refused."""
    return printer().hours_statement(data, made_at)


def qr_svg(text: str) -> str:
    """Return a QR code as SVG without a border: the layout leaves the quiet zone."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False, boost_error=False)
    code.save(drawn, kind="svg", border=0, dark="#14201b", light="#ffffff", xmldecl=False, nl=False)
    return drawn.getvalue().decode()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if key not in NOT_PRINTED:
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _named(characters: str) -> str:
    return "、".join(f"“{c}”（U+{ord(c):04X}）" for c in characters)
