"""GIFT out: what GIFT can carry, so that it comes back the same.

Public: `write_gift`.

Each question is read back before it is let out. What does not come back the same, or what another
system would show differently, is left out by name.
"""

from collections.abc import Iterable
from dataclasses import replace

from question_bank.assembly.form import item_images
from question_bank.formats.gift import read_gift
from question_bank.formats.gift_text import FORMAT, escaped
from question_bank.formats.item_note import write_note
from question_bank.formats.text_file import TextRefused
from question_bank.formats.written import Written, beyond, pairs_of, shares_of
from question_bank.item import Item, ItemKind, Part, PartType
from question_bank.words import Words, said


def write_gift(items: Iterable[Item]) -> Written:
    """Return a GIFT file of the items, keys included: for people who may see keys only.

    What is left out stands at the end as comments.
    """
    made, questions = Written(), []
    for item in items:
        question = "" if (reason := _unfit(item)) else _question(item)
        if reason is None and not _comes_back(item, question):
            reason = said("含有 GIFT 不能原样保存的字符")
        if reason is not None:
            made.left_out.append((item.id, reason))
            continue
        questions.append(question)
        made.written += 1
    for code, reason in made.left_out:
        told = said("没有导出 %(code)s：%(reason)s", code=code, reason=reason)
        questions.append(f"// {told}\n")
    made.content = "\n".join(questions).encode()
    return made


def _unfit(item: Item) -> Words | None:
    """Return why GIFT cannot carry the item, or None."""
    part = item.parts[0]
    is_number = part.type is PartType.SLIDER and part.scoring is None
    if not is_number and (reason := beyond(item, "GIFT", as_moodle=True)):
        return reason
    if item.kind is ItemKind.CASE:
        return said("GIFT 没有案例分析题")
    if part.blanks > 1:
        return said("GIFT 的填空题只能有一个空")
    if item_images(item):
        return said("GIFT 不能带图片")
    return None


def _comes_back(item: Item, question: str) -> bool:
    try:
        return read_gift(question.encode()).items == [replace(item, source=None)]
    except (TextRefused, UnicodeEncodeError):
        return False


def _question(item: Item) -> str:
    part = item.parts[0]
    told = [f"####{_marked(item.rationale)}"] if item.rationale else []
    answers = "\n".join(["{" + _first_line(part), *_answers(part), *told]) + "}"
    return f"// {write_note(item)}\n::{escaped(item.id)}::[plain]{escaped(part.stem)}{answers}\n"


def _first_line(part: Part) -> str:
    if part.type is PartType.SLIDER:
        return "#"
    return str(part.key).upper() if isinstance(part.key, bool) else ""


def _answers(part: Part) -> list[str]:
    if part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        # A star would stand for any text.
        return [f"={_weighed(spelling.replace('*', chr(92) + '*'), '100')}" for spelling in part.key[0]]
    if part.type is PartType.SLIDER:
        return [f"={part.key}:0"]
    if part.type is PartType.MATCH:
        return [f"={_marked(left)} -> {_marked(right)}" for left, right in pairs_of(part)]
    if part.type is PartType.SINGLE:
        return [
            f"={_weighed(o.text, '100')}" if o.id == part.key else f"~{_weighed(o.text, '0')}"
            for o in part.options
        ]
    right = part.key if isinstance(part.key, tuple) else ()
    share, wrong = (_short(one) for one in shares_of(part))
    return [_choice(option.text, share if option.id in right else wrong) for option in part.options]


def _choice(text: str, share: str) -> str:
    return f"~{_weighed(text, '0')}" if share == "0" else f"~%{share}%{_marked(text)}"


def _short(share: str) -> str:
    return share.rstrip("0").rstrip(".") if "." in share else share


def _weighed(text: str, share: str) -> str:
    """Return an answer; one that begins like a weight gets a weight before it."""
    return f"%{share}%{_marked(text)}" if text.lstrip().startswith("%") else _marked(text)


def _marked(text: str) -> str:
    """Return a text escaped; one that begins like the name of a format gets a format before it."""
    return ("[plain]" if FORMAT.match(text) else "") + escaped(text)
