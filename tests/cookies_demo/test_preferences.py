"""Parsing of the preference cookie, which every client can write."""

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cookies_demo.preferences import Preferences


def written(**values):
    return quote(urlencode(values))


def test_a_written_cookie_is_read_back():
    chosen = Preferences(theme="dark", language="zh-hans", name="alice & bob; 100% = ü")
    assert Preferences.from_cookie(chosen.value) == chosen


def test_the_value_needs_no_quotes_in_a_cookie():
    value = Preferences(theme="dark", language="en", name='a"b;c,d\\e=f&g h').value
    assert value.isascii()
    assert not set(value) & set(' ";,\\=&')


@pytest.mark.parametrize(
    "value",
    [
        written(theme="purple"),
        written(theme="DARK"),
        written(language="tlh"),
        written(language="../en"),
        written(name="x" * 151),
        written(name="alice\x00"),
        written(admin="1", theme="<script>"),
        "theme",
        "%",
        "%ff%fe",
        "%00",
        '{"theme": "dark"}',
        "&".join(f"x{i}=1" for i in range(2000)),
    ],
)
def test_an_invalid_cookie_is_ignored(value):
    assert Preferences.from_cookie(value) == Preferences()


def test_valid_fields_are_kept_beside_invalid_ones():
    assert Preferences.from_cookie(written(theme="dark", language="tlh", size="9")) == Preferences(theme="dark")


def test_a_preference_can_be_removed():
    assert Preferences(theme="dark", name="alice").changed(theme="", name="") == Preferences()


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_every_value_can_be_parsed(value):
    assert Preferences.from_cookie(Preferences.from_cookie(value).value) == Preferences.from_cookie(value)
