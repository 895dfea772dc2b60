"""Recorded exchanges: a bounded ring in Django's cache, shared by all worker processes and machines."""

import os
import secrets
from itertools import count
from typing import Any

from django.core.cache import cache

RETENTION_SECONDS = 30 * 60
RING_SIZE = 2048  # exchanges per process: a new one takes the oldest one's slot

_slots = count(secrets.randbelow(RING_SIZE))


def save_exchange(exchange: dict[str, Any]) -> str:
    """Store an exchange and return its id: a slot of this process's ring, then 128 random bits."""
    slot = f"{os.getpid() % 16:x}{next(_slots) % RING_SIZE:03x}"
    secret = secrets.token_urlsafe(16)
    cache.set(f"exchange:{slot}", (secret, exchange), RETENTION_SECONDS)
    return f"{slot}{secret}"


def find_exchange(id: str) -> dict[str, Any] | None:
    """Return the exchange with this id, or None if it is unknown, expired or overwritten."""
    stored = cache.get(f"exchange:{id[:4]}") if id.isascii() else None
    return stored[1] if stored and secrets.compare_digest(stored[0], id[4:]) else None
