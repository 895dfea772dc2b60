"""Secrets: read from the environment, or generated once into a file that only its owner can read."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.core.exceptions import ImproperlyConfigured

from authcompare.env import env, invalid

MIN_SECRET_BYTES = 32  # RFC 7518 section 3.2: the key is at least as long as the hash
MIN_DISTINCT_CHARACTERS = 5  # as Django's check security.W009 asks of SECRET_KEY


@dataclass(frozen=True)
class KeyType:
    """The key pair that an asymmetric algorithm signs with."""

    description: str
    generate: Callable[[], Any]
    fits: Callable[[Any], bool]  # private or public key


KEY_TYPES = {
    "RS256": KeyType(
        "an RSA key of at least 2048 bits",
        partial(rsa.generate_private_key, public_exponent=65537, key_size=2048),
        lambda key: isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) and key.key_size >= 2048,
    ),
    "ES256": KeyType(
        "a P-256 key",
        partial(ec.generate_private_key, ec.SECP256R1()),
        lambda key: (
            isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1"
        ),
    ),
    "EdDSA": KeyType(
        "an Ed25519 key",
        ed25519.Ed25519PrivateKey.generate,
        lambda key: isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey),
    ),
}
ALGORITHMS = ("HS256", *KEY_TYPES)


def private_pem(key: Any) -> str:
    """Return a private key as unencrypted PKCS #8 in PEM form."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key: Any) -> str:
    """Return a public key in PEM form."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def generate_secret() -> str:
    """Return a random secret of 48 bytes as text."""
    return secrets.token_urlsafe(48)


def generate_key(algorithm: str) -> str:
    """Return a new signing key for this JWT algorithm: a secret, or a private key in PEM form."""
    return private_pem(KEY_TYPES[algorithm].generate()) if algorithm in KEY_TYPES else generate_secret()


def is_weak(secret: str) -> bool:
    """Return True if a secret is too short or too repetitive to be random."""
    return len(secret.encode()) < MIN_SECRET_BYTES or len(set(secret)) < MIN_DISTINCT_CHARACTERS


def ensure_folder(path: Path) -> None:
    """Create the folder unless it exists."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be created ({error.strerror})") from None


def read_or_create(path: Path, create: Callable[[], str]) -> str:
    """Return the text of the file, which `create()` provides the first time. Only its owner can read it."""
    try:
        if not path.is_file():
            _write_once(path, create())
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"{path} cannot be read or created ({reason})") from None


def _write_once(path: Path, content: str) -> None:
    """Write the file atomically, unless another process has created it first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(content)
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces the other process's file
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.replace(draft, path)
    draft.unlink(missing_ok=True)


def secret_key(folder: Path, may_generate: bool) -> str:
    """Return SECRET_KEY. The lab generates one into `folder`; a deployment must set it."""
    value = env("SECRET_KEY")
    if value:
        if is_weak(value):
            raise invalid("SECRET_KEY", f"it is too easy to guess; use at least {MIN_SECRET_BYTES} random characters")
        return value
    if not may_generate:
        raise invalid("SECRET_KEY", "it is not set. Set it, or start the demo: python3 manage.py demo")
    return read_or_create(folder / "secret_key", generate_secret)


def jwt_keys(folder: Path, may_generate: bool) -> tuple[str, str, str]:
    """Return (algorithm, signing key, verifying key) for SimpleJWT, each key as text.

    HS256 signs and verifies with one secret and has no verifying key. The other algorithms sign with a private key
    and verify with its public half. JWT_VERIFYING_KEY may give that half; it must belong to the signing key.
    """
    algorithm = env("JWT_ALGORITHM", default="HS256")
    if algorithm not in ALGORITHMS:
        raise invalid("JWT_ALGORITHM", f"'{algorithm}' is not one of {', '.join(ALGORITHMS)}")
    signing, verifying = _key("JWT_SIGNING_KEY"), _key("JWT_VERIFYING_KEY")
    if not signing:
        if not may_generate:
            raise invalid("JWT_SIGNING_KEY", f"it is not set, and {algorithm} needs one outside the lab")
        suffix = ".pem" if algorithm in KEY_TYPES else ""
        signing = read_or_create(folder / f"jwt_{algorithm.lower()}{suffix}", partial(generate_key, algorithm))
    if algorithm == "HS256":
        _check_shared_secret(signing, verifying)
        return algorithm, signing, ""
    return algorithm, signing, _matching_public_key(algorithm, signing, verifying)


def _key(name: str) -> str:
    """Return the key in a variable, which holds the key itself or the path of its file; "" if unset."""
    value = env(name).replace("\\n", "\n")
    if not os.path.isfile(value):
        return value
    try:
        return Path(value).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise invalid(name, f"the file cannot be read ({error})") from None


def _check_shared_secret(signing: str, verifying: str) -> None:
    if "-----BEGIN" in signing:
        raise invalid("JWT_SIGNING_KEY", "HS256 takes a secret, not a PEM key")
    if signing.startswith(("/", "./", "../", "~")):
        raise invalid("JWT_SIGNING_KEY", "it looks like a path, but no such file exists")
    if is_weak(signing):
        raise invalid("JWT_SIGNING_KEY", f"HS256 needs {MIN_SECRET_BYTES} random bytes or more (RFC 7518 section 3.2)")
    if verifying:
        raise invalid("JWT_VERIFYING_KEY", "HS256 verifies with JWT_SIGNING_KEY: leave it unset")


def _matching_public_key(algorithm: str, signing: str, verifying: str) -> str:
    """Return the public half of the signing key, after checking that both keys fit."""
    try:
        private = serialization.load_pem_private_key(signing.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise invalid("JWT_SIGNING_KEY", "it is not an unencrypted private key in PEM form, nor its path") from None
    if not KEY_TYPES[algorithm].fits(private):
        raise invalid("JWT_SIGNING_KEY", f"{algorithm} needs {KEY_TYPES[algorithm].description}")
    expected = public_pem(private.public_key())
    if not verifying:
        return expected
    try:
        public = serialization.load_pem_public_key(verifying.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise invalid("JWT_VERIFYING_KEY", "it is not a public key in PEM form, nor its path") from None
    if public_pem(public) != expected:
        raise invalid("JWT_VERIFYING_KEY", "it is not the public half of JWT_SIGNING_KEY")
    return verifying
