"""Base classes of the token experiments, and a client's refresh request."""

from authcompare.experiments.base import Experiment


class TokenExperiment(Experiment):
    """An experiment at every variant whose credential is a token."""

    def concerns(self, variant):
        return variant.mechanism.name == "token"


class RefreshTokenExperiment(TokenExperiment):
    """An experiment at every variant whose sign-in returns a refresh token."""

    def concerns(self, variant):
        return super().concerns(variant) and variant.promises.refreshable


def refresh(actors, token):
    with actors.client() as client:
        return client.post("/tokens/api/refresh/", json={"refresh": token})
