"""The candidate's pages."""

from flask import Blueprint

bp = Blueprint("delivery", __name__)
