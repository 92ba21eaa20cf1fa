"""Words of the bank for templates, with their choices for filters and forms."""

from collections.abc import Iterable

from flask_babel import get_locale, gettext

from question_bank.answer_words import in_words, stem_pieces
from question_bank.item import Part
from question_bank.rule_words import rule_lines
from question_bank.syllabus import Module, Unit, load_syllabus
from question_bank.terms import PLAIN_TYPES, ItemKind, PartType, Tier
from question_bank.uploads import taken
from question_bank.words import said
from tiejun.bank.blueprint_draft import WEIGHINGS
from tiejun.bank.draft import WRITTEN, DraftPart
from tiejun.bank.draft_scoring import AREAS, MAP, RULE
from tiejun.bank.models import ItemPurpose
from tiejun.bank.usage.filters import DIFFICULTIES, DISCRIMINATIONS, UNKNOWN, USED
from tiejun.web import joined, translated

Choices = list[tuple[str, str]]

_PURPOSES = {
    ItemPurpose.PRACTICE: said("练习"),
    ItemPurpose.EXAM: said("考试"),
    ItemPurpose.SEALED: said("密封"),
}
_FIELDS = {
    "stem": said("题干"),
    "options": said("选项"),
    "key": said("答案"),
    "targets": said("右列"),
    "most": said("最多选择数"),
    "bounds": said("取值范围"),
    "scoring": said("计分办法"),
    "image": said("图片"),
    "accept": said("可以上传的文件类型"),
    "points": said("分值"),
    "rubric": said("评分要点"),
    "type": said("小题类型"),
    "parts": said("小题"),
    "stimulus": said("材料"),
    "unit": said("大纲单元"),
    "tiers": said("层级"),
    "difficulty": said("预计答对"),
    "purpose": said("用途"),
    "citations": said("法律依据"),
    "rationale": said("解析"),
    "figures": said("数额、期限"),
    "transitional": said("新旧衔接"),
    "id": said("编号"),
}
_BLUEPRINT_FIELDS = {
    "title": said("名称"),
    "level": said("级别"),
    "tier": said("层级"),
    "minutes": said("时长"),
    "cut": said("合格线"),
    "sections": said("部分"),
    "weighing": said("模块"),
    "count": said("题数"),
    "part": said("分值"),
    "parts": said("小题"),
}
_LINES = {
    "inline_choice": said("题干里的空写作 ____；这里一空一行，选项用 | 隔开，正确的前面加 *：*七日 | 三十日"),
    "match": said("一行一对：左项 = 右项，连几项的用 | 隔开；多余的右项写成“= 右项”，左项写成“左项 =”"),
    "order": said("按正确的顺序，一行一项"),
    "hottext": said("题干里把可选的片段写作 [[片段]]，正确的写作 [[*片段]]；这里写最多可选几处，不写为不限"),
    "gap_match": said("题干里的空写作 ____；这里依次一空一行写词，空着的写 -；后面各行是用不上的词"),
    "hotspot": said(
        "一行一个区域，正确的前面加 *；数字是图片的像素：\n"
        "*圆 120,80,20 = 排污口　（圆心的横、纵坐标和半径）\n"
        "矩形 10,20,110,90 = 车间　（左、上、右、下）\n"
        "椭圆 60,60,30,20 = 水池　（中心和横、纵半径）\n"
        "多边形 0,0 40,0 40,30 = 围墙\n"
        "全图 = 其他地方\n"
        "让考生自由点选的，不写区域，只写正确的点：点 120,80"
    ),
    "slider": said("下限 上限 步长 = 答案，如：0 10 0.5 = 2.5"),
}
_POLICIES = {
    "all_or_nothing": said("全对才得分"),
    "partial_half": said("少选得一半分"),
    "partial": said("少选按比例得分，错选不得分"),
    "minus_per_wrong": said("选对得分，选错扣分，不低于 0"),
    "per_option": said("逐项得分"),
}
_SCORINGS = {
    MAP: said("按分值对照表"),
    AREAS: said("自由点选，按图上各区域的分值"),
    RULE: said("按来源的计分规则"),
}
_TABLE = said("一行一项：选项的文字 = 分值，写错的可以是负分")
_TABLES = {
    "single": said("一行一项，用上面的字母：A = 1"),
    "multiple": said("一行一项，用上面的字母：A = 1，选错扣分的写负数：B = -1"),
    "true_false": said("一行一项：正确 = 1，错误 = 0"),
    "fill_in": said("一行一种写法：五年 = 1；各空写法不分先后，同样的只算一次"),
    "inline_choice": said("一行一项，前面写第几空：1 七日 = 1"),
    "gap_match": said("一行一项，前面写第几空：1 立案 = 1"),
    "match": said("一行一对：左项 = 右项 = 1"),
    "slider": said("一行一个数：7 = 1"),
    "hotspot": said("供选择的区域一行一项：区域名称 = 1；自由点选的写区域和分值：圆 120,80,20 = 1"),
}
_MOST = {
    "match": said("每个左项最多连几条"),
    "gap_match": said("每个词最多用几次"),
    "hotspot": said("最多选几处"),
}
_FILES = {
    "xlsx": said("Excel（含答案，可改后导入）"),
    "csv": said("CSV（含答案，可改后导入）"),
    "json": said("JSON（全部内容和图片）"),
    "xml": said("Moodle XML（不含案例和图片）"),
    "gift": said("GIFT（不含案例、多空题和图片）"),
    "txt": said("Aiken（只有单选题）"),
    "qti.zip": said("QTI 3.0（全部内容和图片）"),
    "qti22.zip": said("QTI 2.2（全部内容和图片）"),
}
_LEVELS = {"national": said("国家级"), "provincial": said("省级")}


