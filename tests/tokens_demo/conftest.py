"""Fixtures: alice with a token, and the four algorithms."""

from functools import cache
from itertools import count

import pytest
from rest_framework_simplejwt.settings import api_settings

from authcompare.server import keys
from tokens_demo import jwks, tokens


@pytest.fixture
def actor(enter):
    """Return alice with an access token in the Authorization header."""
    return enter("token", "default")


@pytest.fixture(scope="session")
def new_key(tmp_path_factory):
    """Return a function that generates a key, once for each number: RSA keys take time."""

    @cache
    def generate(algorithm, number):
        return keys.jwt_keys(tmp_path_factory.mktemp("keys") / "jwt", may_generate=True)

    return generate


@pytest.fixture
def use_key(new_key, monkeypatch):
    """Return a function that makes the server use another key at each call: `use_key("RS256")`."""
    numbers = count()
    with pytest.MonkeyPatch.context() as patch:

        def use(algorithm):
            monkeypatch.setenv("JWT_ALGORITHM", algorithm)
            monkeypatch.delenv("JWT_SIGNING_KEY", raising=False)
            monkeypatch.delenv("JWT_VERIFYING_KEY", raising=False)
            _, signing, verifying = new_key(algorithm, next(numbers))
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
