"""Deleting many rows a few at a time: one long transaction would keep everybody else from writing."""

import math
import time

BATCH = 500  # rows: some hundredths of a second of writing
PAUSE = 0.02  # seconds between two batches, in which those who wait get their turn


def delete_in_batches(rows, most=math.inf, size=BATCH):
    """Delete these rows (a queryset), `most` of them or all; returns how many, not counting what hung on them."""
    count = 0
    while count < most:
        keys = list(rows.values_list("pk", flat=True)[: min(size, most - count)])
        if not keys:
            break
        if count:
            time.sleep(PAUSE)
        rows.filter(pk__in=keys).delete()  # under all its conditions: a session may have been extended meanwhile
        count += len(keys)
    return count
