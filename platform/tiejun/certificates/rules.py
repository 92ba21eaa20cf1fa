"""Rules of certificates: numbers, the decision to issue, what the public may see. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from question_bank.words import said
from tiejun import regulation
from tiejun.errors import Conflict

MINISTRY = "00"
XPCC_NAME = "新疆生产建设兵团"
MASK = "*"

# GB/T 2260, first two digits: the 31 provinces that certificates can be numbered for. The XPCC has no code
# in it; Taiwan, Hong Kong and Macao are outside the scheme.
PROVINCES = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
}


class Level(StrEnum):
    """The level of a training and its certificate (环办执法〔2022〕21号 第一条)."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"


LEVEL_WORDS = {Level.NATIONAL: said("国家级"), Level.PROVINCIAL: said("省级")}
TIER_WORDS = {"primary": said("初级"), "intermediate": said("中级")}


class Outcome(StrEnum):
    """What became of a result that was reported."""

    ISSUED = "issued"
    NOT_PASSED = "not_passed"
    AWAITING_TRAINING = "awaiting_training"
    BLOCKED = "blocked"
    SUPERSEDED = "superseded"


OUTCOME_WORDS = {
    Outcome.ISSUED: said("已发证"),
    Outcome.NOT_PASSED: said("未合格"),
    Outcome.AWAITING_TRAINING: said("合格待培训"),
    Outcome.BLOCKED: said("暂不能发证"),
    Outcome.SUPERSEDED: said("已被更正取代"),
}


class CertificateState(StrEnum):
    """The state of a certificate on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


STATE_WORDS = {
    CertificateState.VALID: said("有效"),
    CertificateState.EXPIRED: said("已到期"),
    CertificateState.REVOKED: said("已撤销"),
}


class SequenceExhausted(Conflict):
    """The year's 9999 numbers are used up: nothing may be issued until the next year."""

    code = "sequence_exhausted"


class NoNumberCode(Conflict):
    """There is no certificate code for this place."""

    code = "no_number_code"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues here: a province code or 00 for the ministry, and the XPCC's code once one is set."""

    code: str
    xpcc_code: str = ""

    @property
    def level(self) -> Level:
        """The only level this issuer may certify."""
        return Level.NATIONAL if self.code == MINISTRY else Level.PROVINCIAL

    @property
    def name(self) -> str:
        """The authority's name as printed on certificates."""
        if self.code == MINISTRY:
            return "生态环境部"
        if self.xpcc_code and self.code == self.xpcc_code:
            return f"{XPCC_NAME}生态环境局"
        place = PROVINCES.get(self.code, self.code)
        return f"{place}生态环境局" if place.endswith("市") else f"{place}生态环境厅"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a result, and the sentence that says why if no certificate is issued."""

    outcome: Outcome
    reason: str = ""


def decide(*, passed: bool, trained: bool, level: Level, issuer: Issuer) -> Decision:
    """Return whether a result earns a certificate here.

    Source:
        环办执法〔2022〕21号 第七条 (a pass earns the certificate) and 第八条 (no card for the untrained, so
        a pass waits for the recorded completion of the training of its level and tier).
    """
    if not passed:
        return Decision(Outcome.NOT_PASSED)
    if level is not issuer.level:
        return Decision(
            Outcome.BLOCKED,
            said(
                "%(level_words)s证书不由本平台的发证机关颁发（%(name)s颁发%(level_words_2)s证书）。",
                level_words=LEVEL_WORDS[level],
                name=issuer.name,
                level_words_2=LEVEL_WORDS[issuer.level],
            ),
        )
    if not trained:
        return Decision(Outcome.AWAITING_TRAINING, said("考试合格，尚无同级别、同层级岗位培训的结业记录。"))
    return Decision(Outcome.ISSUED)


def number_code(level: Level, issuer: Issuer, *, is_xpcc: bool = False) -> str:
    """Return the two digits a provincial number begins with; 00 stands for the ministry's numbers.

    Raises:
        NoNumberCode: for the XPCC while no code is set, and for a code that is no province's.
    """
    if level is Level.NATIONAL:
        return MINISTRY
    if is_xpcc:
        if not issuer.xpcc_code:
            raise NoNumberCode(
                said(
                    "%(xpcc_name)s没有国家标准区划代码，管理员设定证书代码（TIEJUN_XPCC_CODE）前不能编号。",
                    xpcc_name=XPCC_NAME,
                )
            )
        return issuer.xpcc_code
    if issuer.code not in PROVINCES and issuer.code != issuer.xpcc_code:
        raise NoNumberCode(said("“%(code)s”不是省级行政区域代码，不能编号。", code=issuer.code))
    return issuer.code


def certificate_number(code: str, year: int, sequence: int) -> str:
    """Return the number of a certificate: 8 digits of the ministry's (code 00), 10 of a province's.

    Args:
        code: from `number_code`.
        year: year of issue in Beijing.
        sequence: 1 to 9999, counted per level, province and year.

    Raises:
        SequenceExhausted: past 9999; the number is never widened, wrapped or taken from another year.
        ValueError: for a year or sequence that cannot be.

    Source:
        `regulation.NATIONAL_NUMBER_DIGITS`, `regulation.PROVINCIAL_NUMBER_DIGITS`.
    """
    if sequence > regulation.NUMBER_SEQUENCE_MAX.value:
        raise SequenceExhausted(
            said(
                "%(year)s年的证书序号已用到%(value)s，不能再编号；编号不得加位、重用或占用下一年度。",
                year=year,
                value=regulation.NUMBER_SEQUENCE_MAX.value,
            )
        )
    if sequence < 1 or not 1000 <= year <= 9999:
        raise ValueError(f"year {year}, sequence {sequence}")
    tail = f"{year:04d}{sequence:04d}"
    return tail if code == MINISTRY else f"{code}{tail}"


def is_number(text: str) -> bool:
    """Return whether a text has the shape of a certificate number."""
    lengths = (regulation.NATIONAL_NUMBER_DIGITS.value, regulation.PROVINCIAL_NUMBER_DIGITS.value)
    return len(text) in lengths and text.isascii() and text.isdigit()


def runs_low(sequence: int) -> bool:
    """Return whether so many numbers of the year are used that the administrator is to be warned."""
    return sequence >= regulation.NUMBER_SEQUENCE_WARN.value


def state_on(day: date, valid_until: date | None, *, revoked: bool) -> CertificateState:
    """Return the state of a certificate on a day in Beijing; its last day still counts."""
    if revoked:
        return CertificateState.REVOKED
    if valid_until is not None and day > valid_until:
        return CertificateState.EXPIRED
    return CertificateState.VALID


def masked_name(name: str) -> str:
    """Return the name as the public sees it: first and last character, of two only the first."""
    if len(name) < 3:
        return name[:1] + MASK
    return name[0] + MASK * (len(name) - 2) + name[-1]
