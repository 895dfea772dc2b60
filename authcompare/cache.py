"""Files as a cache shared by all worker processes, for a demo without any other server."""

from itertools import count

from django.core.cache.backends.filebased import FileBasedCache

CULL_EVERY = 500  # writes


class FileCache(FileBasedCache):
    """Django's, which lists all its files at every write to see whether they have become too many. With thousands of
    them that takes longer than answering a request; now and then is often enough."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.writes = count(1)

    def _cull(self):
        if next(self.writes) % CULL_EVERY == 0:
            super()._cull()
