"""The text of a law as people paste it: articles found, the rest left out, gaps refused by line."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.formats.citations import chinese_number
from question_bank.law_text import parse_pasted
from question_bank.laws import Article, LawError, load_register, parse_law

DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """Return the Chinese numeral of a number below ten thousand."""
    written, pending_zero = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            written += ("零" if pending_zero else "") + DIGITS[digit] + word
            pending_zero = False
        else:
            pending_zero = bool(written)
    return written.removeprefix("一") if 10 <= number < 20 else written


def pasted(articles: tuple[Article, ...], gap: str = "　", *, contents: bool = False) -> str:
    """Return articles as a page shows them: title, 目录 if wished, headings where they change, articles."""
    lines = ["样例办法", "（2026年3月1日公布）"]
    paths = [article.path for article in articles]
    if contents:
        lines.append("目　　录")
        lines += [f"　　{title}" for before, path in pairwise([(), *paths]) for title in fresh(before, path)]
    for before, article in zip([(), *paths], articles, strict=False):
        lines += [f"　　{title}" for title in fresh(before, article.path)]
        first, *others = article.text.split("\n")
        lines += [f"　　{article.label}{gap}{first}", *(f"　　{other}" for other in others)]
    return "\n".join(lines)


def fresh(before: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the headings of `path` that differ from those before it."""
    same = next((n for n, (a, b) in enumerate(zip(before, path, strict=False)) if a != b), None)
    return path[same if same is not None else min(len(before), len(path)) :]


@st.composite
def versions(draw: st.DrawFn) -> tuple[Article, ...]:
    paragraph = st.text("环境污染防治（一）二《三》12、，", min_size=1, max_size=12).map(lambda t: f"为{t}。")
    articles, number, sub, chapter = [], 0, 0, 0
    for step in draw(st.lists(st.sampled_from(["next", "sub", "chapter"]), min_size=1, max_size=25)):
        if step == "sub" and number:
            sub += 1
        else:
            number, sub = number + 1, 0
        if step == "chapter":
            chapter += 1
        path = (f"第{numeral(chapter)}章 第{chapter}部分内容",) if chapter else ()
        label = f"第{numeral(number)}条" + (f"之{numeral(sub)}" if sub else "")
        text = "\n".join(draw(st.lists(paragraph, min_size=1, max_size=3)))
        articles.append(Article(number, sub, label, path, text))
    return tuple(articles)


@given(st.integers(1, 9999))
def test_the_numerals_of_these_tests_are_read_back(number: int) -> None:
    assert chinese_number(numeral(number)) == number


@given(versions(), st.sampled_from(["　", " ", "  ", ""]), st.booleans())
def test_what_is_written_as_a_page_is_read_back(
    articles: tuple[Article, ...], gap: str, contents: bool
) -> None:
    assert parse_pasted(pasted(articles, gap, contents=contents)).articles == articles


@pytest.mark.parametrize("gap", ["　", ""])
@pytest.mark.parametrize("contents", [True, False])
def test_every_real_law_pasted_gives_its_articles(test_data: Path, gap: str, contents: bool) -> None:
    different = set()
    for law_id in load_register():
        law = parse_law((test_data / "laws" / f"{law_id}.json").read_bytes(), law_id)
        read = parse_pasted(pasted(law.articles, gap, contents=contents), law.articles[0].number)
        if read.articles != law.articles:
            different.add(law_id)

    # The file has the heading 附则 as the last paragraph of article 307; pasted text has it as a heading.
    assert different == {"criminal-procedure-law-2018"}


PAGE = """样例办法
（2026年3月1日样例令第1号公布　自2026年8月15日起施行）

目　　录
第一章　总则
第二章  附则

第一章　总则
\u3000\u3000第一条\u3000为了规范样例，制定本办法。
－ 1 －
　　第 二 条　本办法所称样例，包括：
　　（一）甲；
　　（二）乙。
　　第二条之一　第二条规定的样例另行公布。
第二章
　附　则
　　第三条　本办法自2026年8月15日起施行。
第 2 页 共 2 页
附件：样例表
一、表一
"""


