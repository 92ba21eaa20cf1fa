"""Laws and items in our own words, small enough to read at a glance."""

import json
from typing import Any

from question_bank.item import Item
from question_bank.terms import PLAIN_TYPES, ItemKind

CODE = "sample-rules-2026"
OLD_CODE = "sample-rules-2014"
TEXTLESS = "sample-textless-2020"
KINDS = [kind for kind in ItemKind if kind is ItemKind.CASE or kind.value in PLAIN_TYPES]
"""The kinds of which there are samples."""


def law_json(law_id: str = CODE, *, articles: int = 3, **other: Any) -> dict[str, Any]:
    """Return a law version in the shape of a law file."""
    return {
        "id": law_id,
        "title": "样例办法",
        "kind": "部门规章",
        "tier": "core",
        "topics": [],
        "adopted": "2026-03-01",
        "effective": "2026-08-15",
        "ceased": None,
        "superseded_by": None,
        "status_as_of": {"date": "2026-11-20", "status": "现行有效"},
        "change_type": "制定",
        "doc_no": "样例令第1号",
        "articles": [
            {
                "number": n,
                "sub": 0,
                "label": f"第{n}条",
                "chapter": "第一章 总则",
                "text": f"第{n}条的样例文字。",
            }
            for n in range(1, articles + 1)
        ],
    } | other


def old_law_json(**other: Any) -> dict[str, Any]:
    """Return the version that `law_json` replaced on 2026-08-15."""
    return law_json(
        OLD_CODE,
        adopted="2014-05-01",
        effective="2014-06-01",
        ceased="2026-08-15",
        superseded_by=CODE,
        **other,
    )


def law_file(law_id: str = CODE, **other: Any) -> tuple[str, bytes]:
    """Return a law file as the import reads it."""
    return f"{law_id}.json", json.dumps(law_json(law_id, **other), ensure_ascii=False).encode()


def part_json(kind: str = "single", **other: Any) -> dict[str, Any]:
    """Return a part of some type, with a key that is right."""
    options = [{"id": letter, "text": f"选项{letter}"} for letter in "abcd"]
    by_kind: dict[str, dict[str, Any]] = {
        "single": {"options": options, "key": "b", "stem": "下列哪一项正确（　　）。"},
        "multiple": {"options": options, "key": ["a", "c"], "stem": "下列哪些正确（　　）。"},
        "true_false": {"options": [], "key": True, "stem": "现场检查应当出示证件。"},
        "fill_in": {"options": [], "key": [["五年", "5年"]], "stem": "期限为____。"},
        "essay": {"options": [], "key": None, "stem": "试述证据的要求。", "points": 4},
    }
    rubric = [{"points": 4, "text": "写出三性"}] if kind == "essay" else []
    return {"type": kind, "points": 2, "rubric": rubric} | by_kind[kind] | other


def item_json(item_id: str, kind: str = "single", **other: Any) -> dict[str, Any]:
    """Return an item of some kind; `stem` changes the stem of its first part."""
    stem = other.pop("stem", None)
    kinds = ("single", "multiple", "essay") if kind == "case" else (kind,)
    parts = other.pop("parts", None) or [part_json(part) for part in kinds]
    if stem:
        parts[0]["stem"] = stem
    return {
        "id": item_id,
        "unit": "B5",
        "tiers": ["primary"],
        "kind": kind,
        "difficulty": 0.6,
        "stimulus": "<p>某厂夜间排放废水。</p>" if kind == "case" else None,
        "parts": parts,
        "rationale": "见样例办法。",
        "citations": [],
        "figures": [],
    } | other


def item(item_id: str, kind: str = "single", **other: Any) -> Item:
    """Return an item of the library."""
    return Item.from_json(item_json(item_id, kind, **other))
