"""Creating, finding and deleting sandboxes, and the demo's own accounts, which never expire."""

import json
import math
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from authcompare.accounts.models import Sandbox, User
from authcompare.db import delete_in_batches
from authcompare.server.keys import read_or_create

CAST = ("alice", "bob", "mallory")  # the user, another user, the attacker
TEACHER = "teacher"  # may use the admin site; not a sandbox account
DELETED_PER_NEW = 3  # expired sandboxes deleted for each new one: a short wait, and they do not accumulate
LIFETIME = timedelta(hours=12)  # a school day: a class that joins in the morning still has its notes in the evening


def new_password() -> str:
    """Return a password of 72 random bits, which needs no slow hash."""
    return secrets.token_urlsafe(9)


def create_sandbox() -> tuple[Sandbox, list[dict[str, str]]]:
    """Create a sandbox with alice, bob and mallory: (Sandbox, [{"role", "username", "password"}, ...])."""
    while True:
        suffix = secrets.token_hex(3)
        users = [{"role": role, "username": f"{role}-{suffix}", "password": new_password()} for role in CAST]
        try:
            with transaction.atomic():
                sandbox = Sandbox.objects.create(expires_at=timezone.now() + LIFETIME)
                create_users(sandbox, users)
        except IntegrityError:
            continue  # the suffix is taken
        delete_expired(most=DELETED_PER_NEW)
        return sandbox, users


def create_users(sandbox: Sandbox, accounts: list[dict[str, str]]) -> None:
    """Create these accounts in the sandbox. A signal creates their notes (note.signals)."""
    for account in accounts:
        user = User(username=account["username"], sandbox=sandbox)
        user.set_password(account["password"])
        user.save()


def find_sandbox(id: str) -> Sandbox | None:
    """Return the sandbox with this id, or None if it does not exist or has expired."""
    sandbox = Sandbox.objects.filter(pk=id).first()
    return None if sandbox is None or sandbox.is_expired else sandbox


def delete_expired(most: float = math.inf) -> int:
    """Delete up to `most` expired sandboxes and everything of their accounts; return the number of sandboxes."""
    return delete_in_batches(Sandbox.objects.filter(expires_at__lte=timezone.now()), most, size=20)


def seed_cast() -> list[tuple[str, str]]:
    """Create the demo's own accounts once; return [(username, password), ...], the same at every start.

    The passwords are random. A file beside the database, readable by its owner only, stores them.
    """
    path = settings.VAR / "cast.json"
    is_new_file = not path.exists()
    passwords = json.loads(
        read_or_create(path, lambda: json.dumps({name: new_password() for name in (*CAST, TEACHER)}))
    )
    existing = User.objects.filter(username__in=passwords)
    if existing and is_new_file:  # the file was deleted, and the database was not
        for user in existing:
            user.set_password(passwords[user.username])
            user.save(update_fields=["password"])
    elif not existing:
        with transaction.atomic():
            sandbox = Sandbox.objects.create(expires_at=None)
            create_users(sandbox, [{"username": name, "password": passwords[name]} for name in CAST])
            User.objects.create_superuser(TEACHER, password=passwords[TEACHER])
    return list(passwords.items())
