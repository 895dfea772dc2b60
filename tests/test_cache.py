"""The demo's cache: files that all workers share, which never grow without end and cost no more as they become many."""

from authcompare import cache as ours
from authcompare.cache import FileCache


def files(folder):
    return list(folder.glob("*.djcache"))


def test_it_is_culled_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr(ours, "CULL_EVERY", 20)
    cache = FileCache(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 10}})
    for n in range(200):
        cache.set(f"key-{n}", n)
    assert 0 < len(files(tmp_path)) <= 60  # each time a third goes
    assert cache.get("key-199") == 199


def test_a_write_does_not_list_all_files(tmp_path, monkeypatch):
    cache = FileCache(str(tmp_path), {})
    monkeypatch.setattr(cache, "_list_cache_files", lambda: 1 / 0)
    cache.set("key", "value")
    assert cache.get("key") == "value"


def test_the_demo_uses_it():
    from authcompare.settings import CACHES  # as the environment of this run has it

    chosen = CACHES["default"]["BACKEND"]
    assert chosen == "authcompare.cache.FileCache" or not chosen.startswith("django.core.cache.backends.filebased")
