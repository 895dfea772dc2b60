"""Deletion in batches, because one long transaction would block all other writers."""

import math
import time

from django.db.models import QuerySet

BATCH = 500  # rows: a few hundredths of a second
PAUSE = 0.02  # seconds between two batches, for waiting writers


def delete_in_batches(rows: QuerySet, most: float = math.inf, size: int = BATCH) -> int:
    """Delete at most `most` of these rows; return how many, without the rows that were deleted in cascade."""
    count = 0
    while count < most:
        keys = list(rows.values_list("pk", flat=True)[: min(size, most - count)])
        if not keys:
            break
        if count:
            time.sleep(PAUSE)
        rows.filter(pk__in=keys).delete()  # filters again, because a row may have been extended meanwhile
        count += len(keys)
    return count
