"""Pages of the law register."""

from flask import Blueprint

bp = Blueprint("laws", __name__)
