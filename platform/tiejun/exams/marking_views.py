"""The marker's pages."""

from flask import Blueprint

bp = Blueprint("marking", __name__)
