"""Deployment settings, all from the environment. Rules of law are not settings: see greffe.law.

``greffe demo`` and ``greffe serve`` fill the environment before Django reads this file, so that a
newcomer sets nothing; production sets GREFFE_SECRET_KEY, GREFFE_HOSTS, DATABASE_URL and the
folders.
"""

from pathlib import Path

from environs import Env, validate
from psycopg.conninfo import conninfo_to_dict

env = Env()

DEMO = env.bool("GREFFE_DEMO", False)
"""The demonstration: personas instead of passwords, demonstration keys, banners that say so."""

DEBUG = False

STATE = env.path("GREFFE_STATE", Path.cwd() / ".greffe")
STORE = env.path("GREFFE_STORE", STATE / "store")
KEYS = env.path("GREFFE_KEYS", STATE / "keys")
LAW_OVERLAY = env.path("GREFFE_LAW", None)

BASE = Path(__file__).parent

# A build step (makemigrations --check, collectstatic) needs no secret; `greffe serve` refuses to
# start
# outside the demonstration without one: see greffe.doctor.
SECRET_KEY = env.str("GREFFE_SECRET_KEY", "not-secret-used-only-where-nothing-is-served")
# Former secrets, newest first: what they sealed or signed is still read, and sealed anew when used.
SECRET_KEY_FALLBACKS: list[str] = env.list("GREFFE_FORMER_SECRET_KEYS", [])
ALLOWED_HOSTS = env.list("GREFFE_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("GREFFE_URL", "http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "greffe.accounts.session_list.SessionList",
    "django_htmx",
    "procrastinate.contrib.django",
    "greffe.ledger",
    "greffe.notices",
    "greffe.accounts",
    "greffe.documents",
    "greffe.cases",
    "greffe.invitations",
    "greffe.filings",
    "greffe.web",
]

MIDDLEWARE = [
    "greffe.web.middleware.ResponseHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "greffe.web.session_times.SessionTimes",
    "allauth.account.middleware.AccountMiddleware",
    "greffe.web.middleware.ActorMiddleware",
]

# Where mail is handed over; without a server it waits, or is shown on a page of the demonstration.
SMTP = env.str("GREFFE_SMTP", "")
MAIL_FROM = env.str("GREFFE_MAIL_FROM", "greffe@localhost")
# GC Notify sends text messages, and e-mails where it has a template for them and SMTP is not set.
NOTIFY_URL = env.str("GREFFE_NOTIFY_URL", "https://api.notification.canada.ca")
NOTIFY_KEY = env.str("GREFFE_NOTIFY_KEY", "")
NOTIFY_TEXT_TEMPLATE = env.str("GREFFE_NOTIFY_TEXT_TEMPLATE", "")
NOTIFY_MAIL_TEMPLATE = env.str("GREFFE_NOTIFY_MAIL_TEMPLATE", "")
_PAGE = "page" if DEMO else ""
_NOTIFY_MAIL = "gc-notify" if NOTIFY_KEY and NOTIFY_MAIL_TEMPLATE else _PAGE
NOTICE_CHANNEL = "smtp" if SMTP else _NOTIFY_MAIL
TEXT_CHANNEL = "gc-notify-text" if NOTIFY_KEY and NOTIFY_TEXT_TEMPLATE else _PAGE
# Text messages in a day of UTC: what the provider lets this service send.
TEXT_DAILY_QUOTA = env.int("GREFFE_TEXT_QUOTA", 1000, validate=validate.Range(min=1))

ROOT_URLCONF = "greffe.urls"
WSGI_APPLICATION = "greffe.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "greffe.web.context.registry",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
    {
        "NAME": "tables",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE / "web" / "tables"],
        "OPTIONS": {"environment": "greffe.web.drawn_tables.environment"},
    },
]


def _database(url: str) -> dict[str, object]:
    """Django's settings for a PostgreSQL address, as libpq reads it."""
    parts = conninfo_to_dict(url)
    named = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    settings: dict[str, object] = {
        setting: str(parts.pop(name, "")) for name, setting in named.items()
    }
    return settings | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        # Statements are prepared after three uses: planning was a fifth of a submission. Beside a
        # PgBouncer that pools transactions, its version must be 1.21 or later.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3}
        | {key: str(value) for key, value in parts.items()}
        | _pool(),
    }


def _pool() -> dict[str, object]:
    """A pool of connections for a server of many threads; one connection a thread elsewhere."""
    largest = env.int("GREFFE_DB_POOL", 0)
    return {"pool": {"min_size": 2, "max_size": largest, "timeout": 20}} if largest else {}


# The embedded database gives its address to `greffe`, which puts it here; DATABASE_URL replaces it.
DATABASES = {"default": _database(env.str("DATABASE_URL", "postgresql:///greffe"))}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["greffe.accounts.viewers.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "greffe.accounts.passwords.ContextWordsValidator"},
    {"NAME": "greffe.accounts.passwords.CommonWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 30 * 60
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "greffe.web.signin.Landing"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Sign-in partners: a file, see greffe.accounts.partners. Read where it is wanted, so that `greffe
# doctor` can say what is wrong with it.
SIGN_IN_PARTNERS = env.path("GREFFE_SIGN_IN_PARTNERS", None)
SOCIALACCOUNT_ADAPTER = "greffe.accounts.partners.adapter.PartnerAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "greffe.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Off: these counts live in the memory of one process, and would lock an account's owner out too.
# greffe.accounts.limits counts sign-ins instead, in PostgreSQL.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "portal:my-cases"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Toronto"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

SESSION_ENGINE = "greffe.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "greffe-session"
# A session ends after a working day, and after half an hour without use: the most that NIST SP
# 800-63B (4.2.3, AAL2) lets pass without either. Each is counted from what the session holds.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_IDLE_AGE = 30 * 60
SESSION_WARNED = 5 * 60  # before either end
PARTNER_COOKIE_NAME = "__Host-partner" if HTTPS else "greffe-partner"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known" if HTTPS else "greffe-known"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "greffe-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "greffe.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
if env.bool("GREFFE_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# How many proxies stand in front, each of which adds to X-Forwarded-For whom it heard from. Not
# taken from GREFFE_BEHIND_PROXY: a proxy that sets the one header and passes the other on as it
# came would let anyone write it.
TRUSTED_PROXIES = env.int("GREFFE_TRUSTED_PROXIES", 0, validate=validate.Range(min=0))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
X_FRAME_OPTIONS = "DENY"

# A part of a form larger than this goes to a file; documents never do: see documents.intake.
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "greffe.logs.PlainFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "greffe": {"level": "INFO"},
        # It logs what the service answered, and that may repeat a telephone number.
        "notifications_python_client": {"level": "CRITICAL"},
        # Addresses that people typed, and errors that greffe.web.errors has told already.
        "django.request": {"level": "CRITICAL"},
    },
}
