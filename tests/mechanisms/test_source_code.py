"""The source that pages show, read while many ask for it."""

import time
from concurrent.futures import ThreadPoolExecutor

from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms import source_code

CLASS = 16  # threads, as a server process has them


class Litter:
    """Garbage that gives way to another thread when it is collected, as a closing connection does."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        time.sleep(0.001)


def test_a_whole_class_may_ask_for_the_same_code_at_once():
    shown = [type(each) for each in all_experiments()]
    source_code.lines_of.cache_clear()

    def read(cls):
        Litter()
        return source_code.lines_of(cls)

    with ThreadPoolExecutor(CLASS) as pool:
        found = list(pool.map(read, shown))
    for cls, (lines, _first) in zip(shown, found, strict=True):
        assert lines[0].startswith(f"class {cls.__name__}")
