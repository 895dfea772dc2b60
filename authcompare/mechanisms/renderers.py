"""DRF's browsable API in our own frame, working under the strict Content-Security-Policy.

The first answer on a page is the real one to this very request, drawn here. The forms are sent by a script of ours
(static/mechanisms/js/api-page.js), since a form alone can neither PATCH nor send an Authorization header; without scripts
those remain that a browser can send by itself.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.middleware.csrf import get_token
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from rest_framework import serializers
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer

from authcompare.api.openapi.operations import Operation, doors_of, operation, template

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LONG = 500  # characters: what may be longer gets more than one line to be written in


@dataclass(frozen=True)
class Field:
    """One field of a form, as its serializer says it."""

    name: str
    label: str
    kind: str = "text"  # text, password, number, select or textarea
    required: bool = True
    help_text: str = ""
    value: str = ""
    max_length: int | None = None
    min_value: int | None = None
    max_value: int | None = None
    choices: tuple = ()  # of (value, label)
    blank: bool = False  # is an empty value one? Otherwise an empty field is left out.
    stored: str = ""  # which of the tokens that a page keeps may fill it in
    in_path: bool = False  # is it a part of the address?

    @classmethod
    def of(cls, name, field, value, partial):
        choices = tuple(getattr(field, "choices", {}).items())
        if isinstance(field, serializers.BooleanField):
            choices = (("true", "true"), ("false", "false"))
        return cls(
            name=name,
            label=field.label,
            kind=kind(field, choices),
            required=field.required and not partial,
            help_text=field.help_text or "",
            value="" if value is None else value,
            max_length=getattr(field, "max_length", None),
            min_value=getattr(field, "min_value", None),
            max_value=getattr(field, "max_value", None),
            choices=choices,
            blank=getattr(field, "allow_blank", False),
            stored=field.style.get("stored", ""),
        )


def kind(field, choices):
    if choices:
        return "select"
    if isinstance(field, serializers.IntegerField):
        return "number"
    longest = getattr(field, "max_length", None)
    return field.style.get("input_type") or ("text" if longest and longest <= LONG else "textarea")


@dataclass(frozen=True)
class Form:
    """One request that the page can send."""

    method: str
    path: str  # with {name} for what a field fills in
    said: Operation
    fields: tuple
    csrf: bool  # may the browser send a credential by itself, and so the CSRF token matter?

    @property
    def id(self):
        return f"{self.method.lower()}-one" if "{" in self.path else self.method.lower()


def form(view, method, path, data=None):
    """The form for one method; `data` is the page's answer, which its fields begin with."""
    said = operation(view, method)
    values = data if isinstance(data, dict) else {}
    known = tuple((item["id"], "") for item in data if "id" in item) if isinstance(data, list) else ()
    in_path = [Field(name, name, choices=known, in_path=True) for name in re.findall(r"\{(\w+)\}", path)]
    serializer = said.takes(partial=said.partial) if said.takes else None
    in_body = [
        Field.of(name, field, values.get(name), said.partial)
        for name, field in (serializer.fields.items() if serializer else ())
        if not field.read_only
    ]
    matters = said.csrf if said.csrf is not None else any(door.transport.sent_automatically for door in doors_of(view))
    return Form(method, path, said, (*in_path, *in_body), csrf=method != "GET" and matters)


def forms(view, path, data):
    """Every request that this page can send: the view's own methods, and those of one item of its list."""
    yield from (form(view, method, path, data) for method in METHODS if method in view.allowed_methods)
    for one, address in items(view, path):
        yield from (form(one, method, address, data) for method in METHODS if method in one.allowed_methods)


def items(view, path):
    """The views of one item of the list at `path`, with their address: [(view, "/.../{name}/")]."""
    from authcompare.mechanisms.api import ENDPOINTS  # here, since DRF imports this module before there can be any view

    own = getattr(view, "variant", None)
    for address, one in ENDPOINTS.values() if own else ():
        whole = template(own.path[1:] + address)
        if whole != path and whole.startswith(path):
            yield one(variant=own), whole


def endpoints(variant):
    """The pages of a door: [(address, title)]."""
    from authcompare.mechanisms.api import ENDPOINTS

    return [(variant.path + address, view.name) for address, view in ENDPOINTS.values() if "<" not in address]


def linked(text, origin):
    """JSON as HTML, with links where it holds addresses of this site."""
    parts = re.split(f'"({re.escape(origin)}[^"\\s]*)"', text)
    drawn = (format_html('"<a href="{0}">{0}</a>"', part) if i % 2 else escape(part) for i, part in enumerate(parts))
    return mark_safe("".join(drawn))  # noqa: S308  each part has just been escaped


class BrowsableRenderer(BrowsableAPIRenderer):
    """Our template, or the one that the view names as `browsable_template`."""

    def render(self, data, accepted_media_type=None, renderer_context=None):
        self.template = getattr(renderer_context["view"], "browsable_template", "rest_framework/api.html")
        return super().render(data, accepted_media_type, renderer_context)

    def get_context(self, data, accepted_media_type, renderer_context):
        from authcompare.mechanisms.openapi import serving  # here, since it imports views

        view, request, response = (renderer_context[name] for name in ("view", "request", "response"))
        get_token(request._request)  # sets the cookie that a script sends back
        shown = list(forms(view, request.path, data))
        looks = any(form.said.credential != "ignored" for form in shown)
        doors = doors_of(view) if looks else []
        path = template(request.resolver_match.route)
        mechanism = serving(path)
        own = None if mechanism else getattr(view, "variant", None)
        content = JSONRenderer().render(data, renderer_context={"indent": 2}).decode()
        return {
            "view": view,
            "response": response,
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "own": own,
            "mechanism": own.mechanism if own else mechanism,
            "endpoints": endpoints(own) if own else [],
            "doors": doors,
            "bearers": [door for door in doors if not door.transport.sent_automatically],
            "ambient": not doors or any(door.transport.sent_automatically for door in doors),
            "forms": shown,
            "docs_anchor": docs_anchor(view, path, shown),
            "headers": sorted({**response.headers, "Content-Type": JSONRenderer.media_type}.items()),
            "content": linked(content, request.build_absolute_uri("/")),
        }


def docs_anchor(view, path, shown):
    """Where Swagger UI has the first of these requests."""
    from authcompare.mechanisms.openapi import operation_id, tag

    return f"#/{quote(tag(view, path))}/{operation_id(path, shown[0].method)}" if shown else ""
