"""All settings, read from the environment once. README.md has the table of variables; a test keeps the two in step."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from authcompare import env as environment
from authcompare.env import env, flag, hosts, origins, rates, text, url, whole

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # whatever the demo makes: database, keys, passwords, cache, logs; never committed

DEBUG = flag("DEBUG", default=False)
LAB = flag("LAB", default=False)  # experiments, sandbox accounts, and every deliberately weak thing
HTTPS = flag("HTTPS", default=False)
SECRET_KEY = environment.secret_key(VAR, may_generate=LAB or DEBUG)
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS", default=["localhost", ".localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS")

# The mechanisms, in the order of pages and of /api/protected/: everything else about them is derived from this list.
MECHANISMS = [
    "sessions_demo.mechanism.Session",
    "cookies_demo.mechanism.Cookie",
    "tokens_demo.mechanism.Token",
]

INSTALLED_APPS = [
    "authcompare",
    "authcompare.accounts",
    "authcompare.note",
    "authcompare.mechanisms",
    "authcompare.experiments",
    "authcompare.comparison",
    "authcompare.learning",
    "authcompare.walkthrough",
    "authcompare.classroom",
    "authcompare.lab",
    *(path.split(".")[0] for path in MECHANISMS),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # whose templates FORM_RENDERER then finds
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "authcompare.classroom.live_updates.middleware",
    "authcompare.api.recording.middleware",
    "authcompare.api.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "authcompare.api.middleware.body_limit",
    "authcompare.api.middleware.only_utf8",
    "sessions_demo.middleware.crosses_sites",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sessions_demo.middleware.idle_timeout",
    "cookies_demo.middleware.preferences",
    "authcompare.api.middleware.friendly_405",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "authcompare.lab.authenticator_order.middleware",
]

ROOT_URLCONF = "authcompare.urls"
WSGI_APPLICATION = "authcompare.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "authcompare.mechanisms.context_processors.site",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data
DATABASES = {"default": url("DATABASE_URL", f"sqlite:///{(VAR / 'db.sqlite3').as_posix()}", env.db_url_config)}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue up instead of failing: a transaction takes the write lock as it begins, and WAL lets readers go on.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
if LAB or str(DATABASES["default"]["NAME"]).startswith(str(VAR)):
    environment.make_folder(VAR)
CACHES = {"default": url("CACHE_URL", f"filecache:///{(VAR / 'cache').as_posix().lstrip('/')}", env.cache_url_config)}
if CACHES["default"]["BACKEND"].split(".")[-2] in {"filebased", "locmem", "db"}:  # the others know their own limits
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 10_000)
if CACHES["default"]["BACKEND"].endswith(".FileBasedCache"):
    CACHES["default"]["BACKEND"] = "authcompare.cache.FileCache"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; a note is a few kilobytes

# Who somebody is
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
if LAB:
    PASSWORD_HASHERS.append("authcompare.accounts.hashers.SandboxHasher")
LOGIN_URL = "admin:login"

# Cookies. Each has a name of its own, since all projects on one host share its cookies; __Host- ties them to it.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}ac_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}ac_csrf"
PREFS_COOKIE_NAME = f"{COOKIE_PREFIX}prefs"
PREFS_SIGNED_COOKIE_NAME = f"{COOKIE_PREFIX}prefs_signed"
ACCESS_COOKIE_NAME = f"{COOKIE_PREFIX}ac_access"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "authcompare.api.exceptions.csrf_failure"
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False

SESSION_ENGINE = "sessions_demo.models"
SESSION_IDLE_LIFETIME = whole("SESSION_IDLE_LIFETIME", 30 * 60, least=1)
SESSION_ABSOLUTE_LIFETIME = whole("SESSION_ABSOLUTE_LIFETIME", 8 * 60 * 60, least=1)
SESSION_COOKIE_AGE = SESSION_IDLE_LIFETIME

JWT_ALGORITHM, JWT_SIGNING_KEY, JWT_VERIFYING_KEY = environment.jwt_keys(VAR, may_generate=LAB or DEBUG)
SIMPLE_JWT = {
    "ALGORITHM": JWT_ALGORITHM,
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "VERIFYING_KEY": JWT_VERIFYING_KEY,
    "ISSUER": text("JWT_ISSUER", "authcompare"),
    "AUDIENCE": text("JWT_AUDIENCE", "authcompare"),
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=whole("JWT_ACCESS_LIFETIME", 5 * 60, least=1)),
    "REFRESH_TOKEN_LIFETIME": timedelta(seconds=whole("JWT_REFRESH_LIFETIME", 24 * 60 * 60, least=1)),
    "USER_ID_CLAIM": "sub",
    "AUTH_TOKEN_CLASSES": ("tokens_demo.tokens.AccessToken",),
    "TOKEN_USER_CLASS": "tokens_demo.tokens.ClaimedUser",
}

CLASSROOM_KEPT = whole("CLASSROOM_KEPT", 24 * 60 * 60, least=60)  # seconds until a class deletes itself
LEARNER_COOKIE_NAME = f"{COOKIE_PREFIX}ac_learner"
VISITOR_COOKIE_NAME = f"{COOKIE_PREFIX}ac_visitor"  # of what a browser observed in experiments

# Transport
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
NUM_PROXIES = whole("NUM_PROXIES", 0)
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a load balancer asks over plain HTTP
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if NUM_PROXIES:  # only behind a proxy of ours is this header not the client's own claim
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "authcompare.mechanisms.renderers.BrowsableRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "authcompare.api.parsers.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "EXCEPTION_HANDLER": "authcompare.api.exceptions.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "authcompare.mechanisms.openapi.DoorSchema",
    "DEFAULT_THROTTLE_RATES": rates(
        "CLASSROOM_RATES", {"login": "10/min", "sandbox": "600/min", "join": "1200/min", "experiment": "6000/min"}
    ),
    "NUM_PROXIES": NUM_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "authcompare",
    "DESCRIPTION": _(
        "The same private note behind several doors. Sign in at one with its `login/`, and read the note.\n\n"
        "* A door whose credential is a **cookie** needs nothing else: your browser keeps it and sends it. Whoever "
        "changes something proves that this site sent the request: `X-CSRFToken` with the value of the CSRF cookie. "
        "This page adds it by itself.\n"
        "* A door whose credential is a **token** answers it at `login/`: paste `access` into *Authorize*.\n\n"
        "Every error has the same shape: `code` for programs, `detail` for people, and `errors` by field where a field "
        "is wrong. Bodies are JSON in UTF-8; those of forms are taken too. No answer that is somebody's own may be "
        "cached."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.1",
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "POSTPROCESSING_HOOKS": ["authcompare.mechanisms.openapi.tags", "authcompare.mechanisms.openapi.once"],
}

# Words, time, files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "authcompare" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served straight from the sources: no collectstatic step to forget
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "authcompare.api.middleware.JsonFormatter"}},
    "handlers": {
        # The demo's terminal is for the newcomer: its requests are written beside the database instead.
        "requests": (
            {"class": "logging.FileHandler", "filename": VAR / "requests.log", "formatter": "json", "delay": True}
            if LAB
            else {"class": "logging.StreamHandler", "formatter": "json"}
        ),
    },
    "loggers": {
        "authcompare": {"handlers": ["requests"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["requests"], "level": "WARNING", "propagate": False},
    },
}
