"""The one door for HTML: nothing that runs or calls out gets through."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tiejun.html import clean


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
