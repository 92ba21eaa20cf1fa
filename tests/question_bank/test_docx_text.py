"""Word documents as lines: automatic numbers are written out, what is no text is marked, bombs refused."""

import io
import zipfile

import pytest

from question_bank.formats.docx_text import MAX_PART, DocxRefused, docx_lines
from question_bank.formats.typed_text import NOT_TEXT, read_typed
from question_bank.formats.workbook import OLE_MAGIC

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
NUMBERING = f"""<w:numbering {NAMES}>
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2."/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="0"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def paragraph(text: str, numbered: tuple[int, int] | None = None) -> str:
    place = ""
    if numbered:
        number, level = numbered
        place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p>{place}{text if text.startswith('<') else run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def document(*blocks: str, numbering: str | None = NUMBERING) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f"<w:document {NAMES}><w:body>{''.join(blocks)}</w:body></w:document>"
        )
        if numbering:
            archive.writestr("word/numbering.xml", numbering)
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    return [line.text for line in docx_lines(content)]


def test_numbers_that_word_gives_by_itself_are_written_out_and_the_paper_is_read() -> None:
    content = document(
        paragraph("单选题", (2, 0)),
        paragraph("现场检查不得少于（　　）。", (1, 0)),
        paragraph("一人", (1, 1)),
        paragraph("两人", (1, 1)),
        paragraph("答案：B"),
        paragraph("还有（　　）。", (1, 0)),
        paragraph("甲", (1, 1)),
        paragraph("乙", (1, 1)),
        paragraph("答案：A"),
        paragraph("判断题", (2, 0)),
        paragraph("可以不出示证件。", (4, 0)),
        paragraph("答案：错"),
    )

    assert texts(content)[:4] == ["一、 单选题", "1. 现场检查不得少于（　　）。", "A. 一人", "B. 两人"]
    assert texts(content)[5:8] == ["2. 还有（　　）。", "A. 甲", "B. 乙"]
    assert texts(content)[9:11] == ["二、 判断题", "1. 可以不出示证件。"]
    report = read_typed(docx_lines(content))
    assert report.problems == []
    assert [item.parts[0].key for item in report.items] == ["b", "a", False]


def test_a_bullet_and_a_list_that_is_not_defined_have_no_number() -> None:
    assert texts(document(paragraph("甲", (3, 0)), paragraph("乙", (99, 0)))) == ["甲", "乙"]
    assert texts(document(paragraph("甲", (1, 0)), numbering=None)) == ["甲"]


def test_line_breaks_tabs_and_rows_of_tables_are_kept_apart() -> None:
    cell = "<w:tc>{}</w:tc>"
    table = f"<w:tbl><w:tr>{cell.format(paragraph('A. 甲'))}{cell.format(paragraph('B. 乙'))}</w:tr></w:tbl>"
    broken = "<w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>右</w:t></w:r>"
    lines = docx_lines(document(paragraph(broken), table, paragraph("后")))

    assert [(line.number, line.text) for line in lines] == [
        (1, "上"),
        (1, "下\t右"),
        (2, "A. 甲\tB. 乙"),
        (4, "后"),
    ]


def test_deleted_text_is_left_out_and_inserted_text_stays() -> None:
    changed = (
        "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins>"
        + run("新")
        + "</w:ins><w:r><w:instrText>PAGE</w:instrText></w:r>"
    )

    assert texts(document(paragraph(changed))) == ["新"]


def test_raised_digits_stay_raised_and_what_is_no_text_is_marked() -> None:
    raised = run("10") + run("3", '<w:vertAlign w:val="superscript"/>')
    alternative = (
        "<mc:AlternateContent><mc:Choice><w:r><w:drawing/></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:pict/></w:r></mc:Fallback></mc:AlternateContent>"
    )

    assert texts(document(paragraph(raised), paragraph(alternative), paragraph("<m:oMath/>"))) == [
        "10³",
        NOT_TEXT,
        NOT_TEXT,
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a zip", "不是有效的 .docx"),
        (OLE_MAGIC + b"...", "另存为 .docx"),
        (b"PK\x03\x04 broken", "不是有效的 .docx"),
        (document("<unclosed>"), "已损坏"),
        (document(paragraph("x" * (MAX_PART + 1))), "文件过大"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(DocxRefused, match=words):
        docx_lines(content)


def test_a_document_with_entities_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE a [<!ENTITY b "bomb">]><w:document {NAMES}><w:body>&b;</w:body></w:document>',
        )
    with pytest.raises(DocxRefused, match="DOCTYPE"):
        docx_lines(out.getvalue())


def test_a_workbook_is_no_document() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DocxRefused):
        docx_lines(out.getvalue())
