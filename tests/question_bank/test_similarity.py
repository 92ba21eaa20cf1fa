"""How alike items are, what differs in figures only, and that an index finds what all pairs would give."""

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from question_bank.item import Item
from question_bank.markup import image_mark
from question_bank.similarity import ALIKE, Likeness, LikenessIndex, match, wording
from question_bank.starter import load_starter
from tests.question_bank.builders import make_item, part_json

STEM = "生态环境主管部门收到听证申请后，应当在五日内通知当事人（　　）。"
OPTIONS = ("听证的时间和地点", "听证主持人姓名", "申请回避的权利", "案件的处理结果")


def asked(stem: str = STEM, options: tuple[str, ...] = OPTIONS, **other: Any) -> Item:
    texts = [{"id": letter, "text": text} for letter, text in zip("abcd", options, strict=True)]
    return make_item(parts=[part_json("single", stem, options=texts)], **other)


def likeness(one: Item, other: Item) -> Likeness | None:
    found = match(wording(one.content_json()), wording(other.content_json()))
    return found.likeness if found else None


@pytest.mark.parametrize(
    "other",
    [
        asked(STEM.replace("（　　）", "( )").replace("，", ", ")),  # signs, blanks, widths
        asked(options=OPTIONS[::-1]),  # order of the options
        replace(asked(), rationale="另一种解析。", unit="A1", difficulty=0.2),  # what is not asked
    ],
)
def test_items_that_ask_the_same_are_the_same(other: Item):
    found = match(wording(asked().content_json()), wording(other.content_json()))
    assert found is not None
    assert (found.likeness, found.percent) == (Likeness.SAME, 100)


@pytest.mark.parametrize(
    ("stem", "kind"),
    [
        (STEM.replace("五日", "十日"), Likeness.FIGURES),
        (STEM.replace("五日", "１０日"), Likeness.FIGURES),
        (STEM.replace("应当在", "不必在"), Likeness.ALIKE),
        (STEM.replace("五日", "十日").replace("收到", "接到"), Likeness.ALIKE),
        ("排污单位自行监测的原始记录应当保存多久（　　）。", None),
    ],
)
def test_a_figure_is_told_from_a_word(stem: str, kind: Likeness | None):
    assert likeness(asked(), asked(stem)) is kind


def test_items_of_figures_alone_are_alike_however_many_differ():
    one = asked("罚款幅度为（　　）。", ("1万元", "2万元", "3万元", "4万元"))
    other = asked("罚款幅度为（　　）。", ("50万元", "60万元", "70万元", "80万元"))
    assert likeness(one, other) is Likeness.FIGURES
    assert likeness(asked("限值为1.5毫克。"), asked("限值为15毫克。")) is Likeness.FIGURES


def test_less_than_a_whole_is_never_called_a_hundred_per_cent():
    long = "".join(chr(0x4E00 + number) for number in range(2000))
    found = match(wording(asked(f"{long}子丑").content_json()), wording(asked(f"{long}子寅").content_json()))
    assert found is not None
    assert found.percent == 99


def test_other_pictures_make_another_item():
    one, other = (asked(f"图中的标志表示（　　）。{image_mark(sign * 64)}") for sign in "ab")
    assert likeness(one, other) is Likeness.ALIKE


def test_items_without_a_letter_are_like_nothing():
    bare = asked("？", ("，", "。", "；", "！"))
    assert likeness(bare, asked("！", ("，", "。", "；", "！"))) is None


def test_the_parts_and_the_material_of_a_case_count():
    case = make_item("case", stimulus="<p>某厂<strong>夜间</strong>经暗管排放含铬废水，被当场查获。</p>")
    assert likeness(case, replace(case, stimulus="<p>某厂夜间经暗管排放含铬废水，被当场查获。</p>"))
    assert likeness(
        case, replace(case, stimulus="<p>加油站油气回收装置停用，邻居投诉异味很重。</p>")
    ) is not (Likeness.SAME)


def test_no_two_items_of_the_starter_bank_are_twins():
    items = [wording(item.content_json()) for item in load_starter()]
    assert not [(one.stem, other.stem) for one, other in combinations(items, 2) if match(one, other)]


def test_the_index_finds_the_twins_that_comparing_all_pairs_finds():
    chance = random.Random(7)

    def changed(text: str) -> str:
        return "".join("改" if chance.random() < 0.1 else sign for sign in text)

    known = [item.content_json() for item in load_starter()]
    reworded = [
        wording(
            content
            | {
                "parts": [
                    {
                        "stem": changed(part["stem"]),
                        "options": [{"text": changed(o["text"])} for o in part["options"]],
                    }
                    for part in content["parts"]
                ]
            }
        )
        for content in known
    ]
    bank = [wording(content) for content in known]
    index = LikenessIndex(reworded)

    found = {(n, position) for n, one in enumerate(bank) for position, _ in index.like(one)}

    right = {(n, m) for n, one in enumerate(bank) for m, other in enumerate(reworded) if match(one, other)}
    assert len(right) > 200
    assert found <= right
    assert len(found) >= 0.98 * len(right)


def test_what_the_index_names_says_how_it_is_like():
    index = LikenessIndex(
        [wording(asked(stem).content_json()) for stem in (STEM, STEM.replace("五日", "十日"))]
    )
    found = dict(index.like(wording(asked().content_json())))
    assert {position: one.likeness for position, one in found.items()} == {
        0: Likeness.SAME,
        1: Likeness.FIGURES,
    }
    assert ALIKE <= found[1].score < 1
