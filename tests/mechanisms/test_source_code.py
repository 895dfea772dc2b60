"""The source code that pages show."""

import inspect
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from authcompare.experiments.registry import all_experiments
from authcompare.mechanisms import source_code
from authcompare.mechanisms.api import ENDPOINTS

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


def test_the_source_code_of_an_endpoint_begins_with_its_method_and_not_with_its_documentation():
    for endpoint, (_address, view) in ENDPOINTS.items():
        for method in ("get", "post", "patch", "delete"):
            if hasattr(view, method):
                lines, first = source_code.lines_of(getattr(view, method))
                assert lines[0].lstrip().startswith(f"def {method}("), endpoint
                file = Path(inspect.getsourcefile(view)).read_text(encoding="utf-8").splitlines(keepends=True)
                assert file[first - 1] == lines[0], endpoint
