"""The OpenAPI 3.1 document: what drf-spectacular cannot derive from the views and their `extend_schema`.

Nothing here knows a mechanism: a fourth one is described once it is registered.
"""

import re
from http import HTTPStatus
from itertools import count
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_media_type_object, force_instance, is_serializer
from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import APIException, NotAuthenticated, ParseError, Throttled, UnsupportedMediaType
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from authcompare.api.base import Endpoint
from authcompare.api.exceptions import INVALID, NOTHING_SENT, TOO_LARGE
from authcompare.api.openapi.serializers import Error
from authcompare.mechanisms.authentication import AmbiguousCredential, CredentialAuthentication, CSRFFailed
from authcompare.mechanisms.base import Mechanism, Variant
from authcompare.mechanisms.permissions import HasCSRFToken
from authcompare.mechanisms.registry import mechanisms, variants
from authcompare.mechanisms.transports import Transport

JSON = "application/json"
CSRF = "csrf"  # the name of a security scheme


class Refusal(NamedTuple):
    """One error response."""

    status: int
    code: str
    detail: str

    @classmethod
    def of(cls, error: type[APIException], **parts: str) -> "Refusal":
        """Return what this exception class answers."""
        return cls(error.status_code, error.default_code, str(error.default_detail).format(**parts))


def operation_id(path: str, method: str) -> str:
    """Return "tokensStatelessProtectedPatch": the same in every release, whatever the classes are called."""
    words = [word for word in re.findall(r"\w+", path) if word != "api"] or ["root"]
    first, *others = (part for word in [*words, method.lower()] for part in word.split("_"))
    return first + "".join(other.capitalize() for other in others)


