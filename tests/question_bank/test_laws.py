"""The law register, law files, and what is in force when."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from question_bank.laws import LawError, in_force, load_register, parse_law


def law_json(**changes: Any) -> bytes:
    law = {
        "id": "made-up-law",
        "title": "中华人民共和国虚构法",
        "kind": "法律",
        "adopted": "2026-01-01",
        "effective": "2026-03-01",
        "articles": [
            {
                "number": 1,
                "sub": 0,
                "label": "第一条",
                "part": "第一编",
                "chapter": "第一章",
                "text": "甲。\n乙。",
            },
            {"number": 1, "sub": 1, "label": "第一条之一", "text": "丙。"},
            {"number": 2, "text": "丁。"},
        ],
    }
    return json.dumps(law | changes).encode()


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (date(2026, 8, 14), False),
        (date(2026, 8, 15), True),
        (date(2027, 1, 31), True),
        (date(2027, 2, 1), False),
    ],
)
def test_a_version_applies_from_its_first_day_until_the_day_before_it_ceases(day: date, valid: bool) -> None:
    assert in_force(date(2026, 8, 15), date(2027, 2, 1), day) is valid


def test_a_version_without_an_end_applies_for_ever() -> None:
    assert in_force(date(2026, 8, 15), None, date(2999, 1, 1))


def test_the_register_knows_188_instruments_and_no_text() -> None:
    register = load_register()

    assert len(register) == 188
    code = register["eco-env-code-2026"]
    assert (code.short_title, code.article_count) == ("生态环境法典", 1242)
    assert all(law.superseded_by is None or law.superseded_by in register for law in register.values())


@pytest.mark.parametrize(
    ("law", "day", "valid"),
    [
        ("env-protection-law-2014", date(2026, 8, 14), True),
        ("env-protection-law-2014", date(2026, 8, 15), False),
        ("eco-env-code-2026", date(2026, 8, 14), False),
        ("eco-env-code-2026", date(2026, 8, 15), True),
    ],
)
def test_the_code_took_over_on_its_day(law: str, day: date, valid: bool) -> None:
    assert load_register()[law].in_force_on(day) is valid


def test_articles_are_read_with_their_place_and_key() -> None:
    law = parse_law(law_json(), "made-up.json")

    assert [article.key for article in law.articles] == ["1", "1-1", "2"]
    assert law.articles[0].path == ("第一编", "第一章")
    assert law.articles[2].label == "第2条"
    assert law.instrument.article_count == 3
    found = law.article("1-1")
    assert found is not None
    assert found.text == "丙。"
    assert law.article("3") is None


def article(number: object, sub: object = 0, text: object = "文") -> dict[str, object]:
    return {"number": number, "sub": sub, "text": text}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "缺少"),
        ({"id": 5}, "id", "应为文字"),
        ({"id": "search"}, "id", "连字符"),
        ({"id": "../law-2026"}, "id", "连字符"),
        ({"title": "长" * 201}, "title", "最多 200"),
        ({"supersedes": "old-law"}, "supersedes", "列表"),
        ({"supersedes": [1]}, "supersedes", "文字"),
        ({"title": "\x00"}, "", "不能保存"),
        ({"effective": None}, "effective", "缺少"),
        ({"effective": "2026-02-30"}, "effective", "日期不正确"),
        ({"adopted": 20260101}, "adopted", "日期不正确"),
        ({"ceased": "2026-03-01"}, "ceased", "晚于"),
        ({"articles": []}, "articles", "缺少"),
        ({"articles": {}}, "articles", "缺少"),
        ({"articles": {"1": "甲"}}, "articles", "列表"),
        ({"articles": [article(1), article(1)]}, "number", "重复"),
        ({"articles": [article(2), article(1)]}, "number", "之后"),
        ({"articles": [article(1, 1), article(1)]}, "number", "之后"),
        ({"articles": [article(1), article(3)]}, "number", "缺条"),
        ({"articles": [article(1), article(1, 2)]}, "number", "缺条"),
        ({"articles": [article("一")]}, "number", "正整数"),
        ({"articles": [article(0)]}, "number", "正整数"),
        ({"articles": [article(10**30)]}, "number", "正整数"),
        ({"articles": ["甲"]}, "articles", "对象"),
        ({"articles": [article(1, text=" ")]}, "text", "没有条文"),
    ],
)
def test_a_fault_of_a_law_file_is_named(changes: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(LawError) as caught:
        parse_law(law_json(**changes), "made-up.json")

    assert [(p.field, message in p.message) for p in caught.value.problems] == [(field, True)]
    assert all(p.where.startswith("made-up.json") for p in caught.value.problems)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"not json", b"[" * 100_000])
def test_what_is_no_law_file_is_refused(content: bytes) -> None:
    with pytest.raises(LawError, match="JSON"):
        parse_law(content, "x.json")


def test_the_registered_part_of_a_code_may_begin_anywhere_and_says_what_it_supersedes() -> None:
    law = parse_law(law_json(articles=[article(1164), article(1165)], supersedes=["old-law"]), "part.json")

    assert [one.key for one in law.articles] == ["1164", "1165"]
    assert law.supersedes == ("old-law",)


def test_every_real_law_reads_as_the_register_says(test_data: Path) -> None:
    for law_id, known in load_register().items():
        law = parse_law((test_data / "laws" / f"{law_id}.json").read_bytes(), law_id)

        assert law.instrument == known
