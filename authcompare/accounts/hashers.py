"""Password hashing for sandbox accounts."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class SandboxHasher(PBKDF2PasswordHasher):
    """WEAK on purpose, for sandbox accounts in the lab only: one iteration, so that a class can join in one minute.

    Iterations slow down the guessing of passwords that people choose. A sandbox password is random (72 bits), expires
    with its sandbox and protects nothing of value. Hardened: Django's default hasher, for every other account.
    models.User gives each account the hasher of its kind.
    """

    algorithm = "sandbox_pbkdf2_sha256"
    iterations = 1
