"""Pages of signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from tiejun.access import Permission, persona, public, require
from tiejun.audit import record
from tiejun.errors import DomainError
from tiejun.people.sign_in import (
    Caller,
    authenticate,
    change_password,
    end_session,
    load_persona,
    open_session,
)
from tiejun.web import actor, core, notice, now, settings, transaction, translated

bp = Blueprint("sign_in", __name__)


class SignInForm(FlaskForm):
    """Name and password."""

    login = StringField(_l("登录名"), [InputRequired(_l("请填写登录名。")), Length(max=60)])
    password = PasswordField(_l("密码"), [InputRequired(_l("请填写密码。")), Length(max=200)])


class PasswordForm(FlaskForm):
    """A new password, typed twice."""

    old = PasswordField(_l("现在的密码"), [InputRequired(_l("请填写现在的密码。"))])
    new = PasswordField(_l("新密码"), [InputRequired(_l("请填写新密码。"))])
    again = PasswordField(_l("再输一遍新密码"), [EqualTo("new", _l("两次输入的新密码不一致。"))])


def caller() -> Caller:
    """Return from where this request comes."""
    return Caller(request.remote_addr, request.headers.get("User-Agent"))


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the page of signing in, or go on when somebody is signed in already."""
    if current_user.is_authenticated:
        return redirect(url_for("home.today"))
    return render_template("sign_in/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Check name and password, open a session."""
    form = SignInForm()
    if not form.validate():
        return render_template("sign_in/sign_in.html", form=form), 422
    try:
        account_id = authenticate(
            core().database, form.login.data or "", form.password.data or "", now(), settings()
        )
    except DomainError as error:
        page = render_template("sign_in/sign_in.html", form=form, refused=translated(error.message))
        return page, error.status
    _begin(account_id)
    return redirect(_following(), 303)


def _begin(account_id: int) -> None:
    with transaction() as db:
        sid = open_session(db, account_id, "browser", caller(), now())
        db.flush()
        who = load_persona(db, sid, now(), settings())
    login_user(who)


def _following() -> str:
    """Return where the person wanted to go: an address of this site, or the first page."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    local = local and wanted.isprintable()  # a line break in it would be one in the header
    return wanted if local else url_for("home.today")


@bp.post("/sign-out")
@require(Permission.SELF_USE)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    who = persona()
    with transaction() as db:
        end_session(db, who.sid, now())
        record(db, actor(), "sign_out", ("account", who.account_id), now())
    logout_user()
    return redirect(url_for("sign_in.sign_in"), 303)


@bp.route("/password", methods=["GET", "POST"])
@require(Permission.SELF_USE)
def password() -> ResponseReturnValue:
    """Change one's own password; all other sessions of the account end."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("sign_in/password.html", form=form), 422 if form.is_submitted() else 200
    who = persona()
    try:
        with transaction() as db:
            change_password(db, who.account_id, form.old.data or "", form.new.data or "", now())
    except DomainError as error:
        form[error.details["field"]].errors = [translated(error.message)]
        return render_template("sign_in/password.html", form=form), 422
    _begin(who.account_id)
    notice(_("密码已修改，其他设备上的登录已全部退出。"))
    return redirect(url_for("home.today"), 303)