def template(route: str) -> str:
    """Return a URL pattern as OpenAPI writes it: "/tokens/api/devices/{device}/"."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route))


def owner(path: str) -> Mechanism | None:
    """Return the mechanism whose extra endpoint this is, if any."""
    for mechanism in mechanisms():
        if path in {template(pattern.pattern) for pattern in mechanism.extra_urls}:
            return mechanism
    return None


def extras(mechanism: Mechanism) -> str:
    return _("%(mechanism)s extras") % {"mechanism": mechanism.title}


def tag(view: APIView, path: str) -> str:
    """Return the group that an operation belongs to."""
    if path.startswith("/lab/"):
        return _("The lab")
    if path.startswith(("/walkthrough/", "/classroom/")):
        return _("The lesson")
    if mechanism := owner(path):
        return extras(mechanism)
    variant = getattr(view, "variant", None)
    return str(variant.mechanism.title) if variant else _("Any door")


def describe_tags(result: dict, **context: Any) -> dict:
    """Describe the groups in use (a postprocessing hook of drf-spectacular)."""
    descriptions = {_("Any door"): _("The note behind all doors at once.")}
    for mechanism in mechanisms():
        descriptions[str(mechanism.title)] = str(mechanism.summary)
        descriptions[extras(mechanism)] = _("Endpoints that only this mechanism has.")
    descriptions[_("The lab")] = _("Sandbox accounts, and the clean client that replays copied credentials.")
    descriptions[_("The lesson")] = _("What learners and teachers send: predictions, votes, runs, moves.")
    used = {name for path in result["paths"].values() for each in path.values() for name in each["tags"]}
    result["tags"] = [{"name": name, "description": text} for name, text in descriptions.items() if name in used]
    return result


def share_responses(result: dict, **context: Any) -> dict:
    """Describe equal responses once and refer to them (a postprocessing hook of drf-spectacular).

    Most are errors. The document gets much shorter, and Swagger UI draws it sooner.
    """
    uses, shared = {}, {}
    for item in (item for path in result["paths"].values() for item in path.values()):
        for status, response in item["responses"].items():
            uses.setdefault(repr(response), []).append((item["responses"], status, response))
    for equal in (equal for equal in uses.values() if len(equal) > 1):
        _responses, status, response = equal[0]
        kind = HTTPStatus(int(status)).name.lower() if status.isdigit() else status
        name = next(name for n in count(1) if (name := f"{kind}_{n}") not in shared)
        shared[name] = response
        for responses, status, _response in equal:
            responses[status] = {"$ref": f"#/components/responses/{name}"}
    result["components"]["responses"] = shared
    return result


def first_variant(transport: Transport) -> Variant:
    """Return the first variant whose credential travels this way."""
    return next(variant for variant in variants() if variant.transport is transport)


def representative(reader: CredentialAuthentication) -> CredentialAuthentication:
    """Return one authenticator for all of the same transport, since drf-spectacular wants one class per scheme."""
    authenticator = first_variant(reader.transport).authentication()
    authenticator.csrf = reader.csrf
    return authenticator


class CredentialScheme(OpenApiAuthenticationExtension):
    """The security scheme of an authenticator, named after the first variant whose credential travels the same way."""

    target_class = CredentialAuthentication
    match_subclasses = True
    priority = 1

    @property
    def name(self) -> str:
        first = first_variant(self.target.transport)
        mechanism = first.mechanism
        return mechanism.name if first is mechanism.default else f"{mechanism.name}-{slugify(first.slug)}"

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict:
        return {self.name: [], **({CSRF: []} if requires_token(self.target, auto_schema.method) else {})}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict:
        transport = self.target.transport
        travels = (
            _("POST %(path)slogin/ sets the cookie %(name)s. The browser sends it by itself: leave this field empty.")
            if transport.sent_automatically
            else _("POST %(path)slogin/ returns it. Paste it here; it travels in the %(name)s header.")
        )
        return {
            **transport.openapi,
            "description": travels % {"path": first_variant(transport).path, "name": transport.name},
        }


def requires_token(authenticator: CredentialAuthentication, method: str) -> bool:
    """Return whether this authenticator accepts a request of this method only with the CSRF token."""
    return method not in SAFE_METHODS and authenticator.transport.sent_automatically and authenticator.csrf


def schema_of(view: APIView, method: str) -> "EndpointSchema":
    """Return the schema of one method, as drf-spectacular sets it on the view that it inspects."""
    declared = getattr(getattr(view, method.lower()), "kwargs", {}).get("schema", type(type(view).schema))
    schema = declared()
    schema.view, schema.method = view, method
    view.request, view.kwargs = getattr(view, "request", None), getattr(view, "kwargs", {})
    return schema


class EndpointSchema(AutoSchema):
    """One operation: the refusals follow from the view's body, permissions, throttles and authenticators."""

    @property
    def readers(self) -> list[CredentialAuthentication]:
        readers = self.view.get_readers() if isinstance(self.view, Endpoint) else []
        return [reader for reader in readers if isinstance(reader, CredentialAuthentication)]

    @property
    def requires_csrf_token(self) -> bool:
        return self.method not in SAFE_METHODS and any(
            isinstance(permission, HasCSRFToken) for permission in self.view.get_permissions()
        )

    def get_operation(self, *args: Any) -> dict | None:
        result = super().get_operation(*args)
        if result is None:  # excluded, as the document's own view
            return None
        variant = getattr(self.view, "variant", None)
        if variant and variant is not variant.mechanism.default:
            result["summary"] += f" · {variant.title}"
        weak = _("This door is weak on purpose and accepts sandbox accounts only.") if variant and variant.lab else ""
        parts = [weak, result.get("description", ""), self.view.get_view_description()]
        result["description"] = "\n\n".join(dict.fromkeys(str(part) for part in parts if part))
        return result

    def get_operation_id(self) -> str:
        return operation_id(self.path, self.method)

    def get_tags(self) -> list[str]:
        return [tag(self.view, self.path)]

    def get_summary(self) -> str:
        return str(self.view.get_view_name())

    def get_description(self) -> str:
        return ""  # drf-spectacular would show the docstring

    def get_auth(self) -> list[dict]:
        """Return the security requirements: one credential of several, with the CSRF token where it is checked."""
        readers = [representative(reader) for reader in self.readers]
        self.view.get_authenticators = lambda: readers  # drf-spectacular would miss those that the view calls itself
        found = [need for need in super().get_auth() if need]
        del self.view.get_authenticators
        needs = [need for n, need in enumerate(found) if need not in found[:n]]
        if needs and not self.view.requires_credential:
            needs.append({})
        needs = needs or [{CSRF: []} if self.requires_csrf_token else {}]
        text = _("The value of the cookie %(name)s. Every page sets it; signing in may change it.")
        schema = {"type": "apiKey", "in": "header", "name": "X-CSRFToken"}
        schema["description"] = text % {"name": settings.CSRF_COOKIE_NAME}
        kind = ResolvedComponent.SECURITY_SCHEMA
        self.registry.register_on_missing(ResolvedComponent(name=CSRF, type=kind, object=CSRF, schema=schema))
        return needs

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "request_serializer", None)

    def get_response_serializers(self) -> Any:
        return {200: getattr(self.view, "response_serializer", None)}

    def get_examples(self) -> list[OpenApiExample]:
        request = getattr(self.get_request_serializer(), "example", None)
        response = getattr(self.view, "response_example", None)
        request = request(self.view) if callable(request) else request
        found = [OpenApiExample(self.get_summary(), request, request_only=True)] if request else []
        return found + ([OpenApiExample(self.get_summary(), response, response_only=True)] if response else [])

    def map_parsers(self) -> list[str]:
        return [JSON]  # forms are accepted, too: a second description of each body would only repeat the first

    def _get_request_body(self, direction: str = "request") -> dict | None:
        """Return the body. drf-spectacular omits it on DELETE, and makes every PATCH serializer partial."""
        serializer = force_instance(self.get_request_serializer())
        component = serializer and self.resolve_serializer(serializer, direction)
        if not component:
            return None
        content = build_media_type_object(component.ref, self._get_examples(serializer, direction, JSON))
        required = bool(component.schema.get("required"))
        return {"content": {JSON: content}, **({"required": True} if required else {})}

    def _get_response_bodies(self, direction: str = "response") -> dict:
        responses = super()._get_response_bodies(direction)
        for status, response in responses.items():
            if status.startswith("2"):
                response["description"] = HTTPStatus(int(status)).phrase
                response["headers"] = {**response.get("headers", {}), **self.response_headers()}
            if not response.get("headers", True):
                del response["headers"]
        for status in sorted({refusal.status for refusal in self.refusals}):
            responses[str(status)] = self.error_response(status)
        rest = _("Any other error, in the same shape: 405 method_not_allowed, 406 not_acceptable, 500 error.")
        error = self.resolve_serializer(Error, "response").ref
        return responses | {"default": {"description": rest, "content": {JSON: {"schema": error}}}}

    def error_response(self, status: int) -> dict:
        found = {refusal.code: refusal.detail for refusal in self.refusals if refusal.status == status}
        error = self.resolve_serializer(Error, "response").ref
        schema = {"allOf": [error], "properties": {"code": {"enum": list(found)}}}
        examples = {code: {"value": {"code": code, "detail": detail}} for code, detail in found.items()}
        description = f"{HTTPStatus(status).phrase}: {', '.join(found)}"
        response = {"description": description, "content": {JSON: {"schema": schema, "examples": examples}}}
        if status == 401:
            response["headers"] = header("WWW-Authenticate", _("The challenge (RFC 9110 section 11.6.1)."))
        if status == 429:
            response["headers"] = header("Retry-After", _("Seconds to wait before the next try."), type="integer")
        return response

    def response_headers(self) -> dict:
        view, headers = self.view, {}
        if isinstance(view, Endpoint):
            names = [view.variant.mechanism.name] if view.variant else [reader.mechanism for reader in self.readers]
            enum = [*dict.fromkeys(names), "none"]
            headers |= header("Authenticated-By", _("The mechanism that decided."), enum=enum)
            if view.variant and view.variant.storage == "jar" and not view.requires_credential:
                text = _("The cookie %(name)s.") % {"name": view.variant.transport.name}
                headers |= header("Set-Cookie", text, required=False)
        return headers

    @property
    def refusals(self) -> list[Refusal]:
        """Return every error that this operation documents."""
        return sorted(dict.fromkeys(self.find_refusals()), key=lambda refusal: refusal.status)

    def find_refusals(self) -> Any:
        view, method = self.view, getattr(self.view, self.method.lower())
        raised: list[type[APIException]] = [*getattr(method, "raises", ()), *getattr(view, "raises", ())]
        yield from (Refusal.of(error) for error in raised)
        if self.get_request_serializer():
            yield Refusal.of(ParseError)
            yield Refusal(413, "too_large", str(TOO_LARGE))
            yield Refusal.of(UnsupportedMediaType, media_type="text/plain")
        if self.get_request_serializer() or any(is_serializer(each) for each in self.get_override_parameters()):
            yield Refusal(400, "invalid", str(INVALID))
        if self.readers and view.requires_credential:
            yield Refusal(401, NotAuthenticated.default_code, str(NOTHING_SENT))
            yield from (Refusal.of(error) for reader in self.readers for error in reader.raises)
            if any(reader.transport.sent_automatically for reader in self.readers):
                yield Refusal.of(AmbiguousCredential)
        if self.requires_csrf_token or any(requires_token(reader, self.method) for reader in self.readers):
            yield Refusal.of(CSRFFailed)
        if self.method not in SAFE_METHODS:
            for permission in view.get_permissions():
                if hasattr(permission, "code"):
                    yield Refusal(403, permission.code, str(permission.message))
        if view.get_throttles():
            yield Refusal(429, Throttled.default_code, str(Throttled.default_detail))


def header(name: str, description: str, *, required: bool = True, type: str = "string", **more: Any) -> dict:
    """Return a response header as OpenAPI describes it: {name: header object}."""
    schema = {"schema": {"type": type, **more}, "description": description}
    return {name: {**schema, **({"required": True} if required else {})}}
