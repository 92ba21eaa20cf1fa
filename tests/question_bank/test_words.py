"""Sentences that remember how they were made."""

import json

from question_bank.words import Words, clauses, kept, listed, recalled, said


def test_a_sentence_is_plain_chinese_and_remembers_its_pattern_and_values():
    sentence = said("第 %(n)s 行：%(what)s", n=3, what=said("不能为空"))

    assert sentence == "第 3 行：不能为空"
    assert (sentence.pattern, sentence.values["n"]) == ("第 %(n)s 行：%(what)s", 3)
    assert isinstance(sentence.values["what"], Words)


def test_a_list_reads_as_one_sentence_and_keeps_its_parts():
    three = listed([said("考生"), said("监考"), "B 卷"])

    assert three == "考生、监考、B 卷"
    assert isinstance(three, Words)
    assert three.values["last"] == "B 卷"
    assert clauses(["甲", "乙"]) == "甲；乙"
    assert listed([]) == ""
    assert listed(["甲"]) == "甲"


def test_a_sentence_comes_back_from_json_as_it_was_said():
    report = {"read": 2, "problems": [{"where": said("第 %(n)s 题", n=1), "message": said("没有答案")}]}

    again = recalled(json.loads(json.dumps(kept(report))))

    assert again == report
    assert again["problems"][0]["where"].values == {"n": 1}
    assert recalled({"said": "a word of a report written otherwise"}) == {
        "said": "a word of a report written otherwise"
    }
