"""A paper with every type of question, in our own words, as long as a test wants it."""

import base64
import io
from typing import Any

from PIL import Image

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


def a_picture() -> str:
    """Return an address that holds a pale picture of 300 by 200 pixels."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "#dfe8e2").save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def further_paper() -> dict[str, Any]:
    """Return a paper with one question of each further type, and one of free points."""
    slots = _Slots()
    some = [{"id": f"s{n}", "html": text} for n, text in enumerate(("立案", "调查取证", "告知", "决定"))]
    ends = [{"id": f"t{n}", "html": text} for n, text in enumerate(("七日内", "三十日内", "当场"))]
    areas: list[dict[str, Any]] = [
        {"id": "a1", "html": "排放口", "shape": "circle", "coords": [80, 80, 40]},
        {"id": "a2", "html": "监测点", "shape": "rect", "coords": [150, 40, 250, 120]},
    ]
    blanks = [option | {"blank": 1 + n // 2} for n, option in enumerate(some)]
    shown = [
        slots.further("inline_choice", "先____，再____。", options=blanks, blanks=2),
        slots.further("match", "各项的时限是？", options=some[:2], targets=ends, most=1),
        slots.further("match", "各项可以在什么时候做？", options=some[2:], targets=ends, most=2),
        slots.further("order", "按先后排列。", options=some),
        slots.further("hottext", "当事人{{s0}}之后，机关{{s1}}，并{{s2}}。", options=some[:3], most=2),
        slots.further("gap_match", "____之前要____。", options=some, blanks=2, most=1),
        slots.further("hotspot", "选出排放口。", options=areas, image=a_picture(), most=1),
        slots.further("hotspot", "点出监测点。", image=a_picture(), most=2),
        slots.further("slider", "限值是多少？", bounds={"lower": 0, "upper": 10, "step": 0.5}),
    ]
    section = {"title": "一、其他题型", "instructions": "", "slots": shown}
    return {"form": "B", "title": "其他题型", "sections": [section]}


def files_paper() -> dict[str, Any]:
    """Return a paper with a true-false question and two that ask for files."""
    slots = _Slots()
    shown = [
        slots.true_false(),
        slots.further("upload", "上传现场示意图。", accept=["pdf", "png", "jpg", "jpeg"]),
        slots.further("upload", "上传检查笔录。", accept=["docx"]),
    ]
    section = {"title": "一、上传题", "instructions": "", "slots": shown}
    return {"form": "C", "title": "上传题", "sections": [section]}


class _Slots:
    """Numbers the slots, and the options of the whole form: "k7" is the form's own name of an option."""

    def __init__(self) -> None:
        self.last = 0
        self.options = 0

    def _slot(self, kind: str, points: float, stem: str, **more: Any) -> dict[str, Any]:
        self.last += 1
        stem = stem.format(n=self.last)
        return {"slot": self.last, "type": kind, "points": points, "stem_html": stem, "options": [], **more}

    def further(self, kind: str, stem: str, **more: Any) -> dict[str, Any]:
        self.last += 1
        return {"slot": self.last, "type": kind, "points": 4, "stem_html": stem, "options": [], **more}

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
