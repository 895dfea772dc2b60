"""The base classes of these experiments, and the refresh request of a client."""

from typing import Any

import httpx

from authcompare.experiments.base import Experiment


class TokenExperiment(Experiment):
    """An experiment with every variant whose credential is a token."""

    def concerns(self, variant):
        return variant.mechanism.name == "token"


class RefreshTokenExperiment(TokenExperiment):
    """An experiment with every variant whose sign-in also returns a refresh token."""

    def concerns(self, variant):
        return super().concerns(variant) and variant.promises.refreshable


def refresh(actors: Any, token: str) -> httpx.Response:
    """Exchange a refresh token at the refresh endpoint."""
    with actors.client() as client:
        return client.post("/tokens/api/refresh/", json={"refresh": token})
