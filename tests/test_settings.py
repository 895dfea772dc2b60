"""Environment variables: a wrong value stops the start with one line that names the variable."""

import os
import runpy
import stat
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from authcompare.server.keys import ALGORITHMS, KEY_TYPES, jwt_keys, private_pem, public_pem, read_or_create

VARIABLES = [
    *("LAB", "DEBUG", "HTTPS", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "CACHE_URL"),
    *("NUM_PROXIES", "THROTTLE_RATES", "CLASSROOM_RATES", "CLASSROOM_KEPT"),
    *("SESSION_IDLE_LIFETIME", "SESSION_ABSOLUTE_LIFETIME"),
    *("JWT_ALGORITHM", "JWT_SIGNING_KEY", "JWT_VERIFYING_KEY", "JWT_ISSUER", "JWT_AUDIENCE"),
    *("JWT_ACCESS_LIFETIME", "JWT_REFRESH_LIFETIME"),
]
SECRET = get_random_secret_key()
PRODUCTION = {
    "SECRET_KEY": SECRET,
    "JWT_SIGNING_KEY": get_random_secret_key(),
    "HTTPS": "1",
    "ALLOWED_HOSTS": "authcompare.example",
    "CSRF_TRUSTED_ORIGINS": "https://authcompare.example",
    "DATABASE_URL": "sqlite://:memory:",
    "CACHE_URL": "locmemcache://",
}


@pytest.fixture
def start(monkeypatch):
    """Return a function that reads settings.py with the production variables, as changed by its arguments."""

    def start(**variables):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in (PRODUCTION | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(settings.BASE_DIR / "authcompare" / "settings.py")

    return start


def manage(*arguments, **variables):
    """Run manage.py in a subprocess with these variables of the project and no others."""
    inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES and "DJANGO" not in name}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=inherited | variables,
        capture_output=True,
        text=True,
    )


