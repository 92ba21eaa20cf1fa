"""The make-up board and what follows a failed make-up."""

from flask import Blueprint

bp = Blueprint("make_ups", __name__)
