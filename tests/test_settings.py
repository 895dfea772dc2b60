"""What the environment may say: a wrong value stops the start with one line that names the variable."""

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

from authcompare import env
from authcompare.env import ALGORITHMS, jwt_keys, kept, private_pem, public_pem

READ = [
    *("LAB", "DEBUG", "HTTPS", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "CACHE_URL"),
    *("NUM_PROXIES", "CLASSROOM_RATES", "SESSION_IDLE_LIFETIME", "SESSION_ABSOLUTE_LIFETIME", "JWT_ALGORITHM"),
    *(
        "JWT_SIGNING_KEY",
        "JWT_VERIFYING_KEY",
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "JWT_ACCESS_LIFETIME",
        "JWT_REFRESH_LIFETIME",
    ),
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
    """Reads settings.py under these variables and no others; returns what it says."""

    def start(**variables):
        for name in READ:
            monkeypatch.delenv(name, raising=False)
        for name, value in (PRODUCTION | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(settings.BASE_DIR / "authcompare" / "settings.py")

    return start


def manage(*arguments, **variables):
    """Runs manage.py in a process of its own, under these variables and no others of ours."""
    inherited = {name: value for name, value in os.environ.items() if name not in READ and "DJANGO" not in name}
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
    ("CLASSROOM_RATES", "login"),
    ("CLASSROOM_RATES", "login=10"),
    ("CLASSROOM_RATES", "login=ten/min"),
    ("CLASSROOM_RATES", "login=\u00b2/min"),
    ("CLASSROOM_RATES", "login=0/min"),
    ("CLASSROOM_RATES", "login=10/fortnight"),
    ("CLASSROOM_RATES", "logout=10/min"),
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
def test_a_wrong_value_stops_the_start_with_one_line_naming_the_variable(start, name, value):
    with pytest.raises(ImproperlyConfigured) as stopped:
        start(**{name: value})
    line = str(stopped.value)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert SECRET not in line
    assert "password@" not in line


@pytest.mark.parametrize("name", READ)
def test_every_variable_but_the_lists_has_wrong_values(name):
    assert name in {wrong for wrong, _ in WRONG} | {"JWT_AUDIENCE"}  # any text will do for an audience


@pytest.mark.parametrize("name", READ)
def test_a_variable_that_is_set_to_nothing_is_not_set(start, name):
    if name in {"SECRET_KEY", "JWT_SIGNING_KEY"}:
        with pytest.raises(ImproperlyConfigured, match=f"^{name}: it is not set"):
            start(**{name: ""})
    elif name not in {"DATABASE_URL", "CACHE_URL"}:  # theirs would be in var/
        assert start(**{name: ""})["SIMPLE_JWT"]["ISSUER"] == "authcompare"


def test_the_one_line_is_all_that_a_failed_start_says():
    ended = manage("check", **PRODUCTION | {"JWT_ACCESS_LIFETIME": "soon"})
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "JWT_ACCESS_LIFETIME: 'soon'" in ended.stderr


def test_outside_the_lab_no_key_is_made():
    for missing in ("SECRET_KEY", "JWT_SIGNING_KEY"):
        ended = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
        assert ended.returncode == 1
        assert f"{missing}: it is not set" in ended.stderr


def test_djangos_own_check_for_deployment_has_nothing_to_say_about_production():
    ended = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert ended.returncode == 0, ended.stderr
    assert "no issues" in ended.stdout


def test_in_production_every_cookie_is_bound_to_this_host_and_to_https(start):
    said = start()
    names = [value for name, value in said.items() if name.endswith("_COOKIE_NAME")]
    assert len(names) == 6
    assert all(name.startswith(("__Host-ac_", "__Host-prefs")) for name in names)
    assert said["SESSION_COOKIE_SECURE"]
    assert said["CSRF_COOKIE_SECURE"]
    assert said["SECURE_SSL_REDIRECT"]
    assert said["SECURE_HSTS_SECONDS"] > 0


def test_in_production_there_is_no_lab_and_no_weak_hash(start):
    said = start()
    assert (said["LAB"], said["DEBUG"]) == (False, False)
    assert not any("Sandbox" in hasher for hasher in said["PASSWORD_HASHERS"])


VISIT = """
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from authcompare.accounts.models import User
User.objects.create_user("carol", password="carols password")
visitor = Client(headers={"host": "authcompare.example"})
carol = {"username": "carol", "password": "carols password"}
def says(method, address, data=None, **cookies):
    visitor.cookies.load(cookies)
    answer = getattr(visitor, method)(address, data, content_type="application/json", secure=True)
    print(method, address, answer.status_code, answer.get("Exchange-Id", ""), answer["Content-Type"].split(";")[0])
    return answer
says("post", "/cookies/api/login/", carol)
says("get", "/cookies/api/protected/", **{"__Host-prefs": "name%3Dcarol"})
says("post", "/lab/api/sandbox/")
says("post", "/sessions/api/unprotected/login/", carol)
cookie = says("post", "/sessions/api/login/", carol).cookies["__Host-ac_session"]
print(cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"] or "-")
says("get", "/sessions/api/protected/")
"""


def test_a_visitor_of_production_finds_no_weak_door_and_cookies_bound_to_https():
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


def test_a_proxys_word_on_https_is_believed_only_when_there_is_a_proxy(start):
    assert "SECURE_PROXY_SSL_HEADER" not in start()
    assert start(NUM_PROXIES="1")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_what_is_set_is_used(start):
    said = start(
        SESSION_IDLE_LIFETIME="60",
        SESSION_ABSOLUTE_LIFETIME="600",
        JWT_ACCESS_LIFETIME="30",
        JWT_ISSUER="me",
        JWT_AUDIENCE="$you",
        CLASSROOM_RATES="login=3/hour",
        ALLOWED_HOSTS="a.example, .b.example,[::1],my_pc,*",
    )
    assert (said["SESSION_IDLE_LIFETIME"], said["SESSION_ABSOLUTE_LIFETIME"]) == (60, 600)
    assert said["SIMPLE_JWT"]["ACCESS_TOKEN_LIFETIME"].total_seconds() == 30
    assert (said["SIMPLE_JWT"]["ISSUER"], said["SIMPLE_JWT"]["AUDIENCE"]) == ("me", "$you")
    rates = said["REST_FRAMEWORK"]["DEFAULT_THROTTLE_RATES"]
    assert (rates["login"], rates["sandbox"]) == ("3/hour", "600/min")
    assert said["ALLOWED_HOSTS"] == ["a.example", ".b.example", "[::1]", "my_pc", "*"]


def test_a_cache_elsewhere_gets_no_option_that_it_does_not_know(start):
    assert start(CACHE_URL="locmemcache://")["CACHES"]["default"]["OPTIONS"] == {"MAX_ENTRIES": 10_000}
    assert "OPTIONS" not in start(CACHE_URL="redis://cache.example:6379/0")["CACHES"]["default"]


def test_sqlite_queues_its_writers(start):
    options = start(DATABASE_URL="sqlite:///some.sqlite3")["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


@pytest.fixture
def keys(monkeypatch, tmp_path):
    """Reads the JWT variables: keys(algorithm, signing, verifying)."""

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
def test_a_key_may_be_given_as_text_as_one_line_or_as_a_path(keys, tmp_path, algorithm):
    private, public = private_pem(FITTING[algorithm]).strip(), public_pem(FITTING[algorithm].public_key()).strip()
    (tmp_path / "private").write_text(private + "\n")
    (tmp_path / "public").write_text(public + "\n")
    for signing in (private, private.replace("\n", "\\n"), tmp_path / "private"):
        for verifying in (public, public.replace("\n", "\\n"), tmp_path / "public", ""):
            found = keys(algorithm, signing, verifying)
            assert (found[0], found[1].strip(), found[2].strip()) == (algorithm, private, public)


def test_a_secret_may_be_given_as_text_or_as_a_path(keys, tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    assert keys("HS256", SECRET) == keys("HS256", tmp_path / "secret") == ("HS256", SECRET, "")


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_that_does_not_fit_the_algorithm_is_refused(keys, algorithm):
    for key in (RSA1024, RSA2048, P256, P384, ED25519, ED448, DSA):
        if key is not FITTING[algorithm]:
            with wrong("JWT_SIGNING_KEY"):
                keys(algorithm, private_pem(key))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_what_is_no_private_key_is_refused(keys, tmp_path, algorithm):
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
    another = env.MAKERS[algorithm]().public_key()
    for verifying in (public_pem(another), public_pem(P384.public_key()), private_pem(FITTING[algorithm]), "nothing"):
        with wrong("JWT_VERIFYING_KEY"):
            keys(algorithm, private_pem(FITTING[algorithm]), verifying)


def test_a_pem_key_is_no_secret(keys):
    for key in (private_pem(P256), public_pem(RSA2048.public_key())):
        with wrong("JWT_SIGNING_KEY"):
            keys("HS256", key)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_in_the_lab_a_key_is_made_once_and_for_its_owners_eyes_only(keys, tmp_path, algorithm):
    first = keys(algorithm, may_generate=True)
    assert keys(algorithm, may_generate=True) == first
    (file,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == first[1]


def test_outside_the_lab_a_kept_key_is_not_used(keys):
    keys("HS256", may_generate=True)
    with wrong("JWT_SIGNING_KEY"):
        keys("HS256")


def test_of_two_that_make_a_key_at_once_both_get_the_first(tmp_path):
    path = tmp_path / "var" / "key"

    def make():
        assert kept(path, lambda: "the first") == "the first"  # another process, while this one is still making its own
        return "the second"

    assert kept(path, make) == "the first"
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_a_file_that_can_not_be_read_or_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "file", tmp_path / "file" / "key"):
        with pytest.raises(ImproperlyConfigured, match=r"file(/key)? can not be read or made \("):
            kept(path, lambda: "")
