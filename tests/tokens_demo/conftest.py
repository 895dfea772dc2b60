"""Alice at the token doors, and the four algorithms."""

from uuid import uuid4

import pytest
from rest_framework_simplejwt.settings import api_settings

from authcompare.server import keys
from tokens_demo import jwks, tokens


@pytest.fixture
def actor(enter):
    """Alice with an access token in the Authorization header."""
    return enter("token", "default")


@pytest.fixture
def use_key(tmp_path, monkeypatch):
    """Makes tokens with another algorithm, or another key of it, from now on: `use_key("RS256")`."""
    with pytest.MonkeyPatch.context() as patch:

        def use(algorithm):
            monkeypatch.setenv("JWT_ALGORITHM", algorithm)
            monkeypatch.delenv("JWT_SIGNING_KEY", raising=False)
            monkeypatch.delenv("JWT_VERIFYING_KEY", raising=False)
            _, signing, verifying = keys.jwt_keys(tmp_path / str(uuid4()), may_generate=True)
            patch.setattr(api_settings, "ALGORITHM", algorithm)
            patch.setattr(api_settings, "SIGNING_KEY", signing)
            patch.setattr(api_settings, "VERIFYING_KEY", verifying)
            forget_keys()

        yield use
    forget_keys()


def forget_keys():
    for kept in (tokens.backend, jwks.public_jwk, jwks.key_id):
        kept.cache_clear()


@pytest.fixture(params=keys.ALGORITHMS)
def algorithm(request, use_key):
    """Every algorithm in turn, with a fresh key."""
    use_key(request.param)
    return request.param
