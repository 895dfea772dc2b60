"""Throwaway accounts: made, found, reset, expired. And the demo's own cast, which stays."""

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
TEACHER = "teacher"  # may use the admin site; no sandbox account
FORGOTTEN_PER_NEW = 3  # old sandboxes deleted for each new one: nobody waits long, and they do not pile up
LIFETIME = timedelta(hours=12)  # a school day: a class that joins in the morning still has its notes in the evening


def new_password():
    """72 random bits: what a sandbox account has instead of a slow hash."""
    return secrets.token_urlsafe(9)


def create_sandbox():
    """Fresh alice, bob and mallory: (Sandbox, [{"role", "username", "password"}, ...])."""
    while True:
        suffix = secrets.token_hex(3)
        users = [{"role": role, "username": f"{role}-{suffix}", "password": new_password()} for role in CAST]
        try:
            with transaction.atomic():
                sandbox = Sandbox.objects.create(expires_at=timezone.now() + LIFETIME)
                fill(sandbox, users)
        except IntegrityError:
            continue  # the suffix is taken
        forget_expired(most=FORGOTTEN_PER_NEW)
        return sandbox, users


def fill(sandbox, users):
    """Create these accounts in the sandbox; their notes come with them (note.signals)."""
    for each in users:
        user = User(username=each["username"], sandbox=sandbox)
        user.set_password(each["password"])
        user.save()


def find_sandbox(id):
    """The sandbox with this id, or None when there is none or its time is up."""
    sandbox = Sandbox.objects.filter(pk=id).first()
    return None if sandbox is None or sandbox.expired else sandbox


def forget_expired(most=math.inf):
    """Delete the sandboxes whose time is up, with all that belongs to their accounts; returns how many."""
    return delete_in_batches(Sandbox.objects.filter(expires_at__lte=timezone.now()), most, size=20)


def seed_cast():
    """The demo's own accounts, made once: [(username, password), ...], the same at every start.

    The passwords are generated into a file beside the database, readable by its owner alone.
    """
    path = settings.VAR / "cast.json"
    lost = not path.exists()
    passwords = json.loads(
        read_or_create(path, lambda: json.dumps({name: new_password() for name in (*CAST, TEACHER)}))
    )
    known = User.objects.filter(username__in=passwords)
    if known and lost:  # the file was deleted, and the database was not
        for user in known:
            user.set_password(passwords[user.username])
            user.save(update_fields=["password"])
    elif not known:
        with transaction.atomic():
            sandbox = Sandbox.objects.create(expires_at=None)
            fill(sandbox, [{"username": name, "password": passwords[name]} for name in CAST])
            User.objects.create_superuser(TEACHER, password=passwords[TEACHER])
    return list(passwords.items())