def test_a_page_with_all_that_pages_bring_along_is_read_as_its_articles() -> None:
    read = parse_pasted(PAGE)

    assert [(a.key, a.label, a.path, a.text) for a in read.articles] == [
        ("1", "第一条", ("第一章 总则",), "为了规范样例，制定本办法。"),
        ("2", "第二条", ("第一章 总则",), "本办法所称样例，包括：\n（一）甲；\n（二）乙。"),
        ("2-1", "第二条之一", ("第一章 总则",), "第二条规定的样例另行公布。"),
        ("3", "第三条", ("第二章 附则",), "本办法自2026年8月15日起施行。"),
    ]
    assert [(note.where, note.message) for note in read.notes] == [
        ("正文", "条文之前的 3 行（标题、题注、目录等）没有导入"),
        ("第 10 行", "“－ 1 －”是页码，没有导入"),
        ("第 18 行", "“第 2 页 共 2 页”是页码，没有导入"),
        ("第 19 行", "附件从这一行起没有导入"),
    ]


@pytest.mark.parametrize(
    ("lines", "where", "message"),
    [
        (["第一条 甲。", "第三条 丙。"], "第 2 行", "条号不连续：“第一条”之后是“第三条”"),
        (["第一条 甲。", "第二条 乙。", "第二条 丙。"], "第 3 行", "“第二条”重复，第 2 行已有"),
        (["第一条 甲。", "第一条之二 乙。"], "第 2 行", "条号不连续：“第一条”之后是“第一条之二”"),
        (["第二条 乙。"], "第 1 行", "应从第 1 条开始，这里是“第二条”"),
        (["第一条 甲。", "第二条", "第三条 丙。"], "第 2 行", "“第二条”没有条文"),
        (["总则", "没有条号。"], "正文", "没有找到条文：每一条应另起一行，以“第X条”和一个空格开头"),
        (["第一条甲。", "第三条丙。"], "第 2 行", "条号不连续：“第一条”之后是“第三条”"),
    ],
)
def test_a_fault_is_named_with_its_line(lines: list[str], where: str, message: str) -> None:
    with pytest.raises(LawError) as caught:
        parse_pasted("\n".join(lines))

    assert [(p.where, p.message) for p in caught.value.problems] == [(where, message)]


def test_a_paragraph_broken_into_lines_is_read_as_it_stands_and_pointed_out() -> None:
    read = parse_pasted("第一条 为了规范\n样例，制定\n本办法。\n第二条 施行。")

    assert read.articles[0].text == "为了规范\n样例，制定\n本办法。"
    assert [(note.where, note.message) for note in read.notes] == [
        ("第 1 行", "2 行不以标点结尾，可能是一段断成了几行，请核对")
    ]


def test_full_width_digits_and_spaces_within_a_number_are_read() -> None:
    read = parse_pasted("第 １ 条　甲。\n第 二 条　乙。\n第２条之 一　丙。")

    assert [(a.key, a.label) for a in read.articles] == [
        ("1", "第1条"),
        ("2", "第二条"),
        ("2-1", "第2条之一"),
    ]


def test_one_gap_is_one_fault_and_not_one_for_each_article_after_it() -> None:
    with pytest.raises(LawError) as caught:
        parse_pasted("第一条 甲。\n第三条 丙。\n第四条 丁。\n第五条 戊。")

    assert len(caught.value.problems) == 1


def test_a_paragraph_that_opens_by_citing_an_article_stays_a_paragraph() -> None:
    read = parse_pasted("第一条 甲。\n第三条规定的情形除外。\n第二条第二款、第三条不适用。\n第二条 乙。")

    assert [a.text.count("\n") for a in read.articles] == [2, 0]
    assert [n.message for n in read.notes] == ["“第二条”之后没有空格，按上一条的文字读入"]


def test_the_registered_part_of_a_code_begins_where_it_begins() -> None:
    read = parse_pasted("第七章 侵权责任\n第一千一百六十四条 甲。\n第1165条 乙。", first=1164)

    assert [(a.key, a.label) for a in read.articles] == [("1164", "第一千一百六十四条"), ("1165", "第1165条")]


def test_headings_without_chapter_numbers_are_headings_only_above_an_article() -> None:
    read = parse_pasted("一、总的规定\n第一条 按下列顺序：\n一、甲；\n二、乙\n附则\n第二条 施行。")

    assert [a.path for a in read.articles] == [("一、总的规定",), ("附则",)]
    assert read.articles[0].text == "按下列顺序：\n一、甲；\n二、乙"
