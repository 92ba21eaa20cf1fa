"""`tiejun doctor`: what could go wrong tomorrow, and how to mend it today."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from tiejun.audit import AuditEvent
from tiejun.calendar_cn import HolidayTableError, load_calendar
from tiejun.db import Database
from tiejun.errors import DomainError
from tiejun.files.models import StoredFile
from tiejun.files.store import bytes_of
from tiejun.mail import MAIL_ERRORS, connected, is_configured, reason
from tiejun.operations import migrate
from tiejun.outbox import OutboxMessage
from tiejun.people.models import Account
from tiejun.prints.render import printer
from tiejun.resources import PACKAGE
from tiejun.settings import Settings

STUCK_AFTER = 5  # attempts after which a message will hardly deliver itself
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)  # no installation is older than the program
DEMO_LOGINS = "demo-"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: its name, whether all is well, what was seen, and how to mend it."""

    check: str
    is_well: bool
    seen: str
    mend: str = ""


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    settings: Settings
    database: Database
    now: datetime


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Run all checks; one that itself fails is a finding, too."""
    patient = Patient(settings, Database(settings.sqlalchemy_url), now)
    findings: list[Finding] = []
    for name, check in CHECKS:
        try:
            findings += [Finding(name, *found) for found in check(patient)]
        except (SQLAlchemyError, DomainError, OSError, sqlite3.Error) as error:
            findings.append(Finding(name, False, str(error), "按提示处理后，再运行一次 tiejun doctor。"))
    patient.database.dispose()
    return findings


Outcome = tuple[bool, str, str]


def _settings(patient: Patient) -> Iterator[Outcome]:
    settings = patient.settings
    yield True, f"模式 {settings.mode}，发证机构代码 {settings.issuer}", ""
    if settings.mode == "production" and not settings.base_url.startswith("https://"):
        yield (
            False,
            f"TIEJUN_BASE_URL 是 {settings.base_url}",
            "正式考试须经 https：在前面的 nginx 上装证书，并把 TIEJUN_BASE_URL 改为 https:// 开头的地址。",
        )


def _calendar(patient: Patient) -> Iterator[Outcome]:
    try:
        load_calendar(patient.settings.holidays)
    except HolidayTableError as error:
        yield False, str(error), "改正 TIEJUN_HOLIDAYS 指向的文件：发布成绩时要用它推算补考期限。"
        return
    yield True, f"补充表 {patient.settings.holidays or '没有'}", ""


def _database(patient: Patient) -> Iterator[Outcome]:
    if patient.database.is_sqlite:
        path = Path(str(patient.database.url.database))
        if not path.exists():
            yield False, f"没有数据库文件 {path}", "运行 tiejun db upgrade 建库。"
            return
        with closing(sqlite3.connect(path)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        yield verdict == "ok", f"完整性检查：{verdict}", "停止服务，用 tiejun restore 恢复最近一次备份。"
        return
    with patient.database.reading() as db:
        db.execute(select(1))
    yield True, f"可以连接 {patient.database.url.host or '本机'}", ""


def _migrations(patient: Patient) -> Iterator[Outcome]:
    current, head = migrate.current(patient.database), migrate.head()
    yield current == head, f"数据库结构 {current}，程序需要 {head}", "运行 tiejun db upgrade。"


def _disk(patient: Patient) -> Iterator[Outcome]:
    free = shutil.disk_usage(patient.settings.data_dir).free // 2**20
    enough = free >= patient.settings.min_free_mb
    yield enough, f"剩余 {free} MB", "清理磁盘或扩容；考试期间空间用尽时作答只能暂存在考生本机。"


def _files(patient: Patient) -> Iterator[Outcome]:
    with patient.database.reading() as db:
        digests = db.scalars(select(StoredFile.sha256).distinct()).all()
    lost = [digest for digest in digests if not bytes_of(patient.settings, digest).is_file()]
    seen = f"上传的文件 {len(digests)} 个" + (
        f"，其中 {len(lost)} 个不在磁盘上：{lost[0]} 等" if lost else ""
    )
    yield not lost, seen, "从备份取回 files 文件夹：作答、课程和案例的文件都在其中。"


def _clock(patient: Patient) -> Iterator[Outcome]:
    with patient.database.reading() as db:
        newest = db.scalar(select(func.max(AuditEvent.at)))
    latest = max(EARLIEST, newest) if newest else EARLIEST
    right = patient.now >= latest - timedelta(minutes=1)
    yield right, f"现在是 {patient.now.isoformat()}", "服务器时钟慢于已有记录：先用 NTP 校时，再开考。"


def _fonts(_patient: Patient) -> Iterator[Outcome]:
    shelf = printer().shelf
    shelf.require()
    yield True, f"证书使用 {shelf.families[0]}", ""


def _assets(_patient: Patient) -> Iterator[Outcome]:
    vendor = PACKAGE / "static" / "vendor"
    mend = "运行 make assets（需要能访问软件源）；离线安装请使用带资源的安装包。"
    if not (vendor / "manifest.json").is_file():
        yield False, "缺少前端文件", mend
        return
    files = json.loads((vendor / "manifest.json").read_text())["files"]
    damaged = [entry["path"] for entry in files if _sha256(vendor / entry["path"]) != entry["sha256"]]
    yield (
        not damaged,
        f"{len(files)} 个前端文件" + (f"，与清单不符：{damaged[0]} 等" if damaged else ""),
        mend,
    )


def _accounts(patient: Patient) -> Iterator[Outcome]:
    if patient.settings.mode != "production":
        yield True, "演示模式，允许演示账号", ""
        return
    with patient.database.reading() as db:
        demo = db.scalars(
            select(Account.login).where(Account.login.startswith(DEMO_LOGINS), Account.is_active)
        ).all()
    yield not demo, f"演示账号 {len(demo)} 个", "正式库里不能有演示账号：停用 " + "、".join(demo[:5])


def _outbox(patient: Patient) -> Iterator[Outcome]:
    with patient.database.reading() as db:
        stuck = db.scalars(
            select(OutboxMessage.last_error).where(
                OutboxMessage.delivered_at.is_(None), OutboxMessage.attempts >= STUCK_AFTER
            )
        ).all()
    seen = f"多次投递失败的消息 {len(stuck)} 条" + (f"，最近的原因：{stuck[-1]}" if stuck else "")
    yield not stuck, seen, "按原因处理后运行 tiejun outbox drain。"


def _mail(patient: Patient) -> Iterator[Outcome]:
    settings = patient.settings
    if not is_configured(settings):
        yield True, "没有设置邮件服务器，通知只在系统内显示", ""
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}（{settings.smtp_tls}）"
    try:
        with connected(settings) as server:
            server.noop()
    except MAIL_ERRORS as error:
        mend = (
            "核对 TIEJUN_SMTP_ 开头的设置和网络，再用 tiejun notices test-mail 试发；通知在系统内照常显示。"
        )
        yield False, f"连不上邮件服务器 {where}：{reason(error)}", mend
        return
    yield True, f"可以连接邮件服务器 {where}", ""


def _sha256(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


CHECKS: tuple[tuple[str, Callable[[Patient], Iterator[Outcome]]], ...] = (
    ("设置", _settings),
    ("节假日表", _calendar),
    ("数据库", _database),
    ("数据库结构", _migrations),
    ("磁盘", _disk),
    ("上传的文件", _files),
    ("时钟", _clock),
    ("字体", _fonts),
    ("前端文件", _assets),
    ("演示账号", _accounts),
    ("消息投递", _outbox),
    ("邮件", _mail),
)
