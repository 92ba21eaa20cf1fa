"""Commands of the courses."""

import click

from tiejun.audit import COMMAND_LINE
from tiejun.installation import opened
from tiejun.study.library import install_courses


@click.group()
def courses() -> None:
    """课程。"""


@courses.command("install")
def install() -> None:
    """装入随产品提供的课程并发布；已有的不动。"""
    with opened() as core, core.database.transaction() as db:
        made = install_courses(db, core.settings, COMMAND_LINE, core.clock())
    click.echo(f"新装入课程 {len(made)} 门。")
