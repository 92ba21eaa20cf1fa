"""Items and blueprints made for tests; nothing here is law."""

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


def part_json(kind: str, stem: str = "题干", **changes: Any) -> dict[str, Any]:
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
