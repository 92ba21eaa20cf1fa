"""Two versions of a law, article by article: what belongs together and what differs."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.law_compare import (
    Change,
    Pairing,
    Run,
    Text,
    count_changes,
    difference,
    paired,
    paired_by_likeness,
    paired_by_number,
)
from question_bank.laws import load_register, parse_law

WORDS = st.text("环境污染防治应当立即责令改正，。\n", max_size=40)
NOISE = "封条上写明日期，当事人签字后贴在门缝处。"
SAMPLING = "采集样品应当由两名以上人员进行，并制作笔录。"
SEIZING = "仪器每季度校准一次，记录保存到下一次校准以后。"


def law(*texts: str) -> list[Text]:
    return [Text(str(n), f"第{n}条", text) for n, text in enumerate(texts, start=1)]


def keys(pairs) -> list[tuple[str | None, str | None]]:
    return [(pair.old and pair.old.key, pair.new and pair.new.key) for pair in pairs]


def test_articles_of_the_same_number_stand_side_by_side() -> None:
    pairs = paired_by_number(law("甲。", "乙。", "丙。"), law("甲。", "乙乙。"))

    assert keys(pairs) == [("1", "1"), ("2", "2"), ("3", None)]
    assert [pair.change for pair in pairs] == [Change.SAME, Change.CHANGED, Change.GONE]
    assert count_changes(pairs) == {Change.SAME: 1, Change.CHANGED: 1, Change.GONE: 1, Change.ADDED: 0}


def test_what_is_gone_stands_where_it_stood() -> None:
    old, new = law("甲。", "乙。", "丙。"), law("甲。", "乙。", "丙。")
    del new[1]

    assert keys(paired_by_number(old, new)) == [("1", "1"), ("2", None), ("3", "3")]


def test_blanks_line_ends_and_the_width_of_signs_are_no_change() -> None:
    (pair,) = paired_by_number(law("甲：\n乙。"), law("甲: 　乙。"))

    assert pair.change is Change.SAME


def test_the_most_alike_stand_side_by_side_whatever_their_numbers() -> None:
    old = law(SAMPLING, SEIZING)
    new = law(NOISE, SEIZING, SAMPLING.replace("两名", "二名"))

    pairs = paired_by_likeness(old, new)

    assert keys(pairs) == [(None, "1"), ("2", "2"), ("1", "3")]
    assert [pair.change for pair in pairs] == [Change.ADDED, Change.SAME, Change.CHANGED]
    assert [pair.is_moved for pair in pairs] == [False, False, True]


def test_an_article_inserted_early_is_one_addition_and_not_a_change_of_all_that_follow() -> None:
    pairing, pairs = paired(law(SAMPLING, SEIZING), law(NOISE, SAMPLING, SEIZING))

    assert pairing is Pairing.LIKENESS
    assert count_changes(pairs) == {Change.SAME: 2, Change.CHANGED: 0, Change.GONE: 0, Change.ADDED: 1}


def test_numbers_pair_when_nothing_was_renumbered() -> None:
    pairing, _pairs = paired(law(SAMPLING, SEIZING), law(SAMPLING, NOISE))

    assert pairing is Pairing.NUMBER


def test_a_law_written_anew_is_not_called_changed_article_by_article() -> None:
    pairing, pairs = paired(law(SAMPLING, SEIZING), law(NOISE, SAMPLING.replace("两名", "二名"), "丙。"))

    assert pairing is Pairing.LIKENESS
    assert count_changes(pairs) == {Change.SAME: 0, Change.CHANGED: 1, Change.GONE: 1, Change.ADDED: 2}


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=6))
def test_every_article_appears_once_in_either_pairing(old: list[str], new: list[str]) -> None:
    before, after = law(*old), law(*new)
    for pairs in (paired_by_number(before, after), paired_by_likeness(before, after)):
        assert [pair.new for pair in pairs if pair.new] == after
        assert sorted((pair.old for pair in pairs if pair.old), key=lambda t: int(t.key)) == before


@given(WORDS, WORDS)
def test_a_difference_holds_both_texts_whole(old: str, new: str) -> None:
    runs = difference(old, new)

    assert "".join(text for run, text in runs if run is not Run.NEW) == old
    assert "".join(text for run, text in runs if run is not Run.OLD) == new
    assert all(text for _run, text in runs)
    assert all(a[0] is not b[0] for a, b in pairwise(runs))


def test_a_difference_is_grouped_into_runs_that_can_be_read() -> None:
    assert difference("处一万元以上十万元以下的罚款。", "处二万元以上二十万元以下的罚款。") == [
        (Run.KEPT, "处"),
        (Run.OLD, "一万"),
        (Run.NEW, "二万"),
        (Run.KEPT, "元以上"),
        (Run.OLD, "十万"),
        (Run.NEW, "二十万"),
        (Run.KEPT, "元以下的罚款。"),
    ]


def test_single_characters_that_stayed_by_chance_do_not_break_a_run() -> None:
    runs = difference("县级以上环境保护主管部门应当及时查处。", "县级以上生态环境部门应当及时查处。")

    assert [run for run, _text in runs].count(Run.KEPT) <= 3


def test_two_texts_with_little_in_common_are_shown_one_after_the_other() -> None:
    assert difference(SAMPLING, NOISE) == [(Run.OLD, SAMPLING), (Run.NEW, NOISE)]


def test_every_pair_of_real_versions_holds_all_articles_of_both(test_data: Path) -> None:
    by_title: dict[str, list[list[Text]]] = {}
    for law_id, known in load_register().items():
        read = parse_law((test_data / "laws" / f"{law_id}.json").read_bytes(), law_id)
        texts = [Text(a.key, a.label, a.text) for a in read.articles]
        by_title.setdefault(known.title, []).append(texts)

    compared = [(*paired(a, b), a, b) for laws in by_title.values() for a, b in combinations(laws, 2)]

    assert len(compared) >= 18
    for _pairing, pairs, old, new in compared:
        assert [pair.new for pair in pairs if pair.new] == new
        assert {pair.old for pair in pairs if pair.old} == set(old)


@pytest.mark.parametrize("old", ["", "甲"])
def test_an_empty_side_is_no_trouble(old: str) -> None:
    assert difference(old, "") == ([(Run.OLD, old)] if old else [])
