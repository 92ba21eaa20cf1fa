"""What takes an old article's place, and how well that is found."""

import json
from pathlib import Path

from question_bank.law_change import ArticleIndex, normalised
from question_bank.laws import Article, parse_law

LABELS = Path(__file__).parent / "data" / "code_labels.json"
CODE = "eco-env-code-2026"
ENOUGH = 0.95


def article(number: int, text: str, *path: str, sub: int = 0) -> Article:
    return Article(number, sub, f"第{number}条", path, text)


def test_blanks_and_widths_do_not_make_a_text_another():
    assert normalised("第（一）项　１０ 万元\n") == normalised("第(一)项10万元")
    assert normalised("十万元") != normalised("十五万元")


def test_the_likest_articles_come_first_and_no_more_than_asked_for():
    new = [
        article(1, "禁止在人口集中地区焚烧沥青、油毡、橡胶。"),
        article(2, "含病原体的污水应当经过消毒处理。"),
        article(3, "排放含病原体的医疗污水，应当消毒。"),
        article(4, "海上试油时，应当确保油气充分燃烧。"),
    ]
    found = ArticleIndex(new).nearest("含病原体的污水应当经过消毒处理；方可排放。", most=2)
    assert [candidate.key for candidate in found] == ["2", "3"]
    assert 1 >= found[0].score > found[1].score > 0


def test_among_like_words_a_like_place_decides():
    new = [
        article(1, "排放单位应当建立台账。", "水污染防治"),
        article(2, "排放单位应当建立台账。", "大气污染防治"),
    ]
    index = ArticleIndex(new)
    assert index.nearest("排放单位应当建立台账。", "大气污染防治法")[0].key == "2"
    assert index.nearest("排放单位应当建立台账。", "水污染防治法")[0].key == "1"


def test_a_text_without_a_word_in_common_has_no_candidate():
    assert ArticleIndex([article(1, "罚款")]).nearest("甲乙丙丁") == []
    assert ArticleIndex([]).nearest("罚款") == []


def test_the_right_article_of_the_code_is_among_the_first_three(test_data: Path):
    """Labels were made by reading a random draw of old articles beside the Code, not from scores.

    An empty list says that no article of the Code took the old one's place: nothing can be found there.
    """

    def law(law_id: str):
        return parse_law((test_data / "laws" / f"{law_id}.json").read_bytes(), law_id)

    index = ArticleIndex(law(CODE).articles)
    found, missed = 0, []
    for law_id, labels in json.loads(LABELS.read_text()).items():
        old = law(law_id)
        for key, right in labels.items():
            if not right:
                continue
            text = old.article(key)
            assert text is not None
            context = old.instrument.short_title + "".join(text.path)
            proposed = {candidate.key for candidate in index.nearest(text.text, context)}
            found += bool(proposed & set(right))
            missed += [] if proposed & set(right) else [(law_id, key)]
    assert found + len(missed) >= 100
    assert found / (found + len(missed)) >= ENOUGH, missed
