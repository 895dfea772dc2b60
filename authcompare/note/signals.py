"""Every account has exactly one note from the moment it exists."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from authcompare.accounts.models import User
from authcompare.note.models import Note


@receiver(post_save, sender=User)
def create_note(sender, instance, created, raw=False, **kwargs):
    """Create the account's note in the transaction that creates the account (see User.save)."""
    if not created or raw:
        return
    note = Note(owner=instance)
    if instance.sandbox_id:
        note.title = f"The private note of {instance.username}"
    note.save()