def kind_word(value: str) -> str:
    """Return the name of a kind of item or type of part."""
    known = {kind.value: kind.label for kind in (*PartType, *ItemKind)}
    return str(gettext(known.get(value, value)))


def kinds_word(values: Iterable[str]) -> str:
    """Return the names of kinds in order: 单选题＋论述题."""
    return joined((kind_word(value) for value in values), "＋")


def tier_word(value: str) -> str:
    """Return the name of a tier."""
    return str(gettext(Tier(value).label))


def tiers_word(values: Iterable[str]) -> str:
    """Return the names of tiers as a list."""
    return joined(tier_word(value) for value in values)


def field_word(name: str) -> str:
    """Return the label of an editor's field; "part-1-key" is 第 2 小题答案."""
    part, number, field = [*name.split("-", 2), "", ""][:3] if name.startswith("part-") else ("", "", name)
    word = gettext(_FIELDS.get(field, field))
    return str(gettext("第 %(n)s 小题%(field)s", n=int(number) + 1, field=word) if part else word)


def level_word(value: str) -> str:
    """Return the name of a level."""
    return str(gettext(_LEVELS.get(value, value)))


def level_choices() -> Choices:
    """Return the levels as choices."""
    return [(value, level_word(value)) for value in reversed(_LEVELS)]


def weighing_choices() -> Choices:
    """Return how the items of a blueprint can be shared among the modules."""
    return [(value, str(gettext(word))) for value, word in WEIGHINGS.items()]


def blueprint_field(name: str) -> str:
    """Return the label of a field of a blueprint's page; "section-1-count" is 第 2 部分题数."""
    if name.startswith("weight-"):
        return module_title(name.removeprefix("weight-"))
    if not name.startswith("section-"):
        return str(gettext(_BLUEPRINT_FIELDS.get(name, name)))
    _, number, field, *_rest = name.split("-")
    words = {"number": int(number) + 1, "field": gettext(_BLUEPRINT_FIELDS[field])}
    return str(gettext("第 %(number)s 部分%(field)s", **words))


def key_word(part: Part) -> str:
    """Return the key of a part on one line."""
    if part.type is PartType.TRUE_FALSE:
        return str(gettext("正确") if part.key else gettext("错误"))
    if part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        return joined(("／".join(spellings) for spellings in part.key), "；")
    if part.key is None:
        return str(gettext("人工阅卷"))
    if part.type not in PLAIN_TYPES:
        return "　".join(in_words(part.type, part.key, {one: one.upper() for one in _texts(part)}))
    chosen = part.key if isinstance(part.key, tuple) else (part.key,)
    return "".join(str(option).upper() for option in chosen)


def files_word(part: Part) -> str:
    """Return which files a part asks for, and whether the exam room takes any of them."""
    asked, able = " ".join(part.accept), taken(part.accept)
    if not able:
        return str(gettext("要求上传文件：%(accept)s。考场不收这些类型，本题不能进入试卷。", accept=asked))
    return str(gettext("要求上传文件：%(accept)s。", accept=asked or " ".join(able)))


def scoring_choices(part: DraftPart) -> Choices:
    """Return the ways in which a part may earn points; half for some is for 多选 alone."""
    half = "" if part.type == PartType.MULTIPLE or part.policy == "partial_half" else "partial_half"
    policies = {name: word for name, word in _POLICIES.items() if part.has_policy and name != half}
    tables = [MAP, AREAS] if part.type == PartType.HOTSPOT else [MAP]
    own = {name: _SCORINGS[name] for name in (*tables, *([RULE] if part.has_rule else ()))}
    return [(name, str(gettext(word))) for name, word in (policies | own).items()]


