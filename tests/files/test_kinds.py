"""A file is what its content says: names and browsers are not believed, and nothing is unpacked blindly."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.files.samples import MACROS, bomb, docx, pdf, photo, picture
from tiejun.files.kinds import DOCUMENTS, IMAGES, PART_MAX, VIDEOS, BadFile, FileKind, check

TEMPLATE = (
    '<Relationships><Relationship Id="r1" Type="http://x/attachedTemplate" '
    'Target="https://elsewhere.example/t.dotm" TargetMode="External"/></Relationships>'
)
HYPERLINK = TEMPLATE.replace("attachedTemplate", "hyperlink")


PAGELESS = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.fixture
def put(tmp_path: Path):
    def write(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("content", "name", "kind", "pages"),
    [
        (docx(), "案例.docx", FileKind.DOCX, 0),
        (docx({"word/_rels/document.xml.rels": HYPERLINK}), "有链接.DOCX", FileKind.DOCX, 0),
        (pdf(3), "三页.pdf", FileKind.PDF, 3),
        (picture(), "图.png", FileKind.PNG, 0),
        (picture("JPEG"), "图.jpeg", FileKind.JPG, 0),
        (photo(), "照片.JPG", FileKind.JPG, 0),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(put, content: bytes, name: str, kind: FileKind, pages: int):
    found = check(put(content), name, DOCUMENTS)

    assert (found.kind, found.pages) == (kind, pages)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (picture(), "图.jpg", "与文件名不符"),
        (pdf(), "报告.docx", "与文件名不符"),
        (docx(), "报告.pdf", "与文件名不符"),
        (docx(), "没有后缀", "与文件名不符"),
        (b"<html><script>alert(1)</script>", "图.png", "不是可以上传的文件"),
        (b"MZ\x90\0" + b"\0" * 100, "安装.docx", "不是可以上传的文件"),
        (b" %PDF-1.7", "报告.pdf", "不是可以上传的文件"),
        (b"GIF89a" + b"\0" * 40, "图.png", "不是可以上传的文件"),
        # What Word makes of a document with a password: an OLE file.
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "有密码.docx", "不是可以上传的文件"),
    ],
)
def test_a_name_that_belies_the_content_is_refused(put, content: bytes, name: str, reason: str):
    with pytest.raises(BadFile, match=reason):
        check(put(content), name, DOCUMENTS)


def test_a_kind_that_is_not_asked_for_is_refused(put):
    with pytest.raises(BadFile, match="可以上传：jpg、png"):
        check(put(pdf()), "报告.pdf", IMAGES)
    with pytest.raises(BadFile, match="mp4、webm"):
        check(put(picture()), "图.png", VIDEOS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (docx(leave_out="word/document.xml"), "不是 Word 文档"),
        (docx(leave_out="[Content_Types].xml"), "不是 Word 文档"),
        (docx(kind="openxmlformats-officedocument.spreadsheetml.sheet.main"), "不是 Word 文档"),
        (docx({"word/vbaProject.bin": b"x"}), "含有宏"),
        (docx({"word/VBAPROJECT.BIN": b"x"}), "含有宏"),
        (docx(kind=MACROS), "含有宏"),
        (docx({"word/activeX/activeX1.xml": "<x/>"}), "含有宏或控件"),
        (docx({"word/_rels/settings.xml.rels": TEMPLATE}), "文件之外的模板"),
        (docx({"Word/Document.xml": "<another/>"}), "已损坏"),
        (docx({"[Content_Types].xml": "x" * (PART_MAX + 1)}), "过大"),
        (docx()[:-30], "已损坏"),
        (b"PK\x03\x04" + b"\0" * 200, "已损坏"),
    ],
)
def test_a_word_file_that_acts_or_is_none_is_refused(put, content: bytes, reason: str):
    with pytest.raises(BadFile, match=reason):
        check(put(content), "案例.docx", DOCUMENTS)


@pytest.mark.parametrize(
    "parts",
    [
        {"word/media/zeros.bin": b"\0" * 30_000_000},
        {f"word/media/{number}": b"" for number in range(5001)},
    ],
    ids=["a thousand to one", "thousands of members"],
)
def test_a_file_that_grows_when_unpacked_is_refused_without_unpacking(put, parts):
    with pytest.raises(BadFile, match="解开后过大"):
        check(put(docx(parts)), "案例.docx", DOCUMENTS)


def test_a_member_that_lies_about_its_size_is_not_unpacked(put, tmp_path: Path):
    """The directory says ten bytes, the data unpack to more: reading stops, and the file is damaged."""
    honest = docx({"word/_rels/big.rels": b"\0" * 3_000_000})
    with zipfile.ZipFile(put(honest)) as archive:
        size = archive.getinfo("word/_rels/big.rels").file_size
    lying = honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(BadFile):
        check(put(lying), "案例.docx", DOCUMENTS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\nnothing of a document", "已损坏"),
        (pdf()[:60], "已损坏"),
        (PAGELESS, "已损坏"),
    ],
    ids=["no document", "cut off", "no page"],
)
def test_a_damaged_pdf_is_refused(put, content: bytes, reason: str):
    with pytest.raises(BadFile, match=reason):
        check(put(content), "报告.pdf", DOCUMENTS)


ENCRYPTED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Size 5/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF"
)


def test_a_pdf_with_a_password_is_refused(put):
    with pytest.raises(BadFile, match="有密码"):
        check(put(ENCRYPTED), "报告.pdf", DOCUMENTS)


def test_pdfs_are_opened_by_many_threads_at_once(tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(pdf(2))

    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda _n: check(path, "报告.pdf", DOCUMENTS).pages, range(200)))

    assert pages == [2] * 200


@pytest.mark.parametrize("side", [7_100, 9_600, 20_000, 60_000], ids=lambda side: f"{side} px")
def test_a_picture_that_would_fill_the_memory_is_refused_by_its_head(put, side: int):
    with pytest.raises(BadFile, match=r"像素过多|已损坏"):
        check(put(bomb(side)), "图.png", IMAGES)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture()[:-20], "图.png"),
        (picture("JPEG", (400, 300))[:-900], "图.jpg"),
        (picture()[:30] + b"\0" * 30, "图.png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "图.jpg"),
    ],
)
def test_a_damaged_picture_is_refused(put, content: bytes, name: str):
    with pytest.raises(BadFile, match="已损坏"):
        check(put(content), name, IMAGES)
