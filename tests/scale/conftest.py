"""The laid demo is that of the journeys."""

from tests.journeys.conftest import laid_demo

__all__ = ["laid_demo"]
