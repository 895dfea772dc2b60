"""Password hashing for sandbox accounts."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class SandboxHasher(PBKDF2PasswordHasher):
    """WEAK on purpose, for sandbox accounts in the lab only: one iteration, so that a class can join in one minute.

    Iterations slow down the guessing of passwords that people choose. A sandbox password is generated (72 bits), lives
    as long as its sandbox and guards nothing of worth. The hardened twin is Django's default, which every other account
    has; models.User sees to it that neither kind of account ever gets the other's hash.
    """

    algorithm = "sandbox_pbkdf2_sha256"
    iterations = 1
