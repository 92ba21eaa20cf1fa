"""Numbers, the decision to issue, and what the public sees."""

from datetime import date

import pytest

from tiejun.certificates import rules
from tiejun.certificates.rules import (
    PROVINCES,
    CertificateState,
    Issuer,
    Level,
    NoNumberCode,
    Outcome,
    SequenceExhausted,
)

SICHUAN, MINISTRY = Issuer("51"), Issuer("00")
BINGTUAN, XINJIANG_WITH_CODE = Issuer("66", xpcc_code="66"), Issuer("65", xpcc_code="66")


@pytest.mark.parametrize(
    ("code", "sequence", "number"),
    [
        ("00", 1, "20260001"),
        ("00", 9999, "20269999"),
        ("51", 1, "5120260001"),
        ("65", 327, "6520260327"),
        ("51", 9999, "5120269999"),
    ],
)
def test_the_ministry_numbers_with_eight_digits_and_a_province_with_ten(code, sequence, number):
    assert rules.certificate_number(code, 2026, sequence) == number
    assert rules.is_number(number)


@pytest.mark.parametrize("code", ["00", "51"])
def test_the_ten_thousandth_certificate_of_a_year_cannot_be_numbered(code):
    with pytest.raises(SequenceExhausted, match="9999"):
        rules.certificate_number(code, 2026, 10_000)


@pytest.mark.parametrize(("year", "sequence"), [(2026, 0), (2026, -1), (999, 1), (10_000, 1)])
def test_numbers_that_cannot_be_are_refused(year, sequence):
    with pytest.raises(ValueError, match="sequence"):
        rules.certificate_number("51", year, sequence)


@pytest.mark.parametrize(("sequence", "low"), [(8999, False), (9000, True), (9999, True)])
def test_the_administrator_is_warned_from_nine_thousand_on(sequence, low):
    assert rules.runs_low(sequence) is low


def test_thirty_one_provinces_have_a_code():
    assert len(PROVINCES) == 31
    assert not {"66", "71", "81", "82"} & PROVINCES.keys()


@pytest.mark.parametrize(
    ("level", "issuer", "is_xpcc", "code"),
    [
        (Level.NATIONAL, MINISTRY, False, "00"),
        (Level.NATIONAL, MINISTRY, True, "00"),
        (Level.PROVINCIAL, SICHUAN, False, "51"),
        (Level.PROVINCIAL, XINJIANG_WITH_CODE, True, "66"),
        (Level.PROVINCIAL, XINJIANG_WITH_CODE, False, "65"),
        (Level.PROVINCIAL, BINGTUAN, True, "66"),
        (Level.PROVINCIAL, BINGTUAN, False, "66"),
    ],
)
def test_a_number_begins_with_the_issuers_code(level, issuer, is_xpcc, code):
    assert rules.number_code(level, issuer, is_xpcc=is_xpcc) == code


@pytest.mark.parametrize(
    ("issuer", "is_xpcc"),
    [(Issuer("65"), True), (SICHUAN, True), (Issuer("66"), False), (Issuer("71"), False)],
)
def test_no_number_without_a_code(issuer, is_xpcc):
    with pytest.raises(NoNumberCode):
        rules.number_code(Level.PROVINCIAL, issuer, is_xpcc=is_xpcc)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("00", "生态环境部"),
        ("51", "四川省生态环境厅"),
        ("11", "北京市生态环境局"),
        ("65", "新疆维吾尔自治区生态环境厅"),
    ],
)
def test_the_issuer_is_named_as_the_authority_is(code, name):
    assert Issuer(code).name == name


def test_the_xpcc_has_a_name_once_it_has_a_code():
    assert BINGTUAN.name == "新疆生产建设兵团生态环境局"


@pytest.mark.parametrize(
    ("passed", "trained", "level", "outcome"),
    [
        (True, True, Level.PROVINCIAL, Outcome.ISSUED),
        (True, False, Level.PROVINCIAL, Outcome.AWAITING_TRAINING),
        (False, True, Level.PROVINCIAL, Outcome.NOT_PASSED),
        (False, False, Level.NATIONAL, Outcome.NOT_PASSED),
        (True, True, Level.NATIONAL, Outcome.BLOCKED),
        (True, False, Level.NATIONAL, Outcome.BLOCKED),
    ],
)
def test_only_a_trained_pass_of_the_issuers_level_earns_a_certificate(passed, trained, level, outcome):
    assert rules.decide(passed=passed, trained=trained, level=level, issuer=SICHUAN).outcome is outcome


@pytest.mark.parametrize(
    "text", ["", "5120260", "512026000", "51202600011", "512026000a", "５１２０２６０００１", "5120 60001"]
)
def test_other_shapes_are_no_numbers(text):
    assert not rules.is_number(text)


@pytest.mark.parametrize(
    ("day", "revoked", "state"),
    [
        (date(2031, 11, 19), False, CertificateState.VALID),
        (date(2031, 11, 20), False, CertificateState.EXPIRED),
        (date(2031, 11, 19), True, CertificateState.REVOKED),
        (date(2031, 11, 20), True, CertificateState.REVOKED),
    ],
)
def test_a_certificate_is_valid_through_its_last_day(day, revoked, state):
    assert rules.state_on(day, date(2031, 11, 19), revoked=revoked) is state


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王芳", "王*"),
        ("王建国", "王*国"),
        ("欧阳䶮䶮", "欧**䶮"),
        ("买买提·艾力", "买****力"),
        ("王", "王*"),
    ],
)
def test_the_public_sees_a_masked_name(name, shown):
    assert rules.masked_name(name) == shown
