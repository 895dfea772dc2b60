"""The source that answers a request, read from the running code, so that what a page shows is what ran."""

import inspect
from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import JavascriptLexer, PythonLexer

from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.registry import find_variant

HOOKS = {"login": "sign_in", "logout": "sign_out", "credential": "describe", "devices": "devices"}


@require_safe
def code(request, mechanism, variant, endpoint, method):
    """A page fragment: each piece of source that a `method` request to this endpoint of this door runs."""
    pieces = pieces_of(mechanism, variant, endpoint, method)
    if pieces is None:
        raise Http404
    return render(request, "_code.html", {"pieces": pieces})


def pieces_of(mechanism, variant, endpoint, method):
    """The same as a list of `piece`; None where there is no such door, endpoint or method."""
    door = find_variant(mechanism, variant)
    handler = getattr(ENDPOINTS[endpoint][1], method, None) if endpoint in ENDPOINTS else None
    if door is None or handler is None:
        return None
    found = [handler]
    if endpoint in HOOKS:
        found.append(getattr(type(door), HOOKS[endpoint]))
    if endpoint not in {"login", "logout"}:
        found = [*ours(door.authentication), *found]
    return [piece(each) for each in found]


def ours(cls):
    """A class and those of its ancestors that this project wrote."""
    packages = {"authcompare", *(path.split(".")[0] for path in settings.MECHANISMS)}
    return [each for each in cls.__mro__ if each.__module__.split(".")[0] in packages]


_parsing = Lock()


@cache
def lines_of(found):
    """The source of a class or function, as its lines and the number of the first.

    Read by one thread at a time: to find a class Python parses its file, and in Python 3.11 two threads that parse at
    once can make each other fail with a SystemError (seen in 3.11.7; akin to python/cpython#106905).
    """
    with _parsing:
        return inspect.getsourcelines(found)


@cache
def piece(found):
    """One class or function: {"file", "line", "name", "html"}; the html is Pygments', by class names only."""
    lines, first = lines_of(found)
    path = Path(inspect.getsourcefile(found)).relative_to(settings.BASE_DIR)
    text = inspect.cleandoc("\n" + "".join(lines)) if lines[0].startswith(" ") else "".join(lines)
    return {
        "file": path.as_posix(),
        "line": first,
        "name": found.__qualname__,
        "html": highlighted(text),
    }


def highlighted(text):
    """Python as markup, coloured by class names only."""
    return mark_safe(highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)))  # noqa: S308 - Pygments escapes it


def script_piece(path):
    """The same of a whole script."""
    path = Path(path)
    return {
        "file": path.relative_to(settings.BASE_DIR).as_posix(),
        "line": 1,
        "name": path.name,
        "html": highlight(path.read_text(encoding="utf-8"), JavascriptLexer(), HtmlFormatter(nowrap=True)),
    }


@require_safe
def style(request):
    """The highlighter's colours for both themes, each token at 4.5:1 or better (styles xcode and monokai)."""
    return HttpResponse(rules(), content_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


@cache
def rules():
    light = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    dark = HtmlFormatter(style="monokai").get_style_defs("[data-theme=dark] .highlight")
    auto = HtmlFormatter(style="monokai").get_style_defs("[data-theme=auto] .highlight")
    return f"{light}\n{dark}\n@media (prefers-color-scheme: dark) {{\n{auto}\n}}\n"
