"""Settings, read from the environment once. A test compares the variables with the table in README.md."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from authcompare.env import at_least, boolean, env, host, origin, rates
from authcompare.server import keys

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # files that the demo creates: database, keys, passwords, cache, logs; never committed

DEBUG = env("DEBUG", cast=boolean, default=False)
LAB = env("LAB", cast=boolean, default=False)  # experiments, sandbox accounts, and every deliberate weakness
HTTPS = env("HTTPS", cast=boolean, default=False)
SECRET_KEY = keys.secret_key(VAR, may_generate=LAB or DEBUG)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", cast=host, default=["localhost", ".localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", cast=origin, default=[])

# The order of pages and of the authenticators at /api/protected/. URLs, pages and tests derive from this list.
MECHANISMS = [
    "sessions_demo.mechanism.SessionMechanism",
    "cookies_demo.mechanism.CookieMechanism",
    "tokens_demo.mechanism.TokenMechanism",
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
    "django.forms",  # FORM_RENDERER looks for its templates
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "authcompare.classroom.live_updates.middleware",
    "authcompare.api.recording.middleware.record_exchange",
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
    "authcompare.lab.middleware_probe.middleware",
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
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{quote((VAR / 'db.sqlite3').as_posix())}")}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so writers queue; WAL lets readers continue meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
if LAB or str(DATABASES["default"]["NAME"]).startswith(str(VAR)):
    keys.ensure_folder(VAR)
CACHES = {
    "default": env.cache_url("CACHE_URL", default=f"filecache:///{quote((VAR / 'cache').as_posix().lstrip('/'))}")
}
if CACHES["default"]["BACKEND"].split(".")[-2] in {"filebased", "locmem", "db"}:  # other caches have their own limit
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 10_000)
if CACHES["default"]["BACKEND"].endswith(".FileBasedCache"):
    CACHES["default"]["BACKEND"] = "authcompare.cache.FileCache"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; a note is a few kilobytes

# Accounts
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

# Cookies. The prefix "ac_" keeps them apart from those of other projects on localhost; "__Host-" needs HTTPS.
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
SESSION_IDLE_LIFETIME = env("SESSION_IDLE_LIFETIME", cast=at_least(1), default=30 * 60)
SESSION_ABSOLUTE_LIFETIME = env("SESSION_ABSOLUTE_LIFETIME", cast=at_least(1), default=8 * 60 * 60)
SESSION_COOKIE_AGE = SESSION_IDLE_LIFETIME

JWT_ALGORITHM, JWT_SIGNING_KEY, JWT_VERIFYING_KEY = keys.jwt_keys(VAR, may_generate=LAB or DEBUG)
SIMPLE_JWT = {
    "ALGORITHM": JWT_ALGORITHM,
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "VERIFYING_KEY": JWT_VERIFYING_KEY,
    "ISSUER": env("JWT_ISSUER", default="authcompare"),
    "AUDIENCE": env("JWT_AUDIENCE", default="authcompare"),
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=env("JWT_ACCESS_LIFETIME", cast=at_least(1), default=5 * 60)),
    "REFRESH_TOKEN_LIFETIME": timedelta(seconds=env("JWT_REFRESH_LIFETIME", cast=at_least(1), default=24 * 60 * 60)),
    "USER_ID_CLAIM": "sub",
    "AUTH_TOKEN_CLASSES": ("tokens_demo.tokens.AccessToken",),
    "TOKEN_USER_CLASS": "tokens_demo.tokens.ClaimedUser",
}

CLASSROOM_KEPT = env("CLASSROOM_KEPT", cast=at_least(60), default=24 * 60 * 60)  # seconds, then a class is deleted
LEARNER_COOKIE_NAME = f"{COOKIE_PREFIX}ac_learner"
VISITOR_COOKIE_NAME = f"{COOKIE_PREFIX}ac_visitor"  # of what a browser observed in experiments

# Transport
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
NUM_PROXIES = env("NUM_PROXIES", cast=at_least(0), default=0)
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # load balancers use plain HTTP
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if NUM_PROXIES:  # without a proxy the client itself could send this header
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
DEFAULT_RATES = {"login": "10/min", "sandbox": "600/min", "join": "1200/min", "experiment": "6000/min"}
THROTTLE_RATES = env(
    "THROTTLE_RATES",
    cast=rates(DEFAULT_RATES),
    default=env("CLASSROOM_RATES", cast=rates(DEFAULT_RATES), default=DEFAULT_RATES),  # the name before 0.2.0
)
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
    "DEFAULT_SCHEMA_CLASS": "authcompare.mechanisms.openapi.EndpointSchema",
    "DEFAULT_THROTTLE_RATES": THROTTLE_RATES,
    "NUM_PROXIES": NUM_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "authcompare",
    "DESCRIPTION": _(
        "One private note behind several doors. Sign in at a door with its `login/`, then read the note.\n\n"
        "* **Cookie** doors: the browser stores the credential and sends it. A request that changes something needs "
        "the header `X-CSRFToken` with the value of the CSRF cookie. This page adds the header.\n"
        "* **Token** doors: `login/` returns the token. Paste `access` into *Authorize*.\n\n"
        "All errors have the same fields: `code` for programs, `detail` for people, and `errors` with one entry per "
        "invalid field. Request bodies are JSON in UTF-8; form data is accepted, too. Personal responses must not be "
        "cached."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.1",
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "POSTPROCESSING_HOOKS": [
        "authcompare.mechanisms.openapi.describe_tags",
        "authcompare.mechanisms.openapi.share_responses",
    ],
}

# Language, time, static files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "authcompare" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the source folders, without collectstatic
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "authcompare.api.middleware.JsonFormatter"}},
    "handlers": {
        # The demo prints its addresses and passwords to the terminal, so the lab logs to a file.
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
