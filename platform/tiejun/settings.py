"""Settings: typed, frozen, read once from the environment.

Every setting is an environment variable named `TIEJUN_` plus the field's name in capitals. A name that is
not listed here is refused, so that a misspelt setting can never be silently ignored.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from tiejun.errors import SettingsError

PREFIX = "TIEJUN_"
MODES = ("production", "demo", "test")
TIERS = ("primary", "intermediate")
TLS_KINDS = ("starttls", "ssl", "none")
# Read by the set-up and the tests, not by the application.
OUTSIDE = frozenset({"TIEJUN_TEST_DATA", "TIEJUN_CHROMIUM"})


def _setting(help_text: str, default: Any) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """All settings of one installation; see docs/operations.md for a table of them."""

    mode: str = _setting("production, demo or test", "production")
    data_dir: Path = _setting("folder of the SQLite file, uploads and keys", Path("data"))
    database_url: str = _setting("SQLAlchemy address; empty: an SQLite file in data_dir", "")
    secret_key: str = _setting("signs cookies and tokens; at least 32 characters", "")
    data_key: str = _setting("encrypts ID numbers; at least 32 characters, never changed", "")
    base_url: str = _setting("public address, printed in QR codes", "http://127.0.0.1:8000")
    issuer: str = _setting("who issues here: a two-digit province code, or 00 for the ministry", "51")
    xpcc_code: str = _setting("province digits of the XPCC; empty: no certificates for it", "")
    holidays: Path | None = _setting("JSON file with further years of the holiday table", None)
    sync_grace_seconds: int = _setting("arrival grace for answers announced before the deadline", 60)
    marking_band: float = _setting("points around the cut score that call for a second marker", 3.0)
    idle_minutes: int = _setting("sign-in ends after so many idle minutes", 30)
    admin_idle_minutes: int = _setting("the same for accounts with an administrative role", 15)
    lock_minutes: int = _setting("how long an account stays locked after five failures", 30)
    password_days: int = _setting("days until a password must be changed", 90)
    max_upload_mb: int = _setting("largest accepted upload in MB", 20)
    max_answer_file_mb: int = _setting("largest accepted file as an answer in an exam, in MB", 10)
    max_video_mb: int = _setting("largest accepted video of a lesson in MB", 500)
    hour_minutes: int = _setting("minutes of one study hour", 45)
    study_beat_seconds: int = _setting("pause between two beats of a learner's page", 15)
    course_set_counts: bool = _setting("1: a completed course set is the recorded post training", False)
    five_year_revised: bool = _setting("1: a revised text (修订) is newly promulgated", True)
    five_year_amended: bool = _setting("1: an amended text (修正) is newly promulgated", False)
    in_service_tiers: str = _setting(
        "tiers whose training must include the laws of the last five years", "primary intermediate"
    )
    form_approval_minutes: int = _setting("how long a request to open a sealed form waits for approval", 15)
    form_open_minutes: int = _setting("how long its two people then see a sealed form", 30)
    exam_item_release_months: int = _setting(
        "months after its last sitting until an exam item may be released to practice", 24
    )
    certificate_provider: str = _setting("who issues certificates; so far only builtin", "builtin")
    worker_seconds: float = _setting("pause between two rounds of the background worker; 0: none", 2.0)
    smtp_host: str = _setting("mail server; empty: notices stay inside the application", "")
    smtp_port: int = _setting("port of the mail server", 587)
    smtp_user: str = _setting("name for signing in to the mail server; empty: without", "")
    smtp_password: str = field(
        default="", repr=False, metadata={"help": "password for signing in to the mail server"}
    )
    smtp_tls: str = _setting("starttls, ssl or none", "starttls")
    smtp_ca: Path | None = _setting(
        "PEM file of the authority that signed the mail server's certificate", None
    )
    smtp_from: str = _setting("address from which mail is sent", "")
    smtp_timeout_seconds: float = _setting("how long to wait for the mail server", 10.0)
    min_free_mb: int = _setting(
        "free disk space (MB) below which doctor raises an alarm and no files are taken as answers", 500
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from `environ` (default: the process environment).

        Raises:
            SettingsError: naming every unknown name and every value that cannot be read.
        """
        environ = os.environ if environ is None else environ
        hints = get_type_hints(cls)
        known = {PREFIX + f.name.upper(): f.name for f in fields(cls)}
        problems = [
            f"{name}: 没有这个设置项"
            for name in sorted(environ)
            if name.startswith(PREFIX) and name not in known and name not in OUTSIDE
        ]
        values: dict[str, Any] = {}
        for name, attribute in known.items():
            if name not in environ:
                continue
            try:
                values[attribute] = _read(environ[name], hints[attribute])
            except ValueError:
                problems.append(f"{name}: 无法识别的值 {environ[name]!r}")
        settings = cls(**values)
        problems += settings.problems()
        if problems:
            raise SettingsError(problems)
        return settings

    def problems(self) -> list[str]:
        """Return what is wrong with these values, a sentence each; empty when they can be used."""
        found = []
        if self.mode not in MODES:
            found.append(f"TIEJUN_MODE: 只能是 {'、'.join(MODES)}")
        if self.mode == "production":
            for name in ("secret_key", "data_key"):
                if len(getattr(self, name)) < 32:
                    found.append(f"{PREFIX}{name.upper()}: 正式运行必须设置，且不少于32个字符")
        if not (len(self.issuer) == 2 and self.issuer.isdigit()):
            found.append("TIEJUN_ISSUER: 应为两位数字")
        if self.xpcc_code and not (len(self.xpcc_code) == 2 and self.xpcc_code.isdigit()):
            found.append("TIEJUN_XPCC_CODE: 应为两位数字")
        found += self._training_problems()
        if min(self.form_approval_minutes, self.form_open_minutes, self.exam_item_release_months) < 1:
            names = "FORM_APPROVAL_MINUTES", "FORM_OPEN_MINUTES", "EXAM_ITEM_RELEASE_MONTHS"
            found.append("、".join(PREFIX + name for name in names) + ": 应为正整数")
        if self.certificate_provider != "builtin":
            found.append("TIEJUN_CERTIFICATE_PROVIDER: 目前只能是 builtin")
        if self.smtp_host:
            found += self._mail_problems()
        return found

    def _training_problems(self) -> list[str]:
        found = []
        if self.hour_minutes < 1 or self.study_beat_seconds < 1:
            found.append("TIEJUN_HOUR_MINUTES、TIEJUN_STUDY_BEAT_SECONDS: 应为正整数")
        if not set(self.in_service_tiers.split()) <= set(TIERS):
            found.append(f"TIEJUN_IN_SERVICE_TIERS: 只能是 {'、'.join(TIERS)}，用空格隔开")
        return found

    def _mail_problems(self) -> list[str]:
        found = []
        if self.smtp_tls not in TLS_KINDS:
            found.append(f"TIEJUN_SMTP_TLS: 只能是 {'、'.join(TLS_KINDS)}")
        if not 0 < self.smtp_port < 65536:
            found.append("TIEJUN_SMTP_PORT: 应为 1 到 65535 的整数")
        if "@" not in self.smtp_from or not self.smtp_from.isascii() or not self.smtp_from.isprintable():
            found.append("TIEJUN_SMTP_FROM: 设了邮件服务器，就要写明发件人的邮箱地址")
        if self.smtp_timeout_seconds <= 0:
            found.append("TIEJUN_SMTP_TIMEOUT_SECONDS: 应大于 0")
        return found

    @property
    def is_demo(self) -> bool:
        """Whether demo-only powers (the clock shift, demo accounts) are allowed."""
        return self.mode in ("demo", "test")

    @property
    def sqlalchemy_url(self) -> str:
        """The address of the database, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tiejun.db'}"


def _read(text: str, kind: Any) -> Any:
    kinds = get_args(kind) or (kind,)
    if type(None) in kinds and not text:
        return None
    if Path in kinds:
        return Path(text)
    if bool in kinds:
        return {"1": True, "0": False}[text]
    return kinds[0](text)


def local_keys(data_dir: Path) -> dict[str, str]:
    """Return the keys of a demo installation, made on its first start and kept in `data_dir`.

    The file is readable by its owner only. Production refuses to start without keys of its own.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    keys = {}
    for name in ("secret_key", "data_key"):
        path = data_dir / name
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(48))
        keys[name] = path.read_text()
    return keys
