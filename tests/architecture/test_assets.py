"""The served front-end files are the ones that the lock file pins."""

import hashlib
import json

import pytest

from scripts import fetch_assets

MANIFEST = json.loads(fetch_assets.MANIFEST.read_text(encoding="utf-8"))


def test_every_file_of_the_manifest_is_there_unchanged():
    changed = [
        file["path"]
        for file in MANIFEST["files"]
        if hashlib.sha256((fetch_assets.VENDOR / file["path"]).read_bytes()).hexdigest() != file["sha256"]
    ]

    assert changed == []


def test_the_manifest_names_version_and_licence_of_every_package():
    assert {file["package"] for file in MANIFEST["files"]} == {
        facts["name"] for facts in MANIFEST["packages"]
    }
    assert all(facts["version"] and facts["licence"] for facts in MANIFEST["packages"])


def test_an_icon_that_does_not_exist_is_refused_and_the_served_files_stay():
    before = fetch_assets.MANIFEST.read_bytes()

    with pytest.raises(fetch_assets.AssetError, match=r"no-such-icon.*icons\.txt"):
        fetch_assets.copy_assets([fetch_assets.icon_asset("no-such-icon")], "digest")

    assert fetch_assets.MANIFEST.read_bytes() == before
    assert fetch_assets.wanted_assets(with_font=True)[-1].target == "fonts/LICENSE"
