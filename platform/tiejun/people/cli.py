"""Commands of people."""

import click


@click.group()
def people() -> None:
    """人员名册。"""


@click.group()
def training() -> None:
    """培训记录。"""
