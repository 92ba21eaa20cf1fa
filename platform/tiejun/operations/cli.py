"""Commands that run an installation."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tiejun import outbox as outbox_module
from tiejun.app import handlers
from tiejun.audit import SYSTEM
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.laws_service import sync_register
from tiejun.db import Database
from tiejun.installation import make_clock, opened
from tiejun.operations import archive, migrate
from tiejun.operations.doctor import examine
from tiejun.operations.serving import run_gunicorn
from tiejun.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """启动服务（gunicorn，一个进程四个线程）。"""
    Settings.from_env()
    run_gunicorn(host, port)


@click.group()
def db() -> None:
    """数据库结构。"""


@db.command("upgrade")
def db_upgrade() -> None:
    """把数据库升级到最新结构。"""
    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.sqlalchemy_url)
    migrate.upgrade(database)
    with database.transaction() as session:
        added = sync_register(session)
        waiting = follow_ends(session, None, SYSTEM, make_clock(settings)()).total()
    click.echo(f"数据库已是最新结构（{migrate.current(database)}），法规目录新增 {added} 件。")
    if waiting:
        click.echo(f"引用已失效法规的 {waiting} 项内容列入了法规变动待核（/law-reviews）。")


@db.command("check")
def db_check() -> None:
    """核对数据库结构与程序是否一致。"""
    database = Database(Settings.from_env().sqlalchemy_url)
    found = migrate.differences(database)
    for difference in found:
        click.echo(str(difference))
    if found or migrate.current(database) != migrate.head():
        raise click.ClickException("数据库结构与程序不一致，请运行 tiejun db upgrade。")
    click.echo("一致。")


@click.group()
def outbox() -> None:
    """待投递的消息。"""


@outbox.command("drain")
def outbox_drain() -> None:
    """投递所有等待的消息，包括因失败而推迟的。"""
    with opened() as core:
        now = core.clock()
        with core.database.transaction() as session:
            outbox_module.hurry(session, now)
        delivered, failed = outbox_module.drain(core.database, handlers(core.settings), now)
    click.echo(f"已投递 {delivered} 条，失败 {failed} 条。")
    if failed:
        sys.exit(1)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """把数据库和上传的文件备份到 TARGET（.tar.gz）；密钥不在其中，请另外保管。"""
    settings = Settings.from_env()
    manifest = archive.back_up(settings, target.absolute(), make_clock(settings)())
    click.echo(f"已备份到 {target}（结构 {manifest['revision']}）。请另外保管 secret_key 和 data_key。")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
def restore(source: Path) -> None:
    """从备份 SOURCE 恢复到一个空的安装。"""
    manifest = archive.restore(Settings.from_env(), source)
    click.echo(f"已恢复 {manifest['made_at']} 的备份（结构 {manifest['revision']}）。")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def doctor(as_json: bool) -> None:
    """检查设置、数据库、磁盘、时钟、字体、前端文件和演示账号，并说明怎么修。"""
    settings = Settings.from_env()
    findings = examine(settings, make_clock(settings)())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.is_well else '✗'} {finding.check}：{finding.seen}")
            if not finding.is_well:
                click.echo(f"   怎么办：{finding.mend}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)
