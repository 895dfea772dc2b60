"""The demo's cache: files that all workers share. Their number is bounded, and a write does not depend on it."""

from authcompare import cache as module
from authcompare.cache import FileCache


def files(folder):
    return list(folder.glob("*.djcache"))


def test_the_cache_is_culled_from_time_to_time(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CULL_INTERVAL", 20)
    cache = FileCache(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 10}})
    for n in range(200):
        cache.set(f"key-{n}", n)
    assert 0 < len(files(tmp_path)) <= 60  # each cull deletes a third
    assert cache.get("key-199") == 199


def test_a_write_does_not_list_all_files(tmp_path, monkeypatch):
    cache = FileCache(str(tmp_path), {})
    monkeypatch.setattr(cache, "_list_cache_files", lambda: 1 / 0)
    cache.set("key", "value")
    assert cache.get("key") == "value"


def test_the_demo_uses_this_cache():
    from authcompare.settings import CACHES  # with the environment of this run

    backend = CACHES["default"]["BACKEND"]
    assert backend == "authcompare.cache.FileCache" or not backend.startswith("django.core.cache.backends.filebased")
