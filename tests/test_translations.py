"""Every word that a visitor can see is translated, and no translation is left over."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
LOCALE = ROOT / "authcompare" / "locale" / "zh_Hans" / "LC_MESSAGES"
PACKAGES = ["authcompare", *(path.split(".")[0] for path in settings.MECHANISMS)]
PYTHON = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
SCRIPT = {"t": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def sources(*suffixes):
    for folder in [*PACKAGES, "templates"]:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path


def used(domain):
    """{(context, msgid)} of what the sources mark for translation."""
    found = set()
    if domain == "django":
        for path in sources(".py"):
            found |= messages("python", path.read_bytes(), PYTHON)
        for path in sources(".html"):
            lines = templatize(path.read_text()).splitlines()  # its indentation is the template's: no Python's
            found |= messages("python", "\n".join(map(str.strip, lines)).encode(), PYTHON)
    else:
        for path in sources(".js"):
            found |= messages("javascript", path.read_bytes(), SCRIPT, {"parse_template_string": True})
    return found


def messages(kind, source, keywords, options=None):
    found = extract(kind, io.BytesIO(source), keywords=keywords, options=options or {"encoding": "utf-8"})
    return {(context, id if isinstance(id, str) else id[0]) for _line, id, _comments, context in found}


def catalogue(domain):
    with (LOCALE / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_string_is_in_the_catalogue_and_no_other(domain):
    there = {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in catalogue(domain) if m.id}
    assert used(domain) == there


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_string_is_translated_and_none_is_a_guess(domain):
    for message in catalogue(domain):
        strings = [message.string] if isinstance(message.string, str) else message.string
        assert all(strings), f"untranslated: {message.id}"
        assert not message.fuzzy or not message.id, f"fuzzy: {message.id}"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_placeholders_are_the_same_in_the_translation(domain):
    placeholder = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}")
    for message in catalogue(domain):
        ids, strings = ([each] if isinstance(each, str) else each for each in (message.id, message.string))
        if message.id:
            for string in strings:
                assert sorted(placeholder.findall(string)) == sorted(placeholder.findall(ids[-1])), message.id


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_catalogue_is_the_written_one(domain):
    with (LOCALE / f"{domain}.mo").open("rb") as file:
        compiled = read_mo(file)
    assert contents(compiled) == contents(catalogue(domain))


def contents(messages):
    """{(context, id): string}; of a compiled catalogue, Babel gives contexts as bytes and plurals as lists."""
    context = lambda m: m.context.decode() if isinstance(m.context, bytes) else m.context  # noqa: E731
    plain = lambda text: text if isinstance(text, str) else tuple(text)  # noqa: E731
    return {(context(m), plain(m.id)): plain(m.string) for m in messages if m.id}
