"""Kept files lie outside of what is served, are named harmlessly, and are sent with strict headers."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from tests.files.samples import docx, pdf, photo, picture
from tests.support.clock import ManualClock
from tiejun.audit import SYSTEM
from tiejun.db import Database
from tiejun.errors import NotFound
from tiejun.files.kinds import DOCUMENTS, IMAGES, BadFile
from tiejun.files.models import StoredFile
from tiejun.files.pictures import SIDE_MAX, keep_document, keep_picture
from tiejun.files.serving import sent
from tiejun.files.store import MB, bare_name, filed, keep, path_of
from tiejun.settings import Settings


@pytest.fixture
def engine() -> str:
    return "sqlite"


def kept(settings: Settings, content: bytes, name: str, most_mb: int = 1) -> StoredFile:
    return keep(settings, io.BytesIO(content), name, DOCUMENTS, most_mb)


def files_in(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


def test_the_bytes_lie_under_their_digest_and_are_stored_once(settings: Settings):
    first, second = kept(settings, docx(), "甲.docx"), kept(settings, docx(), "乙.docx")

    assert first.sha256 == second.sha256
    assert [path.read_bytes() for path in files_in(settings)] == [docx()]
    assert path_of(settings, first).name == first.sha256


def test_two_who_upload_the_same_at_once_both_succeed(settings: Settings):
    content = pdf(2)

    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda n: kept(settings, content, f"{n}.pdf"), range(40)))

    assert {row.sha256 for row in rows} == {rows[0].sha256}
    assert len(files_in(settings)) == 1


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "空.docx", "是空文件"),
        (pdf() + b" " * (MB - len(pdf()) + 1), "大.pdf", "超过 1 MB"),
        (b"text", "案例.docx", "不是可以上传的文件"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(settings: Settings, content: bytes, name: str, reason: str):
    with pytest.raises(BadFile, match=reason):
        kept(settings, content, name)

    assert files_in(settings) == []


def test_a_file_of_exactly_the_largest_size_is_taken(settings: Settings):
    padded = pdf() + b" " * (MB - len(pdf()))

    assert kept(settings, padded, "大.pdf").size == MB


@pytest.mark.parametrize(
    ("sent_as", "kept_as"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\甲\\案例.pdf", "案例.pdf"),
        ("/报告.pdf", "报告.pdf"),
        ("报告.pdf\r\nSet-Cookie: x=1", "报告.pdfSet-Cookie: x=1"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("\0报告.pdf", "报告.pdf"),
        ("..", ".."),
        ("", ""),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_name_keeps_neither_folders_nor_signs_that_deceive(sent_as: str, kept_as: str):
    assert bare_name(sent_as) == kept_as


def test_a_picture_is_kept_without_what_it_says_beside_what_it_shows(settings: Settings):
    row = keep_picture(settings, io.BytesIO(photo()), "现场.jpg", 1)

    content = path_of(settings, row).read_bytes()
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
        assert "exif" not in image.info
        assert "icc_profile" not in image.info
    assert b"taken in the yard" not in content
    assert "拍摄人甲".encode() not in content
    assert row.size == len(content)


def test_a_photo_taken_upright_stays_upright(settings: Settings):
    row = keep_picture(settings, io.BytesIO(photo(turned=6)), "现场.jpg", 1)

    with Image.open(path_of(settings, row)) as image:
        assert image.size == (30, 40)


def test_a_large_picture_is_made_smaller_and_keeps_what_is_transparent(settings: Settings):
    drawing = io.BytesIO()
    Image.new("RGBA", (SIDE_MAX + 100, 50), (0, 0, 0, 0)).save(drawing, "PNG")
    drawing.seek(0)

    row = keep_picture(settings, drawing, "示意图.png", 1)

    with Image.open(path_of(settings, row)) as image:
        assert image.width == SIDE_MAX
        assert image.mode == "RGBA"


def test_what_hides_behind_a_picture_is_gone(settings: Settings):
    polyglot = picture() + b"<script>alert(1)</script>" + docx()

    row = keep_document(settings, io.BytesIO(polyglot), "图.png", 1)

    content = path_of(settings, row).read_bytes()
    assert b"<script" not in content
    assert b"PK\x03\x04" not in content


def test_a_picture_too_many_pixels_or_damaged_is_not_decoded(settings: Settings):
    with pytest.raises(BadFile):
        keep_picture(settings, io.BytesIO(picture()[:-20]), "图.png", 1)
    with pytest.raises(BadFile, match="可以上传"):
        keep_picture(settings, io.BytesIO(docx()), "案例.docx", 1)


@pytest.fixture
def rows(app: Flask, database: Database, settings: Settings, clock: ManualClock) -> dict[str, StoredFile]:
    found = {
        "pdf": kept(settings, pdf(), "报告 “一”.pdf"),
        "png": keep(settings, io.BytesIO(picture()), "图.png", IMAGES, 1),
    }
    with database.transaction() as db:
        for row in found.values():
            filed(db, row, SYSTEM, clock())
    return found


def answer(app: Flask, row: StoredFile, **headers: str):
    with app.test_request_context(headers=headers):
        reply = app.process_response(sent(row, inline=True))
        reply.direct_passthrough = False
        body = reply.get_data()
        reply.close()
        return reply, body


def test_a_document_is_saved_and_never_shown_under_our_address(app: Flask, rows):
    reply, body = answer(app, rows["pdf"])

    assert body == pdf()
    assert reply.headers["Content-Disposition"].startswith("attachment; filename")
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_picture_is_shown_within_the_page(app: Flask, rows):
    reply, _body = answer(app, rows["png"])

    assert reply.headers["Content-Disposition"].startswith("inline")
    assert reply.headers["Content-Type"] == "image/png"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [("bytes=0-4", 206, slice(0, 5)), ("bytes=5-", 206, slice(5, None)), ("bytes=-6", 206, slice(-6, None))],
)
def test_a_part_can_be_asked_for(app: Flask, rows, asked: str, status: int, part: slice):
    reply, body = answer(app, rows["pdf"], Range=asked)

    assert reply.status_code == status
    assert body == pdf()[part]


def test_bytes_that_are_gone_are_a_sentence_and_no_fault(settings: Settings, rows):
    path_of(settings, rows["pdf"]).unlink()

    with pytest.raises(NotFound, match="已不在服务器上"):
        path_of(settings, rows["pdf"])
