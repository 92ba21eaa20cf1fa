"""Commands of people: the same imports as on the pages."""

import sys
from pathlib import Path

import click

from tiejun.audit import COMMAND_LINE
from tiejun.clock import beijing
from tiejun.commands import AS_JSON, DRY_RUN, need_file, tell
from tiejun.errors import Problem, Rejected
from tiejun.imports import ImportReport
from tiejun.installation import opened
from tiejun.people import workbooks
from tiejun.people.roster import plan_roster, write_roster
from tiejun.people.training import plan_training, write_training

EVERYWHERE = ("/",)
PATH = click.Path(dir_okay=False, path_type=Path)


@click.group()
def people() -> None:
    """人员名册。"""


@people.command("import")
@click.argument("path", type=PATH)
@click.option("--passwords", type=click.Path(path_type=Path), help="把新账号的初始密码写入这个 Excel 文件")
@DRY_RUN
@AS_JSON
def people_import(path: Path, passwords: Path | None, dry_run: bool, as_json: bool) -> None:
    """导入人员名册（.xlsx）；有一行不合格就一个人也不导入。"""
    need_file(path, as_json, dry_run)
    if passwords is not None and passwords.exists():
        raise click.ClickException(f"{passwords} 已经存在，没有覆盖。")
    try:
        with opened() as core:
            now = core.clock()
            with core.database.reading() as db:
                plan = plan_roster(db, path.read_bytes(), EVERYWHERE, core.settings, beijing(now).date())
            if not dry_run and not plan.report.problems:
                with core.database.transaction() as db:
                    made = write_roster(db, plan, core.settings, COMMAND_LINE, now)
                    if passwords is not None:
                        passwords.write_bytes(workbooks.password_list(made))
    except Rejected as refused:
        _end(_refused(refused.problems), as_json, dry_run)
        return
    _end(plan.report, as_json, dry_run)


@click.group()
def training() -> None:
    """培训记录。"""


@training.command("import")
@click.argument("path", type=PATH)
@DRY_RUN
@AS_JSON
def training_import(path: Path, dry_run: bool, as_json: bool) -> None:
    """导入岗位培训结业记录（.xlsx）；有一行不合格就一条也不导入。"""
    need_file(path, as_json, dry_run)
    try:
        with opened() as core:
            now = core.clock()
            with core.database.reading() as db:
                plan = plan_training(db, path.read_bytes(), EVERYWHERE, core.settings, beijing(now).date())
            if not dry_run and not plan.report.problems:
                with core.database.transaction() as db:
                    write_training(db, plan, COMMAND_LINE, now)
    except Rejected as refused:
        _end(_refused(refused.problems), as_json, dry_run)
        return
    _end(plan.report, as_json, dry_run)


def _refused(problems: list[Problem]) -> ImportReport:
    report = ImportReport()
    report.reject(problems)
    return report


def _end(report: ImportReport, as_json: bool, dry_run: bool) -> None:
    """Print the report; rows that were refused end the command with status 1."""
    tell(report, as_json, dry_run)
    if report.problems:
        sys.exit(1)
