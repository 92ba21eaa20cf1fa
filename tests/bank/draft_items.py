"""Items for the editor to hold, and what a browser sends from its fields."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, get_template_attribute
from werkzeug.datastructures import MultiDict

from question_bank.item import Item, Part
from question_bank.scoring_check import POLICIES, WITH_POLICY
from question_bank.starter import load_starter
from question_bank.terms import PartType
from tests.question_bank.builders import FURTHER, item_json, part_json
from tests.support.fields import fields
from tiejun.bank.draft import Draft
from tiejun.bank.item_files import read_item_file
from tiejun.demo.further import ITEMS
from tiejun.errors import DomainError

READ = ("qti21", "qti22", "qti30", "qti30-scoring", "moodlexml", "gift", "aiken")
TABLES: dict[str, list[list[Any]]] = {
    "single": [["b", 1], ["c", 0.5]],
    "multiple": [["a", 1], ["c", 1], ["b", -1]],
    "true_false": [["true", 1], ["false", -0.5]],
    "fill_in": [["五年", 1], ["= 5\n年", 0.5]],
    "inline_choice": [["b", 1], ["c", 2], ["a", -1]],
    "match": [["a y", 1], ["b x", 1], ["c z", 0.25]],
    "order": [["a", 1], ["c", 1]],
    "hottext": [["a", 1], ["c", 1], ["b", -1]],
    "gap_match": [["d 1", 1], ["a 3", 1], ["b 2", 0.5]],
    "hotspot": [["a", 1], ["c", 1], ["zz", 3]],
    "slider": [[2.5, 1], [3, 0.5]],
}
AREAS = {
    "options": [],
    "key": [[12, 12], [30, 30]],
    "scoring": {"areas": [["circle", [10, 10, 5], 1], ["rect", [20, 20, 40, 40], 1]], "full": 2},
}


def made() -> Iterator[Item]:
    """Yield an item for each type and each scoring."""
    for kind in (*FURTHER, "single", "multiple", "true_false", "fill_in", "essay", "case"):
        yield _item(kind, "plain")
    for kind, rows in TABLES.items():
        limits = {"default": 0.25, "lower": -1, "upper": 5, "full": 2}
        yield _item(kind, "table", scoring={"map": rows, "full": 2})
        yield _item(kind, "limits", scoring={"map": rows, "case": True} | limits)
    for kind in sorted(WITH_POLICY):
        for policy in sorted(POLICIES):
            yield _item(kind, policy, scoring={"policy": policy})
    yield _item("hotspot", "areas", **AREAS)
    yield from hard()


def _item(kind: str, name: str, **changes: Any) -> Item:
    about = {"id": f"{kind.replace('_', '')}-{name.replace('_', '')}", "citations": []}
    parts = {} if kind == "case" else {"parts": [part_json(kind) | changes]}
    return Item.from_json(item_json(kind, **about, **parts))


def hard() -> Iterator[Item]:
    """Yield items whose texts hold what means something in the editor's lines."""
    odd = ["*星|竖", "= 等\n换行", "- 减\\", "甲 [[乙]] #2"]
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(odd)]
    yield _item("single", "odd", options=options, key="x2", scoring={"map": [["x2", 1]], "full": 1})
    yield _item("order", "odd", options=options, key=["x3", "x1"])
    targets = [{"id": f"y{n}", "text": text} for n, text in enumerate(odd)]
    key = [["x0", "y1"], ["x0", "y2"], ["x3", "y0"]]
    yield _item("match", "odd", options=options, targets=targets, key=key, most=3)
    blanks = [option | {"blank": 1 + n // 2} for n, option in enumerate(options)]
    yield _item("inline_choice", "odd", options=blanks, key=["x0", "x3"])
    yield _item("gap_match", "odd", options=options, key=["x2", None, "x2"], most=2)
    stem = "开头 [[不是]] {{x0}}、{{x1}}\n{{x2}}{{x3}}"
    yield _item("hottext", "odd", stem=stem, options=options, key=["x3"], most=0)
    yield _item("fill_in", "odd", key=[["a|b", "c\\", "d\n e"]])
    shapes = [{"shape": "default", "coords": []}, {"shape": "ellipse", "coords": [9, 8, 7, 6]}]
    areas = [option | shape for option, shape in zip(options, shapes, strict=False)]
    yield _item("hotspot", "odd", options=areas, key=["x1"], most=0)
    twelve = [[f"第{n}"] for n in range(14)]
    yield _item("fill_in", "many", stem="____，" * 14, key=twelve)


def kept() -> list[Item]:
    """Return all items of our own: made for tests, of the starter bank, of the demo."""
    return [*made(), *ITEMS, *load_starter()]


def real(folder: Path) -> Iterator[Item]:
    """Yield the items that come in from files of others."""
    named = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    for entry in named:
        name = str(entry.get("file"))
        if not name.startswith(tuple(f"{one}/" for one in READ)):
            continue
        try:
            found = read_item_file((folder / name).read_bytes(), name)
        except DomainError:
            continue
        yield from (item for _, item in found.rows)


def sent(app: Flask, draft: Draft) -> MultiDict[str, str]:
    """Return what a browser sends from the editor's fields of a draft."""
    part_fields = get_template_attribute("bank/_part.html", "part_fields")
    many = len(draft.parts)
    markup = "".join(part_fields(part, n, many, draft.kind, {}) for n, part in enumerate(draft.parts))
    form = fields(f'<form id="editor">{markup}</form>')
    for name in list(form):
        form.setlist(name, [one.replace("\n", "\r\n") for one in form.getlist(name)])
    for name in ("kind", "unit", "difficulty", "purpose", "stimulus", "rationale", "figures"):
        form[name] = getattr(draft, name).replace("\n", "\r\n")
    form.setlist("tiers", draft.tiers)
    form.update({"transitional": "1"} if draft.transitional else {})
    for n, cited in enumerate(draft.citations):
        for name, value in cited._asdict().items():
            form[f"cite-{n}-{name}"] = value
    return form


def answers(part: Part) -> Iterator[Any]:
    """Yield responses to a part in its own ids, right and wrong."""
    yield list(part.key) if isinstance(part.key, tuple) else part.key
    yield from _others(part)


def _others(part: Part) -> Iterator[Any]:  # noqa: C901 - one way for each type Iterator[Any]:
    ids, shape = list(part.option_ids), part.response_shape
    if part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        yield [spellings[0] for spellings in part.key]
        yield ["错" for _ in part.key]
    elif part.type is PartType.TRUE_FALSE:
        yield from (True, False)
    elif part.type is PartType.SINGLE:
        yield from ids
    elif part.type is PartType.MATCH:
        targets = [target.id for target in part.targets]
        yield from ([[one, other]] for one in ids for other in targets)
    elif part.type in (PartType.INLINE_CHOICE, PartType.GAP_MATCH):
        for blank in range(part.blanks):
            for one in ids:
                if shape.options[one] in (None, blank + 1):
                    yield [one if place == blank else None for place in range(part.blanks)]
    elif part.type is PartType.HOTSPOT and not ids:
        yield from ([[10, 10]], [[30, 30]], [[500, 500]])
    elif part.type is PartType.SLIDER:
        assert part.bounds is not None
        yield from (float(part.bounds.lower), float(part.bounds.upper))
    elif ids:
        yield from ([one] for one in ids)
        yield ids[: part.most or None] if part.type in (PartType.HOTTEXT, PartType.HOTSPOT) else ids
