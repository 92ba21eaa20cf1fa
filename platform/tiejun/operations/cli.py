"""Commands that run an installation."""

import os
import sys

import click

from tiejun import outbox as outbox_module
from tiejun.app import handlers, make_clock
from tiejun.db import REQUEST_THREADS, Database
from tiejun.operations import migrate
from tiejun.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """启动服务（gunicorn，一个进程四个线程）。"""
    Settings.from_env()
    run_gunicorn(host, port)


def run_gunicorn(host: str, port: int) -> None:
    """Become gunicorn; never returns."""
    arguments = [
        *(sys.executable, "-m", "gunicorn"),
        *("--config", "python:tiejun.gunicorn_conf"),
        *("--bind", f"{host}:{port}", "--threads", str(REQUEST_THREADS)),
        "tiejun.app:create_app()",
    ]
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter with fixed words


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
    click.echo(f"数据库已是最新结构（{migrate.current(database)}）。")


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
    """投递所有到期的消息。"""
    settings = Settings.from_env()
    database = Database(settings.sqlalchemy_url)
    delivered, failed = outbox_module.drain(database, handlers(settings), make_clock(settings)())
    click.echo(f"已投递 {delivered} 条，失败 {failed} 条。")
    if failed:
        sys.exit(1)


@click.command()
def backup() -> None:
    """备份。"""


@click.command()
def restore() -> None:
    """恢复。"""


@click.command()
def doctor() -> None:
    """体检。"""
