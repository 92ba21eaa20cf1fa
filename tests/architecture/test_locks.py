"""Lock files pin by hash and name no address, so that any mirror serves them."""

import json
import re

import pytest

from tests.architecture.sources import ROOT, tracked

PYTHON_LOCKS = ["requirements/core.txt", "requirements/dev.txt", "requirements/node.txt"]
# Spelt in pieces, so that this file does not name what it looks for.
REGISTRIES = re.compile(r"|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.org"]))


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_python_lock_pins_every_package_by_hash_and_names_no_address(name: str):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    requirements = [line for line in lines if line and not line.startswith((" ", "#"))]

    assert requirements
    assert all(re.match(r"\S+==\S+.* \\$", line) for line in requirements)
    assert not [line for line in lines if "://" in line or "--index" in line or "--find-links" in line]


def test_the_front_end_lock_pins_by_hash_and_names_no_address():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: facts for name, facts in json.loads(text)["packages"].items() if name}

    assert '"resolved"' not in text
    assert packages
    assert all("integrity" in facts for facts in packages.values())


def test_no_committed_file_names_a_package_registry():
    naming = [
        path.relative_to(ROOT)
        for path in tracked()
        if REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert naming == []


def test_every_library_that_is_declared_is_locked():
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins = set(re.findall(r'"([a-z0-9-]+)(?:\[[a-z]+\])?==([^"]+)"', declared))
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")

    assert pins
    missing = [f"{name}=={version}" for name, version in pins if not _locked(locked, name, version)]
    assert missing == []


def _locked(locked: str, name: str, version: str) -> bool:
    pin = rf"^{re.escape(name)}(\[[a-z]+\])?=={re.escape(version)} "
    return re.search(pin, locked, re.MULTILINE) is not None
