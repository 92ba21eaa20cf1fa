"""Every setting is documented, with its true default."""

import re
from dataclasses import fields

import pytest

from tests.architecture.sources import ROOT
from tiejun.settings import PREFIX, Settings

OPERATIONS = ROOT / "docs" / "operations.md"
ROW = re.compile(rf"^\| `({PREFIX}[A-Z_]+)` \| (.*?) \| ", re.MULTILINE)
DOCUMENTED = dict(ROW.findall(OPERATIONS.read_text(encoding="utf-8")))


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_a_setting_is_documented_with_its_default(field):
    default = "" if field.default in (None, "") else f"`{field.default}`"

    assert DOCUMENTED.get(PREFIX + field.name.upper()) == default


def test_no_setting_is_documented_that_does_not_exist():
    assert set(DOCUMENTED) - {PREFIX + field.name.upper() for field in fields(Settings)} == set()
