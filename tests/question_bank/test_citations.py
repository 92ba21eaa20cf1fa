"""Articles cited in running text."""

from typing import Any

import pytest

from question_bank.formats.citations import chinese_number, find_citations
from question_bank.item import Citation
from question_bank.laws import load_register

CODE = "eco-env-code-2026"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零五", 105),
        ("一百二十", 120),
        ("一千零五十四", 1054),
        ("一千二百四十二", 1242),
        ("1054", 1054),
        ("一〇五四", 1054),
    ],
)
def test_numerals(text: str, number: int) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize("text", ["", "第一", "万", "1千"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        chinese_number(text)


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("《生态环境法典》第一千零五十四条", [(CODE, "1054")]),
        (
            "依照《中华人民共和国生态环境法典》第1054条第一款、第1060条的规定",
            [(CODE, "1054", 1), (CODE, "1060")],
        ),
        (
            "《生态环境法典》第一千零五十四条第二款第（三）项、第(四)项、第五款，《刑法》第338条第三项",
            [(CODE, "1054", 2, 3), (CODE, "1054", 2, 4), (CODE, "1054", 5), ("criminal-law", "338", None, 3)],
        ),
        ("《刑法》第一百二十条之一", [("criminal-law", "120-1")]),
        ("《生态环境法典》第五十一条和《刑法》第三百三十八条", [(CODE, "51"), ("criminal-law", "338")]),
        ("《生态环境法典》第51条，《生态环境法典》第51条", [(CODE, "51")]),
        ("生态环境法典", []),
        ("《生态环境法典》第1千条", []),
    ],
)
def test_articles_are_found(text: str, citations: list[tuple[Any, ...]]) -> None:
    found, unknown = find_citations(text, load_register())

    assert found == [Citation(*cited) for cited in citations]
    assert unknown == []


def test_an_unknown_title_is_returned() -> None:
    assert find_citations("《没有的法》第一条", load_register()) == ([], ["没有的法"])


def test_the_version_without_an_end_is_meant() -> None:
    found, _ = find_citations("《海洋环境保护法》第一条", load_register())

    assert [citation.law for citation in found] == ["marine-env-law-2023"]
