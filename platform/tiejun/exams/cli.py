"""Commands of the exams."""

import click

from tiejun.exams.service import close_expired as end_expired
from tiejun.installation import opened


@click.group()
def exams() -> None:
    """考试。"""


@exams.command("close-expired")
def close_expired() -> None:
    """结束已到时间的应试，结束时刻记为各自的截止时刻；可随时重复运行。"""
    with opened() as core, core.database.transaction() as db:
        ended = end_expired(db, core.clock())
    click.echo(f"结束 {ended} 次应试")
