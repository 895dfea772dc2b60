"""The source code that answers a request, read from the running code, so that a page shows what really runs."""

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import JavascriptLexer, PythonLexer

from authcompare.mechanisms.api import ENDPOINTS
from authcompare.mechanisms.registry import find_variant

SourceObject = type | Callable[..., Any]

HOOKS = {"login": "sign_in", "logout": "sign_out", "credential": "describe", "devices": "active_sign_ins"}


@require_safe
def code(request: HttpRequest, mechanism: str, variant: str, endpoint: str, method: str) -> HttpResponse:
    """Answer with a page fragment: the source code that a `method` request to this endpoint runs."""
    pieces = pieces_of(mechanism, variant, endpoint, method)
    if pieces is None:
        raise Http404
    return render(request, "_code.html", {"pieces": pieces})


def pieces_of(mechanism: str, variant: str, endpoint: str, method: str) -> list[dict[str, Any]] | None:
    """Return that source code as a list of `piece`, or None if the variant, endpoint or method does not exist."""
    found = find_variant(mechanism, variant)
    handler = getattr(ENDPOINTS[endpoint][1], method, None) if endpoint in ENDPOINTS else None
    if found is None or handler is None:
        return None
    objects: list[SourceObject] = [handler]
    if endpoint in HOOKS:
        objects.append(getattr(type(found), HOOKS[endpoint]))
    if endpoint not in {"login", "logout"}:
        objects = [*project_classes(found.authentication), *objects]
    return [piece(each) for each in objects]


def project_classes(cls: type) -> list[type]:
    """Return a class and those of its base classes that are part of this project."""
    packages = {"authcompare", *(path.split(".")[0] for path in settings.MECHANISMS)}
    return [each for each in cls.__mro__ if each.__module__.split(".")[0] in packages]


_parsing = Lock()


@cache
def lines_of(source_object: SourceObject) -> tuple[list[str], int]:
    """Return the source lines of a class or function, and the number of the first line.

    A function begins at its `def`: the decorators of the API's functions only document them, and hide what runs.
    One thread at a time: to find a class, Python parses its file, and in Python 3.11 two threads that parse at once can
    fail with a SystemError (seen in 3.11.7; similar to python/cpython#106905).
    """
    with _parsing:
        lines, first = inspect.getsourcelines(source_object)
    skipped = 0
    if not isinstance(source_object, type):
        skipped = next((n for n, line in enumerate(lines) if line.lstrip().startswith("def ")), 0)
    return lines[skipped:], first + skipped


@cache
def piece(source_object: SourceObject) -> dict[str, Any]:
    """Return a class or function as {"file", "line", "name", "html"}."""
    lines, first = lines_of(source_object)
    path = Path(str(inspect.getsourcefile(source_object))).relative_to(settings.BASE_DIR)
    text = inspect.cleandoc("\n" + "".join(lines)) if lines[0].startswith(" ") else "".join(lines)
    return {
        "file": path.as_posix(),
        "line": first,
        "name": source_object.__qualname__,
        "html": highlighted(text),
    }


def highlighted(text: str) -> SafeString:
    """Return Python code as HTML, coloured by class names only (the CSP forbids inline styles)."""
    return mark_safe(highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)))  # noqa: S308 - Pygments escapes it


def script_piece(path: str | Path) -> dict[str, Any]:
    """Return a whole script as {"file", "line", "name", "html"}."""
    path = Path(path)
    return {
        "file": path.relative_to(settings.BASE_DIR).as_posix(),
        "line": 1,
        "name": path.name,
        "html": highlight(path.read_text(encoding="utf-8"), JavascriptLexer(), HtmlFormatter(nowrap=True)),
    }


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Answer with the style sheet of highlighted code, for both themes."""
    return HttpResponse(rules(), content_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


@cache
def rules() -> str:
    """Return the CSS rules. The styles xcode and monokai give each token a contrast of at least 4.5:1."""
    light = style_rules("xcode", ".highlight")
    dark = style_rules("monokai", "[data-theme=dark] .highlight")
    auto = style_rules("monokai", "[data-theme=auto] .highlight")
    return f"{light}\n{dark}\n@media (prefers-color-scheme: dark) {{\n{auto}\n}}\n"


def style_rules(style_name: str, selector: str) -> str:
    """Return the rules of one Pygments style for the elements inside `selector`."""
    css: str = HtmlFormatter(style=style_name).get_style_defs(selector)  # type: ignore[no-untyped-call]
    return css
