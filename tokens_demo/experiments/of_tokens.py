"""Which doors have to do with these experiments, and what a client of theirs does beside signing in."""

from authcompare.experiments.base import Experiment


class OfTokens(Experiment):
    """What can be tried wherever the credential is a token."""

    def concerns(self, variant):
        return variant.mechanism.name == "token"


class OfRefreshTokens(OfTokens):
    """What can be tried wherever sign-in brings a refresh token."""

    def concerns(self, variant):
        return super().concerns(variant) and variant.promises.refreshable


def refresh(actors, token):
    with actors.client() as client:
        return client.post("/tokens/api/refresh/", json={"refresh": token})
