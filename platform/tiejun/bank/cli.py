"""Commands of the bank: laws and items from files."""

import sys
from pathlib import Path

import click

from tiejun.audit import COMMAND_LINE
from tiejun.bank.item_files import FORMATS, read_item_file
from tiejun.bank.laws_service import import_laws, parse_laws, read_law_files
from tiejun.bank.models import ItemPurpose
from tiejun.bank.service import ImportPlan, import_items
from tiejun.commands import AS_JSON, DRY_RUN, tell
from tiejun.errors import DomainError, Problem
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
@DRY_RUN
@AS_JSON
def laws_import(path: Path, dry_run: bool, as_json: bool) -> None:
    """导入法规正文：一个文件，或一个文件夹；有一件不合格就都不导入。"""
    files, notes = read_law_files(path)
    if not files:
        notes.append(Problem(path.name, "", "这里没有法规文件（.json），什么也没有导入"))
    bundle = parse_laws(files)
    with opened() as core, core.database.transaction() as db:
        report = import_laws(db, bundle, COMMAND_LINE, core.clock(), dry_run=dry_run)
    report.warnings = notes + report.warnings
    tell(report, as_json, dry_run)
    if report.problems or not files:
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
@DRY_RUN
@AS_JSON
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
    try:
        file = read_item_file(path.read_bytes(), path.name, kind, unit)
    except DomainError as error:
        if not as_json:
            raise
        tell(ImportReport(rejected=1, problems=[Problem(path.name, "", error.message)]), as_json, dry_run)
        sys.exit(REFUSED)
    plan = ImportPlan(ItemPurpose(purpose), skip_faulty, dry_run)
    with opened() as core, core.database.transaction() as db:
        report = import_items(db, file, plan, COMMAND_LINE, core.clock())
    tell(report, as_json, dry_run)
    if report.rejected:
        sys.exit(SOME_LEFT_OUT if skip_faulty else REFUSED)
