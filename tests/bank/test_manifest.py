"""The manifest of the real files: each kind of file in it is read by a test, or said to be of no concern."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tiejun.bank.item_files import kind_of, read_item_file
from tiejun.errors import DomainError

TESTED = {
    "aiken": (1, "aiken"),
    "csv-zh": (69, "csv"),
    "gift": (27, "gift"),
    "moodlexml": (12, "moodle-xml"),
    "xlsx-zh-nolicence": (4, "xlsx"),
    "qti-bad": (3, "qti"),
    "qti21": (12, "qti"),
    "qti22": (1, "qti"),
    "qti30": (27, "qti"),
    "qti30-scoring": (8, "qti"),
}
"""Files of each folder and their format; `tests/question_bank` compares their contents, QTI's there alone."""
NOT_ITEMS = {"oneroster", "itemstats", "irt", "cmi5", "scorm", "xapi", "None"}


@pytest.fixture(scope="module")
def files(test_data: Path) -> list[dict]:
    return json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))


def folder(entry: dict) -> str:
    return str(entry["file"]).split("/")[0]


def test_no_folder_and_no_file_of_the_manifest_goes_untested(files: list[dict]):
    found = Counter(folder(entry) for entry in files if folder(entry) not in NOT_ITEMS)
    assert found == {name: number for name, (number, _) in TESTED.items()}


def test_each_file_is_known_by_its_content_and_holds_as_many_items_as_recorded(
    files: list[dict], test_data: Path
):
    for entry in files:
        if folder(entry) in NOT_ITEMS or folder(entry).startswith("qti"):
            continue
        path = test_data / entry["file"]
        content = path.read_bytes()
        assert kind_of(content, path.name) == TESTED[folder(entry)][1], entry["file"]
        assert read_item_file(content, path.name).read == _recorded(entry), entry["file"]


def _recorded(entry: dict) -> int:
    """Return how many questions the manifest counts; what GIFT calls a description is none."""
    return entry["items"] - entry["types"].get("description", 0)


def test_a_bad_package_is_refused_or_its_fault_named(files: list[dict], test_data: Path):
    outcomes = {}
    for entry in files:
        if folder(entry) == "qti-bad":
            path = test_data / entry["file"]
            try:
                report = read_item_file(path.read_bytes(), path.name)
            except DomainError as refused:
                outcomes[path.name] = refused.code
            else:
                outcomes[path.name] = (len(report.rows), len(report.problems))
    assert outcomes == {
        "InvalidArchive.zip": "unreadable_file",
        "MissingManifest.zip": "unreadable_file",
        "WrongManifestFileItemHref.zip": (0, 1),
    }
