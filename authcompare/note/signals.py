"""The signal receiver that creates the note of a new account."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from authcompare.accounts.models import User
from authcompare.note.models import Note


@receiver(post_save, sender=User)
def create_note(sender: type[User], instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Create the account's note, in the transaction that creates the account (see User.save)."""
    if not created or raw:
        return
    note = Note(owner=instance)
    if instance.sandbox_id:
        note.title = f"The private note of {instance.username}"
    note.save()
