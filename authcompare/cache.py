"""A cache in files, which all worker processes share without another server."""

from itertools import count
from typing import Any

from django.core.cache.backends.filebased import FileBasedCache

CULL_INTERVAL = 500  # writes


class FileCache(FileBasedCache):
    """Django's file cache, with a limit that is checked from time to time.

    Django lists all files at every write. With thousands of files that takes longer than answering the request.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.writes = count(1)

    def _cull(self) -> None:
        if next(self.writes) % CULL_INTERVAL == 0:
            super()._cull()
