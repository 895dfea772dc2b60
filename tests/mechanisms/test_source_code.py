"""The source code that pages show."""

import time
from concurrent.futures import ThreadPoolExecutor

from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms import source_code

THREADS = 16  # as in a server process


class Garbage:
    """An object whose collection lets another thread run, as a closing connection does."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        time.sleep(0.001)


def test_many_threads_can_read_the_same_source_code_at_once():
    classes = [type(each) for each in all_experiments()]
    source_code.lines_of.cache_clear()

    def read(cls):
        Garbage()
        return source_code.lines_of(cls)

    with ThreadPoolExecutor(THREADS) as pool:
        sources = list(pool.map(read, classes))
    for cls, (lines, _first) in zip(classes, sources, strict=True):
        assert lines[0].startswith(f"class {cls.__name__}")
