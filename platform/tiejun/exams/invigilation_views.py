"""The invigilator's page."""

from flask import Blueprint

bp = Blueprint("invigilation", __name__)