def most_label(part_type: str) -> str:
    """Return what the number of choices of a type limits."""
    return str(gettext(_MOST[part_type]))


def table_hint(part_type: str) -> str:
    """Return how the lines of a part's table of points are written in the editor."""
    return str(gettext(_TABLES.get(part_type, _TABLE)))


def rule_words(part: Part) -> list[tuple[int, str]]:
    """Return the rules that a part brings from its source: how far in each line stands, and the line."""
    return [(depth, translated(line)) for depth, line in rule_lines(part)]


def lines_hint(part_type: str) -> str:
    """Return how the lines of a type are written in the editor."""
    return str(gettext(_LINES[part_type]))


def scoring_word(part: Part) -> str:
    """Return the name of the scoring that a part brings; "" for none."""
    scoring = part.scoring or {}
    if "policy" in scoring:
        policy = _POLICIES[scoring["policy"]]
        return str(gettext(policy))
    return next((str(gettext(word)) for name, word in _SCORINGS.items() if name in scoring), "")


def answer_lines(part: Part, value: object) -> list[str]:
    """Return a response to a part, or its key, line by line in the words of its options."""
    return in_words(part.type, value, _texts(part))


def _texts(part: Part) -> dict[str, str]:
    return {one.id: one.text for one in (*part.options, *part.targets)}


def pieces(part: Part) -> list[tuple[str, int, str]]:
    """Return the stem cut where it is answered: text, number of the blank or 0, option id or ""."""
    return list(stem_pieces(part.stem, marks=part.type is PartType.HOTTEXT))


def purpose_word(value: str) -> str:
    """Return the name of a use."""
    return str(gettext(_PURPOSES[ItemPurpose(value)]))


def kind_choices() -> Choices:
    """Return the kinds of items."""
    return [(kind.value, kind_word(kind.value)) for kind in ItemKind]


def editor_choices() -> Choices:
    """Return the kinds of items that the editor writes."""
    return [(kind, word) for kind, word in kind_choices() if kind == ItemKind.CASE or kind in WRITTEN]


def part_choices() -> Choices:
    """Return the types of parts that a case may have in the editor."""
    return [(part.value, kind_word(part.value)) for part in PartType if part in WRITTEN]


def tier_choices() -> Choices:
    """Return the tiers."""
    return [(tier.value, tier_word(tier.value)) for tier in Tier]


def purpose_choices(only: Iterable[ItemPurpose] = ItemPurpose) -> Choices:
    """Return the classes, all or some."""
    return [(purpose.value, purpose_word(purpose.value)) for purpose in only]


def difficulty_choices() -> Choices:
    """Return the bands of difficulty."""
    words = (gettext("难（得分率不到 50%）"), gettext("中等（50%～80%）"), gettext("易（80% 及以上）"))
    return [(name, str(word)) for name, word in zip(DIFFICULTIES, words, strict=True)]


def discrimination_choices() -> Choices:
    """Return the bands of discrimination, and "not known"."""
    words = (
        gettext("负值"),
        gettext("不到 0.2"),
        gettext("0.2～0.4"),
        gettext("0.4 及以上"),
        gettext("尚无数据"),
    )
    return [(name, str(word)) for name, word in zip((*DISCRIMINATIONS, UNKNOWN), words, strict=True)]


def used_choices() -> Choices:
    """Return since when items have rested."""
    words = (gettext("从未使用"), gettext("近一年用过"), gettext("一年以上未用"), gettext("两年以上未用"))
    return [(name, str(word)) for name, word in zip(USED, words, strict=True)]


def export_choices() -> Choices:
    """Return the files as which items go out with their keys, by the ending of the address."""
    return [(ending, str(gettext(word))) for ending, word in _FILES.items()]


def unit_choices() -> Choices:
    """Return the units of the syllabus."""
    return [(unit.code, f"{unit.code} {_title(unit)}") for unit in load_syllabus().units()]


def unit_and_module_choices() -> Choices:
    """Return modules and units in the order of the syllabus."""
    found: Choices = []
    for module in load_syllabus().modules:
        found.append((module.code, f"{module.code} {_title(module)}"))
        found += [(unit.code, f"　{unit.code} {_title(unit)}") for unit in module.units]
    return found


def unit_title(code: str | None) -> str:
    """Return "B5 title", or a dash for an item without a unit."""
    unit = load_syllabus().unit(code) if code else None
    return f"{unit.code} {_title(unit)}" if unit else (code or "—")


def module_title(code: str) -> str:
    """Return the title of a module."""
    module = load_syllabus().module(code)
    return _title(module) if module else code


def _title(of: Module | Unit) -> str:
    """Return a title of the syllabus in the reader's language; Chinese where nobody reads."""
    locale = get_locale()
    return of.title_en if locale is not None and locale.language == "en" else of.title
