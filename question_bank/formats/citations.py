"""Finding the articles that a text cites, e.g. 《生态环境法典》第一千零五十四条第二款第（三）项、第1060条.

Public: `find_citations`, `chinese_number`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from question_bank.item import Citation
from question_bank.laws import PREFIX, Instrument, article_key

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
ARABIC = "0123456789"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = "(?:[0-9]{1,5}|[零〇一二两三四五六七八九十百千]+)"
_PARAGRAPH = rf"第?{_NUMBER}款"
_ITEM = rf"第?[（(]?{_NUMBER}[）)]?项"
_BETWEEN = "[、，,和及以与 ]*"
_CITED = re.compile(
    rf"《([^《》]+)》((?:{_BETWEEN}第?{_NUMBER}条(?:之{_NUMBER})?(?:{_BETWEEN}(?:{_PARAGRAPH}|{_ITEM}))*)+)"
)
_STEP = re.compile(
    rf"第?({_NUMBER})条(?:之({_NUMBER}))?|第?(?P<paragraph>{_NUMBER})款|第?[（(]?(?P<item>{_NUMBER})[）)]?项"
)


def chinese_number(text: str) -> int:
    """Return the number that digits or Chinese numerals below ten thousand write: 一千零五十四 is 1054.

    Raises:
        ValueError: if `text` is empty or holds anything else.
    """
    if not text.strip(ARABIC):
        return int(text)
    if not text.strip("".join(_DIGITS)):  # digit by digit: 一〇五四
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _DIGITS:
            digit = _DIGITS[character]
        else:
            raise ValueError(f"{text} is not a number")
    return total + digit


def find_citations(text: str, register: Mapping[str, Instrument]) -> tuple[list[Citation], list[str]]:
    """Return what is cited by 《title》第…条第…款第…项, and the titles the register does not know.

    Of several versions of an instrument the one without an end is meant, else the latest.
    """
    by_title: dict[str, Instrument] = {}
    for law in sorted(register.values(), key=lambda law: (law.ceased is None, law.effective)):
        by_title[law.short_title] = law
    found: list[Citation] = []
    unknown = []
    for title, articles in _CITED.findall(text):
        law_found = by_title.get(title.strip().removeprefix(PREFIX))
        if law_found is None:
            unknown.append(title)
            continue
        found += [one for one in _places(law_found.id, articles) if one not in found]
    return found, unknown


def _places(law: str, text: str) -> list[Citation]:
    """Return the places that one title is followed by: 第一条第一款、第三款 are two of one article.

    >>> [(one.article, one.paragraph, one.item) for one in _places("x", "第五条第二款第三项、第四项、第六条")]
    [('5', 2, 3), ('5', 2, 4), ('6', None, None)]
    """
    found: list[Citation] = []
    for step in _STEP.finditer(text):
        if step["paragraph"]:
            last = found[-1]
            is_new = last.paragraph is not None or last.item is not None
            cited = Citation(law, last.article, chinese_number(step["paragraph"]))
        elif step["item"]:
            last = found[-1]
            is_new = last.item is not None
            cited = replace(last, item=chinese_number(step["item"]))
        else:
            key = article_key(chinese_number(step[1]), chinese_number(step[2]) if step[2] else 0)
            is_new, cited = True, Citation(law, key)
        found[len(found) - (not is_new) :] = [cited]
    return list(dict.fromkeys(found))
