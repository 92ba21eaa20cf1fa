"""Commands of the bank."""

import click


@click.group()
def laws() -> None:
    """法规登记。"""


@click.group()
def items() -> None:
    """试题。"""
