"""Reading what people write into cells: headers, types, options, answers, stems.

Pure text work for `spreadsheet`; each function takes the text of one cell (or a few) and either
returns what it means or raises `CellProblem` saying what is wrong. Nothing is repaired silently.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from question_bank.item import PartType
from question_bank.scoring import normalise
from question_bank.words import listed, said

LETTERS = "ABCDEFGH"
FEWEST_NUMBERED = 3
"""Below that, numbers at the start of stems are as likely part of the sentence."""
HEADERS = {
    "type": ("题型", "试题类型", "题目类型", "试题题型", "类型"),
    "stem": (
        "题干",
        "题目",
        "试题",
        "问题",
        "题目内容",
        "试题内容",
        "问题内容",
        "题干内容",
        "试题题干",
        "question",
    ),
    "options": ("选项", "题目选项", "试题选项", "选项内容", "备选项", "备选答案"),
    "answer": ("答案", "题目答案", "试题答案", "正确答案", "正确选项", "标准答案", "参考答案", "answer"),
    "unit": ("单元", "知识点", "单元代码", "所属单元", "知识点代码"),
    "tier": ("层级", "适用层级", "考试层级"),
    "difficulty": ("难度", "难易度", "难易程度", "难度系数"),
    "citation": ("依据", "法律依据", "法规依据"),
    "rationale": ("解析", "答案解析", "试题解析", "题目解析"),
    "points": ("分值", "分数"),
    # Columns of our own sheet only; a running number is called otherwise.
    "code": ("题库编号",),
    "part": ("小题",),
    "figures": ("数额期限",),
    "transitional": ("新旧衔接",),
    "option_ids": ("选项代码",),
}
TYPES = {
    PartType.SINGLE: ("单选题", "单选", "单项选择题", "单项选择"),
    PartType.MULTIPLE: ("多选题", "多选", "多项选择题", "多项选择", "不定项选择题"),
    PartType.TRUE_FALSE: ("判断题", "判断", "是非题", "判断正误题", "对错题"),
    PartType.FILL_IN: ("填空题", "填空", "数字类选择题"),
    PartType.ESSAY: ("论述题", "简答题", "问答题", "论述", "简答", "问答", "名词解释", "案例分析题"),
}
RIGHT = frozenset({"正确", "对", "是", "√", "✓", "✔", "t", "true", "y", "yes"})
WRONG = frozenset({"错误", "不正确", "错", "不对", "否", "非", "×", "✗", "✘", "x", "f", "false", "n", "no"})
_HEADER_NAMES = {name: field for field, names in HEADERS.items() for name in names}
_TYPE_NAMES = {name: part_type for part_type, names in TYPES.items() for name in names}
_BRACKETED = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_OPTION_HEADER = re.compile(r"(?:选项)?([A-H]|[1-8])(?:选项)?")
_LABEL = re.compile(r"\s*([A-H])\s*[.．、:：)）,，]\s*")
_EMPTY_BRACKETS = re.compile(r"[（(【]\s*[)）】]")
_UNDERSCORES = re.compile(r"[_＿]{2,}")
_NUMBER = re.compile(r"\s*[（(]?(\d{1,4})([.．、,，:：)）\t]?)")


class CellProblem(ValueError):
    """What is wrong with a cell, in Chinese; `where` is its row, if the reader of several rows knows."""

    where: str = ""
    column: str = ""


def cell_text(value: object) -> str:
    """Return a cell as text: whole numbers without ".0", days as 2026-01-31, line ends as newlines."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    text = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    visible = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return "".join(visible).strip()


def is_day(value: object) -> bool:
    """Return whether a cell holds a day or time: often "2/3" or "1-5" that Excel turned into one."""
    return isinstance(value, date | time | timedelta)


def header_field(text: str) -> str | None:
    """Return the field a header names, "A" to "H" for an option column, or None."""
    name = re.sub(r"[\s*:]", "", _BRACKETED.sub("", unicodedata.normalize("NFKC", text)))
    if name.lower() in _HEADER_NAMES:
        return _HEADER_NAMES[name.lower()]
    option = _OPTION_HEADER.fullmatch(name.upper())
    if not option or name.isdigit():
        return None
    return option[1] if option[1] in LETTERS else LETTERS[int(option[1]) - 1]


def part_type(text: str) -> PartType:
    """Return the type a cell names."""
    name = re.sub(r"\s", "", _BRACKETED.sub("", unicodedata.normalize("NFKC", text)))
    if not name:
        raise CellProblem(said("没有题型"))
    if name not in _TYPE_NAMES:
        raise CellProblem(said("不认识的题型「%(text)s」", text=text))
    return _TYPE_NAMES[name]


def choice_type(answer: str) -> str:
    """Return the name of the type of choice that has this answer: several letters are a multiple one."""
    letters = re.findall("[A-H]", unicodedata.normalize("NFKC", answer).upper())
    return TYPES[PartType.MULTIPLE if len(letters) > 1 else PartType.SINGLE][0]


def split_options(text: str) -> list[str]:
    """Split a cell with all options, written A.…**B.…, A.…##B.… or one a line."""
    for separator in ("**", "##"):
        if separator in text:
            return [piece.strip() for piece in text.split(separator) if piece.strip()]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return lines if all(_LABEL.match(_folded_head(line)) for line in lines) else [text.strip()]


