"""Pages of blueprints and forms."""

from flask import Blueprint

bp = Blueprint("forms", __name__)
