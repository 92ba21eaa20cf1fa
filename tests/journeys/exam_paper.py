"""A paper with every type of question, in our own words, as long as a test wants it."""

from typing import Any

STIMULUS = (
    "<p>3月2日，某县生态环境执法人员二人出示执法证件，对一家电镀企业的车间排放口采样。"
    "监测报告显示，总铬浓度超过排放限值。</p>"
    "<table><thead><tr><th>时间</th><th>事项</th><th>内容</th></tr></thead><tbody>"
    "<tr><td>3月2日</td><td>现场检查</td><td>总铬 2.8 mg/L（限值 1.0 mg/L）</td></tr>"
    "<tr><td>3月9日</td><td>送达决定书</td><td>罚款 20 万元，责令立即改正</td></tr>"
    "<tr><td>3月20日</td><td>组织复查</td><td>总铬 2.1 mg/L，仍在超标排放</td></tr></tbody></table>"
    "<p>当事人称：“罚款已经缴清，同一行为不应再罚。”</p>"
)
OPTIONS = ("二十日内向上一级机关书面报告", "当场口头告知即可", "由单位负责人决定并记录在案", "无须告知当事人")


def a_paper(times: int = 1) -> dict[str, Any]:
    """Return a paper: per `times` three true-false, four single, two multiple and two fill-in questions.

    A case of three parts and an essay follow once.
    """
    slots = _Slots()
    sections = [
        ("一、判断题", [slots.true_false() for _ in range(3 * times)]),
        ("二、单项选择题", [slots.chosen("single") for _ in range(4 * times)]),
        ("三、多项选择题", [slots.chosen("multiple") for _ in range(2 * times)]),
        ("四、填空题", [slots.fill_in() for _ in range(2 * times)]),
        ("五、案例分析题", [slots.chosen("single", 4), slots.chosen("multiple", 4), slots.essay(8)]),
        ("六、论述题", [slots.essay(10)]),
    ]
    for slot in sections[4][1]:
        slot.update(group="g1", stimulus_html=STIMULUS)
    return {
        "form": "A",
        "title": "岗位培训考试（初级）",
        "sections": [{"title": title, "instructions": "", "slots": shown} for title, shown in sections],
    }


class _Slots:
    """Numbers the slots, and the options of the whole form: "k7" is the form's own name of an option."""

    def __init__(self) -> None:
        self.last = 0
        self.options = 0

    def _slot(self, kind: str, points: float, stem: str, **more: Any) -> dict[str, Any]:
        self.last += 1
        stem = stem.format(n=self.last)
        return {"slot": self.last, "type": kind, "points": points, "stem_html": stem, "options": [], **more}

    def true_false(self) -> dict[str, Any]:
        return self._slot("true_false", 1, "第{n}项说法：现场检查时，执法人员应当主动出示执法证件。")

    def chosen(self, kind: str, points: float = 2) -> dict[str, Any]:
        options = []
        for text in OPTIONS:
            self.options += 1
            options.append({"id": f"k{self.options}", "html": text})
        stem = "对情形{n}，下列做法符合规定的是（　　）。"
        return self._slot(kind, points, stem, options=options)

    def fill_in(self) -> dict[str, Any]:
        return self._slot("fill_in", 2, "情形{n}应当在____日内立案，____日内作出决定。", blanks=2)

    def essay(self, points: float) -> dict[str, Any]:
        return self._slot("essay", points, "结合材料{n}，说明对当事人的申辩应当怎样处理，并写明理由。")
