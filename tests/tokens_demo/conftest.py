"""Fixtures: alice with a token, and the four algorithms."""

from uuid import uuid4

import pytest
from rest_framework_simplejwt.settings import api_settings

from authcompare.server import keys
from tokens_demo import jwks, tokens


@pytest.fixture
def actor(enter):
    """Return alice with an access token in the Authorization header."""
    return enter("token", "default")


@pytest.fixture
def use_key(tmp_path, monkeypatch):
    """Return a function that makes the server use a new key: `use_key("RS256")`."""
    with pytest.MonkeyPatch.context() as patch:

        def use(algorithm):
            monkeypatch.setenv("JWT_ALGORITHM", algorithm)
            monkeypatch.delenv("JWT_SIGNING_KEY", raising=False)
            monkeypatch.delenv("JWT_VERIFYING_KEY", raising=False)
            _, signing, verifying = keys.jwt_keys(tmp_path / str(uuid4()), may_generate=True)
            patch.setattr(api_settings, "ALGORITHM", algorithm)
            patch.setattr(api_settings, "SIGNING_KEY", signing)
            patch.setattr(api_settings, "VERIFYING_KEY", verifying)
            clear_key_caches()

        yield use
    clear_key_caches()


def clear_key_caches():
    for cached in (tokens.backend, jwks.public_jwk, jwks.key_id):
        cached.cache_clear()


@pytest.fixture(params=keys.ALGORITHMS)
def algorithm(request, use_key):
    """Run the test with every algorithm, each with a new key."""
    use_key(request.param)
    return request.param
