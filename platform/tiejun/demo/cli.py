"""The `tiejun demo` command."""

import click


@click.group(invoke_without_command=True)
def demo() -> None:
    """演示：建库、装入演示内容并启动服务。"""
