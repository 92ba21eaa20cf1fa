"""Commands of the bank: laws and items from files."""

import json
import sys
from pathlib import Path

import click

from tiejun.audit import COMMAND_LINE
from tiejun.bank.item_files import FORMATS, read_item_file
from tiejun.bank.laws_service import import_laws, parse_laws, read_law_files
from tiejun.bank.models import ItemPurpose
from tiejun.bank.service import ImportPlan, import_items
from tiejun.errors import DomainError
from tiejun.imports import ImportReport
from tiejun.installation import opened

REFUSED = 1
SOME_LEFT_OUT = 3
PURPOSES = [purpose.value for purpose in ItemPurpose]
PATH = click.Path(exists=True, path_type=Path)


@click.group()
def laws() -> None:
    """法规登记。"""


@laws.command("import")
@click.argument("path", type=PATH)
@click.option("--dry-run", is_flag=True, help="只检查，不写入")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出报告")
def laws_import(path: Path, dry_run: bool, as_json: bool) -> None:
    """导入法规正文：一个文件，或一个文件夹；有一件不合格就都不导入。"""
    files, notes = read_law_files(path)
    bundle = parse_laws(files)
    with opened() as core, core.database.transaction() as db:
        report = import_laws(db, bundle, COMMAND_LINE, core.clock(), dry_run=dry_run)
    report.warnings = notes + report.warnings
    _tell(report, as_json, dry_run)
    if report.problems:
        sys.exit(REFUSED)


@click.group()
def items() -> None:
    """试题。"""


@items.command("import")
@click.argument("path", type=PATH)
@click.option("--format", "kind", type=click.Choice(FORMATS), default="auto", show_default=True)
@click.option("--purpose", type=click.Choice(PURPOSES), default="practice", show_default=True)
@click.option("--unit", help="没有写明单元的行归入哪个大纲单元，如 B1")
@click.option("--skip-faulty", is_flag=True, help="略去有误的行，导入其余（退出码 3）")
@click.option("--dry-run", is_flag=True, help="只检查，不写入")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出报告")
def items_import(  # noqa: PLR0913 - one for each option
    path: Path,
    kind: str,
    purpose: str,
    unit: str | None,
    skip_faulty: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """导入试题：Excel（.xlsx）或 JSON；有一行不合格就都不导入，除非写明 --skip-faulty。"""
    if path.is_dir():
        raise DomainError(f"“{path.name}”是文件夹，请给出一个文件。", code="unreadable_file")
    file = read_item_file(path.read_bytes(), path.name, kind, unit)
    plan = ImportPlan(ItemPurpose(purpose), skip_faulty, dry_run)
    with opened() as core, core.database.transaction() as db:
        report = import_items(db, file, plan, COMMAND_LINE, core.clock())
    _tell(report, as_json, dry_run)
    if report.rejected:
        sys.exit(SOME_LEFT_OUT if skip_faulty else REFUSED)


def _tell(report: ImportReport, as_json: bool, dry_run: bool) -> None:
    """Print the report."""
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        for problem in report.problems:
            click.echo(f"有误　{problem.where}　{problem.field}：{problem.message}", err=True)
        for warning in report.warnings:
            click.echo(f"注意　{warning.where}　{warning.field}：{warning.message}", err=True)
        click.echo(
            f"读取 {report.read}，新增 {report.created}，更新 {report.updated}，"
            f"未变 {report.unchanged}，不合格 {report.rejected}。"
        )
        if not report.is_written:
            click.echo("没有写入任何内容。" if not dry_run else "这是检查，没有写入任何内容。")
