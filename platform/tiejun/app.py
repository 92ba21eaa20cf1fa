"""`create_app`: the only module that knows every feature."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from flask import Flask

from tiejun.api.file_views import bp as api
from tiejun.bank.blueprint_views import bp as forms
from tiejun.bank.bulk.views import bp as bank_bulk
from tiejun.bank.citing import SOURCES
from tiejun.bank.column_views import bp as bank_columns
from tiejun.bank.edit_views import bp as bank_editor
from tiejun.bank.five_years.views import bp as five_years
from tiejun.bank.import_job_views import bp as bank_import_jobs
from tiejun.bank.import_views import bp as bank_import
from tiejun.bank.item_views import bp as bank
from tiejun.bank.law_import_views import bp as law_import
from tiejun.bank.law_mapping_views import bp as law_mapping
from tiejun.bank.law_reviews.views import bp as law_reviews
from tiejun.bank.law_views import bp as laws
from tiejun.bank.life.views import bp as bank_life
from tiejun.bank.release.views import bp as release
from tiejun.bank.seals.views import bp as seals
from tiejun.cases.cited_in import cases_citing
from tiejun.cases.review_views import bp as cases
from tiejun.certificates.service import issuer_for, receive_result
from tiejun.certificates.views import bp as certificates
from tiejun.clock import Clock
from tiejun.db import Database
from tiejun.demo.views import bp as demo
from tiejun.exams.delivery_views import bp as delivery
from tiejun.exams.follow_up_views import bp as make_ups
from tiejun.exams.invigilation_views import bp as invigilation
from tiejun.exams.late_views import bp as late
from tiejun.exams.marking_views import bp as marking
from tiejun.exams.registration_views import bp as exams
from tiejun.exams.result_service import training_recorded
from tiejun.exams.result_views import bp as results
from tiejun.home.views import bp as home
from tiejun.installation import Core, make_clock
from tiejun.notices.views import bp as notices
from tiejun.notices.views import init_notices
from tiejun.operations.views import bp as operations
from tiejun.outbox import Handler
from tiejun.pages import init_pages
from tiejun.people.import_views import bp as people_import
from tiejun.people.sign_in import init_sign_in
from tiejun.people.sign_in_views import bp as sign_in
from tiejun.people.views import bp as people
from tiejun.practice.views import bp as practice
from tiejun.reports.views import bp as reports
from tiejun.resources import resource_dir
from tiejun.settings import Settings
from tiejun.study.course_views import bp as courses
from tiejun.study.hour_views import bp as hours
from tiejun.study.stream_views import bp as streams
from tiejun.study.views import bp as study
from tiejun.web import init_web
from tiejun.wiring import wire

BLUEPRINTS = (
    home,
    reports,
    sign_in,
    people,
    people_import,
    laws,
    five_years,
    law_reviews,
    bank_life,
    bank_bulk,
    law_import,
    law_mapping,
    bank,
    bank_editor,
    bank_import,
    bank_columns,
    bank_import_jobs,
    forms,
    seals,
    release,
    exams,
    delivery,
    invigilation,
    late,
    marking,
    results,
    make_ups,
    practice,
    cases,
    certificates,
    notices,
    study,
    streams,
    courses,
    hours,
    operations,
    demo,
    api,
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return who takes the outbox's messages in this installation, by topic."""
    return {
        "exam.result": partial(receive_result, issuer=issuer_for(settings)),
        "training.recorded": training_recorded,
    }


def flask_config(settings: Settings) -> dict[str, object]:
    """Return what Flask and its extensions are told in this installation."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "tiejun",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https://"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": settings.max_upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        # A token lives as long as its session: an hour's token would fail at the end of a long exam.
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    }


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Return the application.

    Raises:
        SettingsError: if no settings are given and the environment's can't be used.
    """
    settings = settings or Settings.from_env()
    app = Flask("tiejun", template_folder=str(resource_dir("templates")))
    app.config.update(flask_config(settings))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["tiejun"] = Core(
        settings, clock or make_clock(settings), Database(settings.sqlalchemy_url)
    )
    app.extensions[SOURCES] = (cases_citing,)
    wire()
    init_web(app)
    init_pages(app)
    init_sign_in(app)
    init_notices(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
