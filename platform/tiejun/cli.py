"""The `tiejun` command. Each feature adds its own commands; this module only gathers them."""

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from tiejun.bank.cli import items, laws
from tiejun.cases.cli import cases
from tiejun.demo.cli import demo
from tiejun.errors import DomainError, SettingsError
from tiejun.exams.cli import exams
from tiejun.notices.cli import notices
from tiejun.operations.cli import backup, db, doctor, outbox, restore, serve
from tiejun.people.cli import people, training
from tiejun.study.cli import courses
from tiejun.wiring import wire


@click.group()
@click.version_option(package_name="tiejun")
def commands() -> None:
    """铁军：生态环境执法人员培训、考试与发证平台。"""
    wire()


_ROOMS = (people, training, laws, items, cases, courses, exams, notices)
for _command in (serve, demo, db, *_ROOMS, outbox, backup, restore, doctor):
    commands.add_command(_command)


def main() -> None:
    """Run the command line; a known fault ends with its sentence and status 1."""
    try:
        commands()
    except SettingsError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(2)
    except DomainError as error:
        click.echo(error.message, err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        click.echo(f"数据库不可用：{getattr(error, 'orig', None) or error}", err=True)
        click.echo("请检查 TIEJUN_DATABASE_URL，并运行 tiejun db upgrade 和 tiejun doctor。", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename or '文件系统'}：{error.strerror or error}", err=True)
        sys.exit(1)
