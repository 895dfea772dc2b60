"""Requests to the inspector, and keys for it."""

import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from authcompare.api.http_client import Client
from tokens_demo.inspector import verify

SECRET = "a secret of the right length: 32 bytes and some"
PRIVATE_KEYS = {
    "RS256": lambda rsa_key: rsa_key,
    "PS384": lambda rsa_key: rsa_key,
    "ES256": lambda rsa_key: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda rsa_key: ec.generate_private_key(ec.SECP384R1()),
    "ES512": lambda rsa_key: ec.generate_private_key(ec.SECP521R1()),
    "ES256K": lambda rsa_key: ec.generate_private_key(ec.SECP256K1()),
    "EdDSA": lambda rsa_key: ed25519.Ed25519PrivateKey.generate(),
}


def post(endpoint, **data):
    """Send a POST request to one of the token endpoints."""
    return Client().post(f"/tokens/api/{endpoint}/", json=data)


def inspect(token, key=SECRET, **options):
    """Return the JSON of an inspection."""
    response = post("inspect", token=token, key=key, **options)
    assert response.status_code == 200, response.text
    return response.json()


def signed(payload, key=SECRET, header=None):
    """Return a token with exactly these texts, or these objects as JSON."""
    texts = [part if isinstance(part, str) else json.dumps(part) for part in (header or {"alg": "HS256"}, payload)]
    return verify.sign(*texts, key)


def private_pem(key):
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def public_pem(key):
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()
