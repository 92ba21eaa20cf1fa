"""Items and blueprints made for tests; nothing here is law."""

from copy import deepcopy
from typing import Any

from question_bank.assembly.blueprint import Blueprint
from question_bank.item import Item

ANSWERS: dict[str, dict[str, Any]] = {
    "single": {"options": "abcd", "key": "b", "points": 2},
    "multiple": {"options": "abcd", "key": ["a", "c"], "points": 2},
    "true_false": {"options": "", "key": True, "points": 1},
    "fill_in": {"options": "", "key": [["五年", "5年"]], "points": 2},
    "essay": {"options": "", "key": None, "points": 10},
}

DIGEST = "d" * 64
FURTHER: dict[str, dict[str, Any]] = {
    "inline_choice": {
        "stem": "自____起____日内",
        "options": [
            {"id": letter, "text": f"选项{letter}", "blank": blank}
            for letter, blank in [("a", 1), ("b", 1), ("c", 2), ("d", 2), ("e", 2)]
        ],
        "key": ["b", "c"],
    },
    "match": {
        "options": [{"id": letter, "text": f"左{letter}"} for letter in "abc"],
        "targets": [{"id": letter, "text": f"右{letter}"} for letter in "xyz"],
        "most": 1,
        "key": [["a", "y"], ["b", "x"]],
    },
    "order": {
        "options": [{"id": letter, "text": f"步骤{letter}"} for letter in "abcd"],
        "key": ["c", "a", "d", "b"],
    },
    "hottext": {
        "stem": "甲{{a}}乙{{b}}，丙{{c}}。",
        "options": [{"id": letter, "text": f"片段{letter}"} for letter in "abc"],
        "most": 2,
        "key": ["a", "c"],
    },
    "gap_match": {
        "stem": "先____，再____，后____",
        "options": [{"id": letter, "text": f"词{letter}"} for letter in "abcd"],
        "most": 1,
        "key": ["d", None, "a"],
    },
    "hotspot": {
        "image": DIGEST,
        "options": [
            {"id": "a", "text": "排口", "shape": "circle", "coords": [10, 10, 5]},
            {"id": "b", "text": "车间", "shape": "rect", "coords": [20, 20, 40, 40]},
            {"id": "c", "text": "围墙", "shape": "poly", "coords": [50, 50, 60, 50, 60, 60]},
        ],
        "most": 2,
        "key": ["a", "c"],
    },
    "slider": {"bounds": {"lower": 0, "upper": 10, "step": 0.5}, "key": 2.5},
    "upload": {"accept": ["pdf", "docx"], "key": None},
}
"""What the types beyond the five plain ones have of their own."""


def part_json(kind: str, stem: str = "题干", **changes: Any) -> dict[str, Any]:
    if kind in FURTHER:
        bare = {"type": kind, "options": [], "points": 4, "rubric": []}
        return deepcopy(bare | {"stem": stem} | FURTHER[kind] | changes)
    answer = ANSWERS[kind]
    part = {
        "type": kind,
        "stem": f"{stem}____" if kind == "fill_in" else stem,
        "options": [{"id": letter, "text": f"选项{letter}"} for letter in answer["options"]],
        "key": answer["key"],
        "points": answer["points"],
        "rubric": [{"points": 10, "text": "要点"}] if kind == "essay" else [],
    }
    return part | changes


def item_json(kind: str = "single", **changes: Any) -> dict[str, Any]:
    item_id = changes.get("id", "B5-001")
    if kind == "case":
        short_essay = {"points": 8, "rubric": [{"points": 8, "text": "要点"}]}
        parts = [
            part_json("single", f"{item_id} 之一", points=4),
            part_json("multiple", f"{item_id} 之二", points=4),
            part_json("essay", f"{item_id} 之三", **short_essay),
        ]
    else:
        parts = [part_json(kind, f"{item_id} 的题干")]
    item = {
        "id": item_id,
        "unit": "B5",
        "tiers": ["primary", "intermediate"],
        "kind": kind,
        "difficulty": 0.6,
        "stimulus": f"<p>{item_id} 的材料</p>" if kind == "case" else None,
        "parts": parts,
        "rationale": "因为如此。",
        "citations": [{"law": "eco-env-code-2026", "article": "1054"}],
        "figures": ["五年"],
    }
    return item | changes


def make_item(kind: str = "single", **changes: Any) -> Item:
    return Item.from_json(item_json(kind, **changes))


def make_bank(cells: dict[tuple[str, str], int], prefix: str = "") -> list[Item]:
    """Return items for {(kind, module letter): how many}."""
    return [
        make_item(kind, id=f"{prefix}{module}1-{kind.replace('_', '')}-{number}", unit=f"{module}1")
        for (kind, module), count in cells.items()
        for number in range(count)
    ]


def make_blueprint(kinds: dict[str, int], modules: dict[str, int] | None = None) -> Blueprint:
    """Return a blueprint with one section a kind; `modules` are weights."""
    sections: list[dict[str, Any]] = []
    total = 0
    for kind, count in kinds.items():
        section: dict[str, Any] = {"title": kind, "kind": kind, "count": count, "points": 1}
        if kind == "case":
            section["parts"] = [
                {"type": "single", "points": 4},
                {"type": "multiple", "points": 4},
                {"type": "essay", "points": 8},
            ]
        total += count * (16 if kind == "case" else 1)
        sections.append(section)
    return Blueprint.from_json(
        {
            "title": "小卷",
            "tier": "primary",
            "duration_minutes": 10,
            "total_points": total,
            "cut_score": total / 2,
            "sections": sections,
            "module_weights": modules or {},
        }
    )
