"""What settings.py reads from the environment, checked: a wrong value stops the start with one line naming it."""

import os
import secrets
import warnings
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")
SHORTEST_SECRET = 32  # bytes: RFC 7518 section 3.2 asks for a key at least as long as the hash
FEWEST_LETTERS = 5  # different ones, in a secret: what Django asks of SECRET_KEY
LONGEST = 10**9  # seconds, some thirty years: a moment much later than that is beyond the calendar


def wrong(name, why):
    """The one error of this module: the variable's name, then what is wrong with it."""
    return ImproperlyConfigured(f"{name}: {why}")


def text(name, default=""):
    """The variable as text, without the space around it; the default when that leaves nothing."""
    value = os.environ.get(name, "").strip()
    try:
        value.encode()
    except UnicodeEncodeError:
        raise wrong(name, "it is no text in UTF-8") from None
    return value or default


def flag(name, default):
    """A yes or no: 1, true, yes, on or 0, false, no, off."""
    value = text(name).lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise wrong(name, f"'{value}' is neither on (1, true, yes, on) nor off (0, false, no, off)")


def whole(name, default, least=0, most=LONGEST):
    """A whole number from `least` to `most`."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= 10 and least <= int(value) <= most):
        raise wrong(name, f"'{value[:20]}' is not a whole number from {least} to {most}")
    return int(value)


def words(name, default=()):
    """A comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def hosts(name, default):
    """Host names, as they stand in a Host header without its port."""
    for host in words(name):
        if any(c in host for c in "/ ") or (":" in host and not host.startswith("[")):
            raise wrong(name, f"'{host}' is not a host name: leave out https:// and the port")
    return words(name, default)


def origins(name):
    """Origins (RFC 6454): scheme, host, and the port if it is not the usual one."""
    for origin in words(name):
        try:
            scheme, host, *rest = urlsplit(origin)
        except ValueError:
            scheme, host, rest = "", "", []
        if scheme not in {"http", "https"} or not host or any(rest):
            raise wrong(name, f"'{origin}' is not an origin: write for example https://authcompare.example")
    return words(name)


def url(name, default, parse):
    """A DATABASE_URL or CACHE_URL, as django-environ writes them; `parse` is env.db_url_config or the like."""
    value = text(name, default)
    try:
        with warnings.catch_warnings(action="ignore"):  # django-environ's would print the whole URL, password and all
            parsed = parse(value)
        if "ENGINE" in parsed:
            import_module(f"{parsed['ENGINE']}.base")  # is there such a backend, and its driver?
    except (ImproperlyConfigured, ImportError, ValueError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise wrong(name, f"'{value.partition(':')[0][:20]}:...' can not be used ({reason})") from None
    if not (parsed.get("ENGINE") or parsed.get("BACKEND")):
        raise wrong(name, "it names no engine; write for example sqlite:///path or redis://host:6379/0")
    return parsed


def rates(name, defaults):
    """Throttle rates, `scope=number/period` separated by commas; scopes left out keep their default."""
    found = dict(defaults)
    for word in words(name):
        scope, _, rate = word.partition("=")
        number, _, period = rate.partition("/")
        sane = number.isascii() and number.isdigit() and len(number) <= 9 and int(number) > 0
        if scope not in defaults or not sane or period not in {"sec", "min", "hour", "day"}:
            known = ", ".join(defaults)
            raise wrong(name, f"'{word}' is not scope=number/period (scopes: {known}; period: sec, min, hour, day)")
        found[scope] = rate
    return found


def make_folder(path):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} can not be made ({error.strerror})") from None


def kept(path, make):
    """The text in the file at `path`, made once by `make()` and readable by its owner alone."""
    try:
        if not path.is_file():
            put(path, make())
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ImproperlyConfigured(f"{path} can not be read or made ({reason})") from None


