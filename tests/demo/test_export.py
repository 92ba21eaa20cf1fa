"""The demo's items of further types go out valid, and come back."""

import pytest

from question_bank.formats.qti import read_qti
from question_bank.formats.qti_write import QTI_22, QTI_30, write_qti
from question_bank.formats.qti_write_tree import QtiVersion
from tests.question_bank.test_qti_write import need_valid
from tiejun.demo.further import ITEMS


@pytest.mark.parametrize("version", [QTI_22, QTI_30], ids=["2.2", "3.0"])
def test_the_further_types_of_the_demo_go_out_valid_and_come_back_the_same(version: QtiVersion):
    written = write_qti(ITEMS, {}, version)
    assert written.left_out == []
    need_valid(written.content, version)
    assert read_qti(written.content).items == [*ITEMS]
