"""Tiejun (铁军): training, closed-book examination and certification of enforcement officers."""

__version__ = "0.1.0"
