"""The tree: where packages are, how long a module may be, how decisions are numbered."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, python_files

LONGEST_MODULE = 400
FOLDER_NAMES_WE_DO_NOT_USE = {"utils.py", "helpers.py", "common.py", "misc.py"}
DECISIONS = sorted((ROOT / "docs" / "decisions").iterdir())


def test_the_standard_platform_module_is_not_shadowed():
    assert not (ROOT / "platform" / "__init__.py").exists()
    seen = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.__file__)"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert str(ROOT) not in seen.stdout


def test_templates_and_migrations_come_from_the_checkout_and_not_from_a_stale_copy(tmp_path: Path):
    ask = "from tiejun.resources import resource_dir as d; print(d('templates')); print(d('migrations'))"
    seen = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "platform")},
        capture_output=True,
        check=True,
        text=True,
    )
    assert seen.stdout.split() == [str(ROOT / "templates"), str(ROOT / "migrations")]


@pytest.mark.parametrize("module", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_a_reader_can_hold(module: Path):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_no_module_has_a_name_that_says_nothing():
    assert [path for path in python_files() if path.name in FOLDER_NAMES_WE_DO_NOT_USE] == []


def test_decisions_are_numbered_without_a_gap():
    numbers = [path.name[:4] for path in DECISIONS]

    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name) for path in DECISIONS)
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_decision_says_its_context_what_follows_and_what_would_change_our_mind(decision: Path):
    text = decision.read_text(encoding="utf-8")

    assert text.startswith(f"# {decision.name[:4]} ")
    for heading in ("## Context", "## Decision", "## Consequences", "## What would change our mind"):
        assert heading in text
