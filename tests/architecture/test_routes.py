"""Deny by default: a view says who may call it, and a form that posts is protected."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT, python_files
from tiejun.access import permission_of

LONGEST_VIEW = 15
ROUTING = {"get", "post", "put", "delete", "patch", "route"}


@pytest.fixture
def engine() -> str:
    return "sqlite"


def test_every_route_names_a_permission_or_is_public(app):
    silent = []
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        try:
            permission_of(view)
        except LookupError:
            silent.append(endpoint)

    assert silent == []


def test_every_view_is_short_enough_to_hold_no_decision():
    """A view is form, service call, answer; what is longer belongs into a service or a rule."""
    long = [
        f"{path.relative_to(ROOT)}:{view.lineno} {view.name} ({length} lines)"
        for path in python_files()
        for view in _views(ast.parse(path.read_text(encoding="utf-8")))
        if (length := _body_lines(view)) > LONGEST_VIEW
    ]

    assert long == []


def test_no_address_is_given_twice(app):
    seen = [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]

    assert len(seen) == len(set(seen))


def _views(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions that a blueprint's decorator makes views."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any(map(_routes, node.decorator_list)):
            yield node


def _routes(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
        return False
    return called.attr in ROUTING and called.value.id == "bp"


def _body_lines(view: ast.FunctionDef) -> int:
    body = view.body[1:] if ast.get_docstring(view) else view.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0
