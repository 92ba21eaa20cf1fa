"""The one door for HTML: nothing that runs or calls out gets through."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tiejun.html import clean, paragraphs, plain


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='//elsewhere.example/'>x</a>",
        "<img src='\\\\elsewhere.example/x.png'>",
        "<svg><script>alert(1)</script></svg>",
        "<p style='background:url(https://elsewhere.example/)'>x</p>",
        "<iframe src='https://elsewhere.example/'></iframe>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    ],
)
def test_nothing_hostile_gets_through(hostile: str) -> None:
    cleaned = clean(hostile)
    # Words that stay are text; what runs are tags and attributes.
    assert "<script" not in cleaned
    assert not any(
        word in cleaned
        for word in ("onerror", "javascript:", "elsewhere", "<iframe", "<svg", "style=", "<math")
    )


def test_what_authors_need_stays() -> None:
    table = '<table><tbody><tr><td colspan="2">甲</td></tr></tbody></table>'
    kept = f"<p>第<strong>一</strong>条</p>{table}<ul><li>乙</li></ul>"
    assert clean(kept) == kept
    assert clean(clean(kept)) == clean(kept)


def test_the_texts_of_two_authors_never_mix() -> None:
    texts = [f"<p>{number}<b>{number}</b></p>" * 20 for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(clean, texts)) == texts


@pytest.mark.parametrize(
    ("source", "stays"),
    [
        ("/cases/1/files/2", True),
        ("/cases/9/files/2", False),
        ("https://elsewhere.example/x.png", False),
        ("//elsewhere.example/x.png", False),
        ("data:image/png;base64,AAAA", False),
    ],
)
def test_pictures_stay_only_from_where_they_are_allowed_to_lie(source: str, stays: bool) -> None:
    cleaned = clean(f'<p>甲<img src="{source}" alt="图">乙</p>', images="/cases/1/files/")

    assert ("<img" in cleaned) is stays
    assert plain(cleaned) == "甲乙"


def test_a_picture_without_an_address_is_no_picture() -> None:
    assert clean('<p><img alt="图"></p>') == "<p></p>"


def test_plain_lines_become_paragraphs_and_tags_stay_tags() -> None:
    assert paragraphs("甲 & 乙\r\n\r\n  丙") == "<p>甲 &amp; 乙</p><p>丙</p>"
    assert paragraphs("<p>甲</p>") == "<p>甲</p>"


def test_the_words_of_a_text_stand_a_line_for_each_block() -> None:
    text = "<h3>一</h3><p>甲<strong>乙</strong> &amp;  丙</p><table><tr><td>丁</td><td>戊</td></tr></table>"

    assert plain(text) == "一\n甲乙 & 丙\n丁\n戊"