def put(path, content):
    """Make the file at `path` in one go, unless another process is faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(content)
    try:
        os.link(draft, path)  # unlike a rename it never replaces what another process made first
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.replace(draft, path)
    draft.unlink(missing_ok=True)


def secret_key(folder, may_generate):
    """SECRET_KEY; in the lab one is made once and kept in `folder`, elsewhere it has to be given."""
    value = text("SECRET_KEY")
    if value:
        if len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_LETTERS:
            raise wrong("SECRET_KEY", f"it is too easily guessed; use at least {SHORTEST_SECRET} random characters")
        return value
    if not may_generate:
        raise wrong("SECRET_KEY", "it is not set. Set it, or start the demo: python3 manage.py demo")
    return kept(folder / "secret_key", lambda: secrets.token_urlsafe(48))


def pem(name):
    """The key in the variable `name`: its text, or the text of the file it is the path of; '' when unset."""
    value = text(name).replace("\\n", "\n")
    if value and "-----BEGIN" not in value:
        try:
            is_file = Path(value).is_file()
        except OSError:
            is_file = False
        if is_file:
            try:
                return Path(value).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise wrong(name, f"the file can not be read ({error})") from None
    return value


MAKERS = {
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}
FITS = {
    "RS256": lambda key: isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)) and key.key_size >= 2048,
    "ES256": lambda key: (
        isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)) and key.curve.name == "secp256r1"
    ),
    "EdDSA": lambda key: isinstance(key, (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey)),
}
KINDS = {"RS256": "an RSA key of at least 2048 bits", "ES256": "a P-256 key", "EdDSA": "an Ed25519 key"}


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key):
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def jwt_keys(folder, may_generate):
    """(algorithm, signing key, verifying key) for SimpleJWT, each key as text.

    HS256 has one key for both, and no verifying key. The others sign with a private PEM and verify with its public
    half, which JWT_VERIFYING_KEY may give and which must then belong to the signing key.
    """
    algorithm = text("JWT_ALGORITHM", "HS256")
    if algorithm not in ALGORITHMS:
        raise wrong("JWT_ALGORITHM", f"'{algorithm}' is none of {', '.join(ALGORITHMS)}")
    signing = pem("JWT_SIGNING_KEY")
    if not signing:
        if not may_generate:
            raise wrong("JWT_SIGNING_KEY", f"it is not set, and {algorithm} needs one outside the lab")
        name = f"jwt_{algorithm.lower()}"
        if algorithm == "HS256":
            signing = kept(folder / name, lambda: secrets.token_urlsafe(48))
        else:
            signing = kept(folder / f"{name}.pem", lambda: private_pem(MAKERS[algorithm]()))
    if algorithm == "HS256":
        if "-----BEGIN" in signing:
            raise wrong("JWT_SIGNING_KEY", "HS256 takes a secret, not a PEM key")
        if signing.startswith(("/", "./", "../", "~")):
            raise wrong("JWT_SIGNING_KEY", "it looks like the path of a file, but there is none")
        if len(signing.encode()) < SHORTEST_SECRET or len(set(signing)) < FEWEST_LETTERS:
            raise wrong("JWT_SIGNING_KEY", f"HS256 needs {SHORTEST_SECRET} random bytes or more (RFC 7518 section 3.2)")
        if pem("JWT_VERIFYING_KEY"):
            raise wrong("JWT_VERIFYING_KEY", "HS256 verifies with JWT_SIGNING_KEY: leave it unset")
        return algorithm, signing, ""
    try:
        private = serialization.load_pem_private_key(signing.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise wrong("JWT_SIGNING_KEY", "it is no unencrypted private key in PEM form, nor the path of one") from None
    if not FITS[algorithm](private):
        raise wrong("JWT_SIGNING_KEY", f"{algorithm} needs {KINDS[algorithm]}")
    verifying = pem("JWT_VERIFYING_KEY")
    if not verifying:
        return algorithm, signing, public_pem(private.public_key())
    try:
        public = serialization.load_pem_public_key(verifying.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise wrong("JWT_VERIFYING_KEY", "it is no public key in PEM form, nor the path of one") from None
    if public_pem(public) != public_pem(private.public_key()):
        raise wrong("JWT_VERIFYING_KEY", "it is not the public half of JWT_SIGNING_KEY")
    return algorithm, signing, verifying