WRONG = [
    ("LAB", "maybe"),
    ("DEBUG", "2"),
    ("HTTPS", "https"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "a" * 64),
    ("SECRET_KEY", "\udcff" * 40),
    ("ALLOWED_HOSTS", "https://authcompare.example"),
    ("ALLOWED_HOSTS", "authcompare.example, localhost:8000"),
    ("CSRF_TRUSTED_ORIGINS", "authcompare.example"),
    ("CSRF_TRUSTED_ORIGINS", "https://authcompare.example/"),
    ("CSRF_TRUSTED_ORIGINS", "https://"),
    ("CSRF_TRUSTED_ORIGINS", "ftp://authcompare.example"),
    ("CSRF_TRUSTED_ORIGINS", "https://["),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "foo://bar"),
    ("DATABASE_URL", "http://authcompare.example"),
    ("DATABASE_URL", "postgres://user:password@host:port/name"),
    ("CACHE_URL", "nonsense"),
    ("CACHE_URL", "foo://bar"),
    ("NUM_PROXIES", "one"),
    ("NUM_PROXIES", "-1"),
    ("NUM_PROXIES", "1.0"),
    ("NUM_PROXIES", "\u0661"),
    ("THROTTLE_RATES", "login"),
    ("THROTTLE_RATES", "login=10"),
    ("THROTTLE_RATES", "login=ten/min"),
    ("THROTTLE_RATES", "login=\u00b2/min"),
    ("THROTTLE_RATES", "login=0/min"),
    ("THROTTLE_RATES", "login=10/fortnight"),
    ("THROTTLE_RATES", "logout=10/min"),
    ("CLASSROOM_RATES", "login=10/fortnight"),
    ("CLASSROOM_KEPT", "59"),
    ("SESSION_IDLE_LIFETIME", "0"),
    ("SESSION_IDLE_LIFETIME", "half an hour"),
    ("SESSION_IDLE_LIFETIME", "9" * 5000),
    ("SESSION_ABSOLUTE_LIFETIME", "-1"),
    ("JWT_ACCESS_LIFETIME", "0"),
    ("JWT_ACCESS_LIFETIME", "99999999999"),
    ("JWT_REFRESH_LIFETIME", "1e3"),
    ("JWT_ISSUER", "\udcff"),
    ("JWT_ALGORITHM", "none"),
    ("JWT_ALGORITHM", "hs256"),
    ("JWT_ALGORITHM", "HS512"),
    ("JWT_SIGNING_KEY", "short"),
    ("JWT_SIGNING_KEY", "a" * 64),
    ("JWT_SIGNING_KEY", "/run/secrets/a/file/that/is/not/there"),
    ("JWT_SIGNING_KEY", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
    ("JWT_VERIFYING_KEY", "HS256 has none"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda value: ascii(value)[:40])
def test_a_wrong_value_stops_the_start_with_one_line_that_names_the_variable(start, name, value):
    with pytest.raises(ImproperlyConfigured) as stopped:
        start(**{name: value})
    line = str(stopped.value)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert SECRET not in line
    assert "password@" not in line


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_has_a_wrong_value_in_this_list(name):
    assert name in {wrong for wrong, _ in WRONG} | {"JWT_AUDIENCE"}  # an audience may be any text


@pytest.mark.parametrize("name", VARIABLES)
def test_a_blank_variable_counts_as_unset(start, name):
    if name in {"SECRET_KEY", "JWT_SIGNING_KEY"}:
        with pytest.raises(ImproperlyConfigured, match=f"^{name}: it is not set"):
            start(**{name: ""})
    elif name not in {"DATABASE_URL", "CACHE_URL"}:  # their defaults are files in var/
        assert start(**{name: ""})["SIMPLE_JWT"]["ISSUER"] == "authcompare"


def test_a_failed_start_prints_nothing_but_that_line():
    ended = manage("check", **PRODUCTION | {"JWT_ACCESS_LIFETIME": "soon"})
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "JWT_ACCESS_LIFETIME: 'soon'" in ended.stderr


def test_outside_the_lab_no_key_is_generated():
    for missing in ("SECRET_KEY", "JWT_SIGNING_KEY"):
        ended = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
        assert ended.returncode == 1
        assert f"{missing}: it is not set" in ended.stderr


def test_djangos_deployment_check_finds_no_issue_in_production():
    ended = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert ended.returncode == 0, ended.stderr
    assert "no issues" in ended.stdout


def test_in_production_every_cookie_is_bound_to_the_host_and_to_https(start):
    values = start()
    names = [value for name, value in values.items() if name.endswith("_COOKIE_NAME")]
    assert len(names) == 7
    assert all(name.startswith(("__Host-ac_", "__Host-prefs")) for name in names)
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
    assert values["SECURE_SSL_REDIRECT"]
    assert values["SECURE_HSTS_SECONDS"] > 0


def test_production_has_no_lab_and_no_weak_password_hasher(start):
    values = start()
    assert (values["LAB"], values["DEBUG"]) == (False, False)
    assert not any("Sandbox" in hasher for hasher in values["PASSWORD_HASHERS"])


VISIT = """
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from authcompare.accounts.models import User
User.objects.create_user("carol", password="carols password")
visitor = Client(headers={"host": "authcompare.example"})
carol = {"username": "carol", "password": "carols password"}
def request(method, address, data=None, **cookies):
    visitor.cookies.load(cookies)
    response = getattr(visitor, method)(address, data, content_type="application/json", secure=True)
    kind = response["Content-Type"].split(";")[0]
    print(method, address, response.status_code, response.get("Exchange-Id", ""), kind)
    return response
request("post", "/cookies/api/login/", carol)
request("get", "/cookies/api/protected/", **{"__Host-prefs": "name%3Dcarol"})
request("post", "/lab/api/sandbox/")
request("post", "/sessions/api/unprotected/login/", carol)
cookie = request("post", "/sessions/api/login/", carol).cookies["__Host-ac_session"]
print(cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"] or "-")
request("get", "/sessions/api/protected/")
"""


def test_a_visitor_of_production_finds_no_weak_variant_and_gets_secure_cookies():
    ended = manage("shell", "-v0", "-c", VISIT, **PRODUCTION)
    assert ended.stdout.splitlines() == [
        "post /cookies/api/login/ 403  application/json",
        "get /cookies/api/protected/ 401  application/json",
        "post /lab/api/sandbox/ 404  application/json",
        "post /sessions/api/unprotected/login/ 404  application/json",
        "post /sessions/api/login/ 200  application/json",
        "True True Lax / -",
        "get /sessions/api/protected/ 200  application/json",
    ], ended.stderr


def test_the_header_of_a_proxy_counts_only_if_a_proxy_is_configured(start):
    assert "SECURE_PROXY_SSL_HEADER" not in start()
    assert start(NUM_PROXIES="1")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_settings_use_the_variables(start):
    values = start(
        SESSION_IDLE_LIFETIME="60",
        SESSION_ABSOLUTE_LIFETIME="600",
        JWT_ACCESS_LIFETIME="30",
        JWT_ISSUER="me",
        JWT_AUDIENCE="$you",
        THROTTLE_RATES="login=3/hour",
        ALLOWED_HOSTS="a.example, .b.example,[::1],my_pc,*",
    )
    assert (values["SESSION_IDLE_LIFETIME"], values["SESSION_ABSOLUTE_LIFETIME"]) == (60, 600)
    assert values["SIMPLE_JWT"]["ACCESS_TOKEN_LIFETIME"].total_seconds() == 30
    assert (values["SIMPLE_JWT"]["ISSUER"], values["SIMPLE_JWT"]["AUDIENCE"]) == ("me", "$you")
    rates = values["REST_FRAMEWORK"]["DEFAULT_THROTTLE_RATES"]
    assert (rates["login"], rates["sandbox"]) == ("3/hour", "600/min")
    assert values["ALLOWED_HOSTS"] == ["a.example", ".b.example", "[::1]", "my_pc", "*"]


def test_the_former_name_of_the_throttle_rates_still_works_and_the_new_name_wins(start):
    def login_rate(**variables):
        return start(**variables)["REST_FRAMEWORK"]["DEFAULT_THROTTLE_RATES"]["login"]

    assert login_rate(CLASSROOM_RATES="login=3/hour") == "3/hour"
    assert login_rate(CLASSROOM_RATES="login=3/hour", THROTTLE_RATES="login=4/hour") == "4/hour"


def test_paths_in_urls_may_be_percent_encoded(start):
    values = start(DATABASE_URL="sqlite:////tmp/a%20%23b/db", CACHE_URL="filecache:///tmp/a%20%23b/cache")
    assert values["DATABASES"]["default"]["NAME"] == "/tmp/a #b/db"
    assert values["CACHES"]["default"]["LOCATION"] == "/tmp/a #b/cache"


def test_a_cache_on_a_server_gets_no_unknown_option(start):
    assert start(CACHE_URL="locmemcache://")["CACHES"]["default"]["OPTIONS"] == {"MAX_ENTRIES": 10_000}
    assert "OPTIONS" not in start(CACHE_URL="redis://cache.example:6379/0")["CACHES"]["default"]


def test_sqlite_queues_writers(start):
    options = start(DATABASE_URL="sqlite:///some.sqlite3")["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


@pytest.fixture
def keys(monkeypatch, tmp_path):
    """Return a function that reads the JWT keys with these variables."""

    def keys(algorithm, signing="", verifying="", may_generate=False):
        monkeypatch.setenv("JWT_ALGORITHM", algorithm)
        monkeypatch.setenv("JWT_SIGNING_KEY", str(signing))
        monkeypatch.setenv("JWT_VERIFYING_KEY", str(verifying))
        return jwt_keys(tmp_path / "var", may_generate)

    return keys


def wrong(name):
    return pytest.raises(ImproperlyConfigured, match=f"^{name}: ")


ASYMMETRIC = [name for name in ALGORITHMS if name != "HS256"]
P384, P256 = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
ED25519, ED448 = ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate()
RSA2048 = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA1024 = rsa.generate_private_key(public_exponent=65537, key_size=1024)
DSA = dsa.generate_private_key(2048)
FITTING = {"RS256": RSA2048, "ES256": P256, "EdDSA": ED25519}


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_may_be_text_one_line_or_a_path(keys, tmp_path, algorithm):
    private, public = private_pem(FITTING[algorithm]).strip(), public_pem(FITTING[algorithm].public_key()).strip()
    (tmp_path / "private").write_text(private + "\n")
    (tmp_path / "public").write_text(public + "\n")
    for signing in (private, private.replace("\n", "\\n"), tmp_path / "private"):
        for verifying in (public, public.replace("\n", "\\n"), tmp_path / "public", ""):
            result = keys(algorithm, signing, verifying)
            assert (result[0], result[1].strip(), result[2].strip()) == (algorithm, private, public)


def test_a_secret_may_be_text_or_a_path(keys, tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    assert keys("HS256", SECRET) == keys("HS256", tmp_path / "secret") == ("HS256", SECRET, "")


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_that_does_not_fit_the_algorithm_is_refused(keys, algorithm):
    for key in (RSA1024, RSA2048, P256, P384, ED25519, ED448, DSA):
        if key is not FITTING[algorithm]:
            with wrong("JWT_SIGNING_KEY"):
                keys(algorithm, private_pem(key))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_signing_key_that_is_not_a_private_key_is_refused(keys, tmp_path, algorithm):
    key = FITTING[algorithm]
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")).decode()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for signing in (
        SECRET,
        public_pem(key.public_key()),
        locked,
        tmp_path,
        tmp_path / "nothing",
        tmp_path / "binary",
        "x" * 9999,
    ):
        with wrong("JWT_SIGNING_KEY"):
            keys(algorithm, signing)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_public_key_of_another_pair_is_refused(keys, algorithm):
    another = KEY_TYPES[algorithm].generate().public_key()
    for verifying in (public_pem(another), public_pem(P384.public_key()), private_pem(FITTING[algorithm]), "nothing"):
        with wrong("JWT_VERIFYING_KEY"):
            keys(algorithm, private_pem(FITTING[algorithm]), verifying)


def test_a_pem_key_is_not_a_secret(keys):
    for key in (private_pem(P256), public_pem(RSA2048.public_key())):
        with wrong("JWT_SIGNING_KEY"):
            keys("HS256", key)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_lab_generates_a_key_once_and_only_its_owner_can_read_it(keys, tmp_path, algorithm):
    first = keys(algorithm, may_generate=True)
    assert keys(algorithm, may_generate=True) == first
    (file,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == first[1]


def test_outside_the_lab_a_generated_key_is_not_used(keys):
    keys("HS256", may_generate=True)
    with wrong("JWT_SIGNING_KEY"):
        keys("HS256")


def test_two_processes_that_generate_a_key_at_once_get_the_same(tmp_path):
    path = tmp_path / "var" / "key"

    def create():
        assert read_or_create(path, lambda: "the first") == "the first"  # another process is faster
        return "the second"

    assert read_or_create(path, create) == "the first"
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_a_file_that_cannot_be_read_or_created_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "file", tmp_path / "file" / "key"):
        with pytest.raises(ImproperlyConfigured, match=r"file(/key)? cannot be read or created \("):
            read_or_create(path, lambda: "")
