"""Typed papers on the import page: pasted or as a Word file, looked at first, faults by line."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.question_bank.test_docx_text import document, paragraph
from tests.support.world import World, csrf_token, sign_in
from tiejun.bank.item_files import kind_of, read_item_file
from tiejun.bank.models import Item, ItemBatch
from tiejun.db import Database
from tiejun.errors import DomainError

PAPER = """一、单选题
1. 现场检查时，执法人员不得少于（　　）。
A. 一人　　B. 两人
答案：B
2. 没有答案的一题（　　）。
A. 甲　　B. 乙"""


@pytest.fixture
def writer_client(client: FlaskClient, world: World, laws: Database) -> FlaskClient:
    sign_in(client, "item_writer")
    return client


def send(client: FlaskClient, **form: object):
    data = {"purpose": "practice", "unit": "B5", "csrf_token": csrf_token(client, "/items/import"), **form}
    return client.post("/items/import", data=data, content_type="multipart/form-data")


def test_pasted_text_is_looked_at_and_then_taken_without_the_faulty_question(
    writer_client: FlaskClient, laws: Database
):
    address = send(writer_client, text=PAPER).headers["Location"]
    page = writer_client.get(address).get_data(as_text=True)
    assert "第 5 行" in page
    assert "没有答案" in page

    token = csrf_token(writer_client, address)
    refused = writer_client.post(address, data={"csrf_token": token})
    taken = writer_client.post(address, data={"csrf_token": token, "skip_faulty": "y"})

    assert (refused.status_code, taken.status_code) == (422, 303)
    with laws.reading() as db:
        assert db.scalars(select(Item.unit)).all() == ["B5"]
        assert db.scalars(select(ItemBatch.filename)).all() == ["粘贴的文字.txt"]


def test_a_word_file_is_read_by_its_own_numbers(writer_client: FlaskClient):
    content = document(
        paragraph("判断题", (2, 0)), paragraph("可以不出示证件。", (1, 0)), paragraph("答案：错")
    )

    answer = send(writer_client, file=(io.BytesIO(content), "题目.docx"))

    assert answer.status_code == 303
    assert "可以不出示证件。" in writer_client.get(answer.headers["Location"]).get_data(as_text=True)


def test_neither_file_nor_text_is_told_at_the_field(writer_client: FlaskClient):
    answer = send(writer_client, text="  ")

    assert answer.status_code == 422
    assert "请选择文件，或在下面粘贴文字。" in answer.get_data(as_text=True)


def test_a_file_goes_before_a_text_and_what_was_pasted_stays_after_a_fault(writer_client: FlaskClient):
    answer = send(writer_client, file=(io.BytesIO(b"PK\x03\x04 broken"), "题目.docx"), text=PAPER)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "不是有效的 .docx 文件" in page
    assert "现场检查时，执法人员不得少于" in page


def test_files_are_told_apart_by_what_they_hold():
    assert kind_of(document(paragraph("甲")), "无名") == "docx"
    assert kind_of(PAPER.encode(), "题目.txt") == "text"
    assert kind_of(PAPER.encode("gb18030"), "题目.txt") == "text"
    assert kind_of("题干\nA. 甲\nB. 乙\nANSWER: A\n".encode(), "aiken.txt") == "aiken"
    assert kind_of("::一:: 对吗 {T}".encode(), "gift.txt") == "gift"


def test_an_old_word_file_is_refused_with_what_to_do():
    with pytest.raises(DomainError, match=r"另存为 \.docx"):
        read_item_file(bytes.fromhex("d0cf11e0a1b11ae1") + b"...", "题目.doc")