def unlabel(options: Sequence[str]) -> tuple[list[str], bool]:
    """Take the letters off options such as "A.…", "Ｂ：…" or "C…".

    Returns:
        the texts, and whether a letter stood without a separator (worth a warning).

    Raises:
        CellProblem: if some have letters and one has none or a wrong one: then an answer "B" may mean
            either, and nobody but the author knows.
    """
    heads = [_folded_head(option) for option in options]
    with_separator = [_LABEL.match(head) for head in heads]
    bare = [head[:1] == letter for head, letter in zip(heads, LETTERS, strict=False)]
    if not any(match and match[1] == letter for match, letter in zip(with_separator, LETTERS, strict=False)):
        texts = [option[1:].strip() for option in options]
        # "A类, B类" are no labels: without the letters nothing would tell them apart.
        if all(bare) and all(len(text) > 1 for text in texts) and len(set(texts)) == len(texts):
            return texts, True
        return list(options), False
    texts, loose = [], False
    for number, (option, match, letter) in enumerate(zip(options, with_separator, LETTERS, strict=False), 1):
        if match and match[1] == letter:
            texts.append(option[match.end() :].strip())
        elif not match and bare[number - 1]:
            texts.append(option[1:].strip())
            loose = True
        else:
            raise CellProblem(
                said(
                    "第 %(number)s 个选项应标为 %(letter)s，无法与答案对应：%(option)s",
                    number=number,
                    letter=letter,
                    option=option[:20],
                )
            )
    return texts, loose


def _folded_head(option: str) -> str:
    return fold(option[:8])


def fold(text: str) -> str:
    """Return `text` in capitals, full-width characters as narrow ones; position by position: offsets hold."""
    return "".join((unicodedata.normalize("NFKC", c).upper() or " ")[0] for c in text)


def choice_letters(text: str, options: Sequence[str]) -> list[str]:
    """Return the letters an answer names; the exact text of an option is as good as its letter."""
    if not text:
        raise CellProblem(said("没有答案"))
    letters = re.sub(r"[\s,、;/|.]", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[A-Z]+", letters):
        same = [
            letter
            for letter, option in zip(LETTERS, options, strict=False)
            if normalise(option) == normalise(text)
        ]
        if len(same) != 1:
            raise CellProblem(said("答案「%(text)s」不是选项字母", text=text[:20]))
        return same
    outside = [letter for letter in letters if letter not in LETTERS[: len(options)]]
    if outside:
        raise CellProblem(said("答案 %(names)s 不在选项之中", names=listed(outside)))
    if len(set(letters)) < len(letters):
        raise CellProblem(said("答案「%(text)s」有重复", text=text))
    return list(letters)


def is_transitional(text: str) -> bool:
    """Return whether an item is said to be on the passage from old law to new: 是, 否 or nothing."""
    if text and text not in RIGHT | WRONG:
        raise CellProblem(said("不认识的“%(text)s”，请写 是 或 否", text=text[:40]))
    return text in RIGHT


def truth(text: str, options: Sequence[str]) -> bool:
    """Return the key of a true/false item, written as a word, a sign, or the letter of 正确 or 错误."""
    if not text:
        raise CellProblem(said("没有答案"))
    word = normalise(text)
    if options and word in {"a", "b"}:
        position = "ab".index(word)
        if position >= len(options):
            raise CellProblem(said("答案 %(text)s 不在选项之中", text=text))
        word = normalise(options[position])
    elif word in {"a", "b"}:
        return word == "a"
    if word in RIGHT or word in WRONG:
        return word in RIGHT
    raise CellProblem(said("判断题答案「%(text)s」无法识别，请写 正确 或 错误", text=text[:20]))


def with_blanks(stem: str) -> str:
    """Return a fill-in stem with each blank as ____: underscores, or else empty brackets."""
    if _UNDERSCORES.search(stem):
        return _UNDERSCORES.sub("____", stem)
    return _EMPTY_BRACKETS.sub("____", stem)


def blank_answers(text: str, blanks: int) -> list[list[str]]:
    """Return the accepted spellings per blank: blanks apart by ** ## ; or a list mark, spellings by |."""
    if not text:
        raise CellProblem(said("没有答案"))
    pieces = [text]
    if blanks > 1:
        splits = [
            re.split(separator, text) for separator in (r"\*\*", "##", "[；;]", "\n", "、", "[，,]", r"\s+")
        ]
        pieces = next((split for split in splits if len(split) == blanks), pieces)
        if len(pieces) != blanks:
            raise CellProblem(
                said(
                    "题干有 %(blanks)s 个空，答案应为用 ** 隔开的 %(blanks)s 段",
                    blanks=blanks,
                )
            )
    answers = [
        [spelling.strip() for spelling in re.split("[|｜]", piece) if spelling.strip()] for piece in pieces
    ]
    if not all(answers):
        raise CellProblem(said("有的空没有答案"))
    return answers


def strip_numbers(stems: Sequence[str]) -> list[str]:
    """Take the running numbers off a column of stems.

    A number with a clear mark ("12、", "12.", "（12）", "12" and a tab) always goes. One that may belong
    to the sentence ("3D打印…", "12.5%的…", "1，3-丁二烯…") goes only where the column is numbered through
    and the number is the next.
    """
    matches = [_NUMBER.match(stem) for stem in stems]
    filled = sum(bool(stem) for stem in stems)
    matched = sum(match is not None for match in matches)
    numbered = matched >= max(FEWEST_NUMBERED, 0.8 * filled)
    result, previous = [], 0
    for stem, match in zip(stems, matches, strict=True):
        if match and (_is_clear(stem, match) or (numbered and int(match[1]) == previous + 1)):
            previous = int(match[1])
            result.append(stem[match.end() :].lstrip())
        else:
            result.append(stem)
    return result


def _is_clear(stem: str, match: re.Match[str]) -> bool:
    mark, rest = match[2], stem[match.end() :]
    if mark in {"、", "\t"}:
        return True
    if stem.lstrip()[:1] in "（(":
        return mark in {")", "）"}
    return bool(mark) and not rest[:1].isdigit()
