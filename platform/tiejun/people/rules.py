"""Rules of people: ID numbers, passwords, locking, and which training an officer needs. All pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from question_bank.words import said

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_DIGITS = "10X98765432"
FAILURES_UNTIL_LOCK = 5
FORMER_PASSWORDS = 5
PASSWORD_LENGTH = 10
PASSWORD_CLASSES = 3
LONGEST_EMAIL = 254
EMAIL = re.compile(
    r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+){0,20}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


def id_number_fault(number: str, today: date) -> str | None:
    """Return what is wrong with a citizen's ID number, or None.

    Source: GB 11643-1999: 17 digits and a check digit (ISO 7064 MOD 11-2); digits 7 to 14 are the birth date.
    """
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number):
        return said("应为18位：17位数字加1位数字或X")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return said("第7至14位不是有效的出生日期")
    if not date(1900, 1, 1) <= born <= today:
        return said("出生日期不合理")
    total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
    if ID_CHECK_DIGITS[total % 11] != number[17]:
        return said("校验位不正确，请核对有无抄错")
    return None


def normal_id_number(text: str) -> str:
    """Return the number without blanks, full-width signs made narrow, the X a capital."""
    narrow = text.translate({0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF38: "X", 0xFF58: "X"})
    return re.sub(r"\s", "", narrow).upper()


def masked_id_number(number: str) -> str:
    """Return the number with its first three and last four signs only."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def password_fault(password: str, login: str) -> str | None:
    """Return why a password is too weak, or None: ten signs, three of four classes, not the login name."""
    classes = sum(
        bool(re.search(pattern, password)) for pattern in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")
    )
    if len(password) < PASSWORD_LENGTH:
        return said("密码至少%(password_length)s个字符", password_length=PASSWORD_LENGTH)
    if len(password) > 200:
        return said("密码过长")
    if classes < PASSWORD_CLASSES:
        return said("密码须包含大写字母、小写字母、数字、符号中的至少三类")
    if login.lower() in password.lower():
        return said("密码不能包含登录名")
    return None


def email_fault(address: str) -> str | None:
    """Return why an e-mail address can't be used, or None; only what every mail server takes is let through.

    Without blanks, line breaks and signs beyond ASCII it can't break out of a mail's head.
    """
    if len(address) > LONGEST_EMAIL or not EMAIL.fullmatch(address):
        return said("应如 name@example.cn，只用英文字母、数字和点、横线等符号")
    return None


@dataclass(frozen=True)
class SignInState:
    """What an account's failures say about the next try."""

    failures: int
    last_failure_at: datetime | None
    locked_until: datetime | None

    def wait(self, now: datetime) -> timedelta:
        """Return how long the next try must wait: 1, 2, 4, 8 seconds after failures, then the lock."""
        if self.locked_until is not None and now < self.locked_until:
            return self.locked_until - now
        if self.failures and self.failures < FAILURES_UNTIL_LOCK and self.last_failure_at is not None:
            until = self.last_failure_at + timedelta(seconds=2 ** (self.failures - 1))
            return max(until - now, timedelta())
        return timedelta()

    def after_failure(self, now: datetime, lock: timedelta) -> "SignInState":
        """Return the state after one more failure; the fifth locks. An expired lock starts a new count."""
        expired = self.locked_until is not None and now >= self.locked_until
        failures = 1 if expired else self.failures + 1
        return SignInState(failures, now, now + lock if failures >= FAILURES_UNTIL_LOCK else None)
