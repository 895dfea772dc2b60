"""DRF's browsable API in this site's own frame, under the strict Content-Security-Policy.

The page first shows the real response to its own request. A script (static/mechanisms/js/api-page.js) sends the forms,
since a plain form can send neither PATCH nor an Authorization header. Without scripts, the GET and POST forms work.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.middleware.csrf import get_token
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from rest_framework import serializers
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer

if TYPE_CHECKING:
    from rest_framework.views import APIView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LONGEST_LINE = 500  # characters: a field that may hold more gets several lines

# mechanisms.openapi and mechanisms.api are imported in functions: DRF imports this module before any view exists.


def field_of(field: serializers.Field, value: Any, partial: bool) -> dict[str, Any]:
    """Return a serializer field as the template draws it."""
    choices = {"true": "true", "false": "false"} if isinstance(field, serializers.BooleanField) else {}
    choices |= getattr(field, "choices", {})
    longest = getattr(field, "max_length", None)
    kind = field.style.get("input_type") or ("text" if longest and longest <= LONGEST_LINE else "textarea")
    if choices or isinstance(field, serializers.IntegerField):
        kind = "select" if choices else "number"
    return {
        "field": field,
        "kind": kind,
        "choices": choices.items(),
        "value": "" if value is None else value,
        "required": field.required and not partial,
    }


def form(view: "APIView", method: str, path: str, data: Any) -> dict[str, Any]:
    """Return the form that sends one method to `path`; its fields start with the values of the response `data`."""
    from drf_spectacular.plumbing import force_instance
    from drf_spectacular.utils import OpenApiParameter

    from authcompare.mechanisms.openapi import schema_of

    schema = schema_of(view, method)
    serializer = force_instance(schema.get_request_serializer())
    values = data if isinstance(data, dict) else {}
    writable = [field for field in (serializer.fields.values() if serializer else ()) if not field.read_only]
    fields = [field_of(field, values.get(field.field_name), serializer.partial) for field in writable]
    parameters = [each for each in schema.get_override_parameters() if isinstance(each, OpenApiParameter)]
    ambient = any(reader.transport.sent_automatically for reader in schema.readers)
    one = "{" in path
    return {
        "id": f"{method.lower()}-one" if one else method.lower(),
        "method": method,
        "path": path,
        "summary": schema.get_summary(),
        "description": schema.get_description(),
        "path_names": re.findall(r"\{(\w+)\}", path),
        "known": [item["id"] for item in data if "id" in item] if one and isinstance(data, list) else [],
        "fields": fields,
        "csrf": schema.requires_csrf_token or (method != "GET" and ambient),
        "condition": next((each.name for each in parameters if each.name.startswith("If-")), ""),
        "reads_credential": bool(schema.readers),
    }


def forms(view: "APIView", path: str, data: Any) -> Iterator[dict[str, Any]]:
    """Yield the forms of the view's own methods, then those of one item of its list."""
    from authcompare.mechanisms.api import ENDPOINTS
    from authcompare.mechanisms.openapi import template

    yield from (form(view, method, path, data) for method in METHODS if method in view.allowed_methods)
    variant = getattr(view, "variant", None)
    for address, item in ENDPOINTS.values() if variant else ():
        one = template(variant.path[1:] + address)
        if one != path and one.startswith(path):
            view = item(variant=variant, authentication_classes=[variant.authentication])
            yield from (form(view, method, one, data) for method in METHODS if method in view.allowed_methods)


def endpoints(variant: Any) -> list[tuple[str, str]]:
    """Return the pages of a variant: [(URL, title)]."""
    from authcompare.mechanisms.api import ENDPOINTS

    return [(variant.path + address, view.name) for address, view in ENDPOINTS.values() if "<" not in address]


def link_urls(text: str, origin: str) -> SafeString:
    """Return JSON as HTML, with links where it holds URLs of this site."""
    parts = re.split(f'"({re.escape(origin)}[^"\\s]*)"', text)
    drawn = (format_html('"<a href="{0}">{0}</a>"', part) if i % 2 else escape(part) for i, part in enumerate(parts))
    return mark_safe("".join(drawn))  # noqa: S308  each part has just been escaped


class BrowsableRenderer(BrowsableAPIRenderer):
    """DRF's renderer with this site's template, or the view's own `browsable_template`."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        self.template = getattr(renderer_context["view"], "browsable_template", "rest_framework/api.html")
        return super().render(data, accepted_media_type, renderer_context)

    def get_context(self, data: Any, accepted_media_type: str | None, renderer_context: Any) -> dict[str, Any]:
        from authcompare.mechanisms.openapi import operation_id, owner, tag, template
        from authcompare.mechanisms.registry import variants

        view, request, response = (renderer_context[name] for name in ("view", "request", "response"))
        get_token(request._request)  # sets the cookie whose value the script sends back
        path = template(request.resolver_match.route)
        shown = list(forms(view, request.path, data))
        extra_of, variant = owner(path), getattr(view, "variant", None)
        accepted = []
        if any(form["reads_credential"] for form in shown):
            classes = [type(reader) for reader in view.get_readers()]
            accepted = [variant] if variant else [each for each in variants() if each.authentication in classes]
        own = None if extra_of else variant
        content = JSONRenderer().render(data, renderer_context={"indent": 2}).decode()
        first = shown and shown[0]["method"]
        return {
            "view": view,
            "response": response,
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "own": own,
            "mechanism": own.mechanism if own else extra_of,
            "endpoints": endpoints(own) if own else [],
            "variants": accepted,
            "bearers": [each for each in accepted if not each.transport.sent_automatically],
            "ambient": not accepted or any(each.transport.sent_automatically for each in accepted),
            "forms": shown,
            "docs_anchor": f"#/{quote(tag(view, path))}/{operation_id(path, first)}" if first else "",
            "headers": sorted({**response.headers, "Content-Type": JSONRenderer.media_type}.items()),
            "content": link_urls(content, request.build_absolute_uri("/")),
        }
