"""Pages of exams and sittings for administrators."""

from flask import Blueprint

bp = Blueprint("exams", __name__)
