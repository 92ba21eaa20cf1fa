"""The `tiejun demo` command: everything a newcomer needs, by one word."""

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select

from tiejun.access import ROLE_WORDS
from tiejun.app import handlers
from tiejun.clock import ShiftedClock, beijing
from tiejun.demo.people import PASSWORD, accounts
from tiejun.demo.story import install
from tiejun.installation import Core, opened
from tiejun.operations import migrate
from tiejun.operations.serving import run_gunicorn
from tiejun.people.models import Account
from tiejun.settings import Settings, local_keys

FOLDER = Path("data") / "demo"
INSTALLED = "installed"
BEGUN = "demo-begun"
PASSWORD_DAYS = "36500"  # moving the clock by months must not make every visitor change a password


def demo_environment(environ: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the environment of the demo: what is set wins, the rest is filled in."""
    if environ.get("TIEJUN_MODE", "demo") != "demo":
        raise click.ClickException("TIEJUN_MODE 不是 demo：演示命令只用于演示，没有做任何事。")
    filled = {"TIEJUN_MODE": "demo", "TIEJUN_DATA_DIR": str(FOLDER.absolute()), **environ}
    filled.setdefault("TIEJUN_BASE_URL", f"http://127.0.0.1:{port}")
    filled.setdefault("TIEJUN_PASSWORD_DAYS", PASSWORD_DAYS)
    for name, key in local_keys(Path(filled["TIEJUN_DATA_DIR"])).items():
        filled.setdefault(f"TIEJUN_{name.upper()}", key)
    return filled


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="删除演示数据，不启动服务")
@click.option("--prepare", is_flag=True, help="只装好演示内容，不启动服务")
@click.pass_context
def demo(context: click.Context, port: int, reset: bool, prepare: bool) -> None:
    """演示：建库、装入演示内容并在 127.0.0.1 启动服务。"""
    if context.invoked_subcommand:
        return
    if reset:
        _reset()
        return
    environ = demo_environment(os.environ, port)
    os.environ.update(environ)
    with opened(Settings.from_env(environ)) as core:
        prepare_demo(core)
        for line in _table(core, port):
            click.echo(line)
    if not prepare:
        run_gunicorn("127.0.0.1", port)


@demo.command("clock")
@click.option("--advance", "hours", type=float, required=True, help="往后拨多少小时，负数往回")
def clock(hours: float) -> None:
    """拨动演示时钟。"""
    with opened(Settings.from_env(demo_environment(os.environ, 8000))) as core:
        is_demo = "TIEJUN_MODE" in os.environ or (core.settings.data_dir / INSTALLED).exists()
        if not isinstance(core.clock, ShiftedClock) or not is_demo:
            raise click.ClickException("只有演示环境可以拨动时钟。")
        core.clock.advance(timedelta(hours=hours))
        click.echo(f"演示时钟现在是 {beijing(core.clock()):%Y-%m-%d %H:%M}（北京时间）。")


def prepare_demo(core: Core) -> None:
    """Bring the schema up to date; lay the content in once. A half-laid demo is laid anew.

    The mark `demo-begun` is written first and `installed` last: between them lies a run that was cut off.
    A database with neither mark belongs to somebody: it is left alone.

    Raises:
        ClickException: if there is a database that no demo made.
    """
    mark = core.settings.data_dir / INSTALLED
    if not mark.exists():
        _refuse_others(core)
        core.settings.data_dir.mkdir(parents=True, exist_ok=True)
        (core.settings.data_dir / BEGUN).write_text("")
        click.echo("正在装入演示内容……", err=True)
        if core.database.is_sqlite:
            core.database.dispose()
            _remove_database(core.settings.data_dir)
        migrate.upgrade(core.database)
        install(core, dict(handlers(core.settings)))
        mark.write_text("")
    else:
        migrate.upgrade(core.database)


def _refuse_others(core: Core) -> None:
    """Leave alone what may be an installation with real people: its mode need not stand in this shell."""
    if (core.settings.data_dir / BEGUN).exists():
        return
    if core.database.is_sqlite and not Path(str(core.database.url.database)).exists():
        return
    if migrate.current(core.database) is not None:
        raise click.ClickException("这里已有一个不是演示的数据库，没有做任何事。请换一个 TIEJUN_DATA_DIR。")


def _remove_database(data_dir: Path) -> None:
    for path in [*data_dir.glob("tiejun.db*"), data_dir / "clock-shift"]:
        path.unlink(missing_ok=True)


def _reset() -> None:
    folder = Path(os.environ.get("TIEJUN_DATA_DIR", FOLDER))
    if folder.is_dir() and not (folder / INSTALLED).exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} 里不是演示数据，没有删除。")
    shutil.rmtree(folder, ignore_errors=True)
    click.echo("演示数据已删除；再运行 tiejun demo 会重新装入。")


def _table(core: Core, port: int) -> Iterator[str]:
    yield ""
    yield f"  铁军演示　　http://127.0.0.1:{port}"
    yield f"  所有演示账号的密码：{PASSWORD}"
    yield ""
    with core.database.reading() as db:
        for account in accounts(db):
            yield f"    {account.login:<18}{ROLE_WORDS[account.role]}　{account.name}"
        officers = db.scalar(select(Account.id).where(Account.login == "demo-officer"))
    if officers is not None:
        yield ""
        yield "  从 demo-officer 开始：今天有一场考试正等着他。按 Ctrl+C 停止，数据会保留。"
    yield ""
