"""Commands of the cases."""

import click

from tiejun.audit import COMMAND_LINE
from tiejun.cases.library import install_cases
from tiejun.installation import opened


@click.group()
def cases() -> None:
    """教学案例。"""


@cases.command("install")
def install() -> None:
    """装入随产品提供的案例；已有的不动。"""
    with opened() as core, core.database.transaction() as db:
        number = install_cases(db, core.settings, COMMAND_LINE, core.clock())
    click.echo(f"新装入案例 {number} 个。")
