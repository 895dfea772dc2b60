"""The API described (OpenAPI 3.1), derived from the registry and from what each view says of itself (operation.py).

Nothing here knows a mechanism: a fourth one is described by being registered.
"""

import re
from http import HTTPStatus
from itertools import count, groupby
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_examples_list, build_media_type_object
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import NotAuthenticated, ParseError, Throttled, UnsupportedMediaType
from rest_framework.permissions import SAFE_METHODS

from authcompare.api.base import Endpoint
from authcompare.api.openapi.operations import doors_of, operation, template
from authcompare.api.openapi.serializers import Error
from authcompare.mechanisms.authentication import AmbiguousCredential, CSRFFailed
from authcompare.mechanisms.registry import mechanisms, variants

JSON = "application/json"
CSRF_HEADER = "X-CSRFToken"
CSRF_SCHEME = "csrf"


class Problem(NamedTuple):
    """One error that can come back."""

    status: int
    code: str
    detail: str
    field: str = ""  # that is wrong

    @classmethod
    def of(cls, exception):
        return cls(exception.status_code, exception.default_code, str(exception.default_detail))

    @property
    def body(self):
        said = {"code": self.code, "detail": self.detail}
        return said | ({"errors": {self.field: [_("This can not be set.")]}} if self.field else {})


def operation_id(path, method):
    """ "tokensStatelessProtectedPatch": the same from release to release, whatever the classes are called."""
    words = [word for word in re.findall(r"\w+", path) if word != "api"] or ["root"]
    first, *others = (part for word in [*words, method.lower()] for part in word.split("_"))
    return first + "".join(other.capitalize() for other in others)


def tag(view, path):
    """The group of operations that this one belongs to."""
    if path.startswith("/lab/"):
        return _("The lab")
    if path.startswith(("/walkthrough/", "/classroom/")):
        return _("The lesson")
    if serving(path):
        return extras(serving(path))
    own = getattr(view, "variant", None)
    return str(own.mechanism.title) if own else _("Any door")


def serving(path):
    """The mechanism that alone has an endpoint at this address, or None."""
    for mechanism in mechanisms():
        if path in {template(pattern.pattern) for pattern in mechanism.extra_urls}:
            return mechanism
    return None


def extras(mechanism):
    return _("%(mechanism)s extras") % {"mechanism": mechanism.title}


def tags(result, generator, request, public):
    """A postprocessing hook of drf-spectacular: what each group is."""
    said = {_("Any door"): _("All doors to the one note.")}
    for mechanism in mechanisms():
        said[str(mechanism.title)] = str(mechanism.summary)
        said[extras(mechanism)] = _("What no other mechanism has.")
    said[_("The lab")] = _("Throwaway accounts, and the clean client that replays a copy. Sandbox accounts only.")
    said[_("The lesson")] = _("What learners and their teacher do: predict, vote, run, move.")
    used = {name for path in result["paths"].values() for each in path.values() for name in each["tags"]}
    result["tags"] = [{"name": name, "description": said[name]} for name in said if name in used]
    return result


def once(result, generator, request, public):
    """A postprocessing hook of drf-spectacular: an answer that several operations give is described once, and referred
    to (OpenAPI 3.1.1, Reference Object). Most are errors. The document is much shorter, and drawn sooner."""
    described, named = {}, {}
    for said in (said for path in result["paths"].values() for said in path.values()):
        for status, answer in said["responses"].items():
            described.setdefault(repr(answer), []).append((said["responses"], status, answer))
    for uses in described.values():
        _responses, status, answer = uses[0]
        if len(uses) == 1:
            continue
        kind = HTTPStatus(int(status)).name.lower() if status.isdigit() else status
        name = next(name for n in count(1) if (name := f"{kind}_{n}") not in named)
        named[name] = answer
        for responses, status, _answer in uses:
            responses[status] = {"$ref": f"#/components/responses/{name}"}
    result["components"]["responses"] = named
    return result


def scheme_name(door):
    """The security scheme of this door, named after the first door whose credential travels the same way."""
    first = next(known for known in variants() if known.transport is door.transport)
    mechanism = first.mechanism
    return mechanism.name if first is mechanism.default else f"{mechanism.name}-{slugify(first.slug)}"


class DoorSchema(AutoSchema):
    """One operation of the document. `said` is what its view says; all else follows from doors and permissions."""

    @cached_property
    def said(self):
        return operation(self.view, self.method)

    @property
    def doors(self):
        """The doors whose credential this operation looks at."""
        return [] if self.said.credential == "ignored" else doors_of(self.view)

    @property
    def changes(self):
        return self.method not in SAFE_METHODS

    def needs_csrf_token(self, door):
        return (
            self.changes and self.said.csrf is None and door.transport.sent_automatically and door.authentication.csrf
        )

    # What it is for

    def get_operation_id(self):
        return operation_id(self.path, self.method)

    def get_tags(self):
        return [tag(self.view, self.path)]

    def get_summary(self):
        own = getattr(self.view, "variant", None)
        several = own and own is not own.mechanism.default
        return f"{self.said.summary} · {own.title}" if several else str(self.said.summary)

    def get_description(self):
        own = getattr(self.view, "variant", None)
        weak = _("This door is weak on purpose, and lets in sandbox accounts only.") if own and own.lab else ""
        return "\n\n".join(filter(None, [weak, str(self.said.about), self.view.get_view_description()]))

    # Who may

    def get_auth(self):
        """One of the doors' credentials, each with the CSRF token where the browser sends it by itself."""
        needs = []
        for door in doors_of(self.view):
            need = {} if self.said.credential == "ignored" else {self.scheme(door): []}
            if self.needs_csrf_token(door):
                need[self.csrf_scheme()] = []
            if need and need not in needs:
                needs.append(need)
        if self.said.csrf:
            needs.append({self.csrf_scheme(): []})
        return [*needs, {}] if self.said.credential == "optional" or not needs else needs

    def scheme(self, door):
        transport = door.transport
        brings = _("What POST %(path)s brings.") % {"path": f"{door.path}login/"}
        travels = (
            _("The cookie %(name)s: the browser sends it by itself, and so this page has nothing to fill in here.")
            if transport.sent_automatically
            else _("In the %(name)s header: paste the access token here.")
        ) % {"name": transport.name}
        return self.register(scheme_name(door), {**transport.openapi, "description": f"{brings} {travels}"})

    def csrf_scheme(self):
        said = _("The value of the cookie %(name)s, which every page sets and a sign-in may change.")
        described = said % {"name": settings.CSRF_COOKIE_NAME}
        return self.register(
            CSRF_SCHEME, {"type": "apiKey", "in": "header", "name": CSRF_HEADER, "description": described}
        )

    def register(self, name, scheme):
        kind = ResolvedComponent.SECURITY_SCHEMA
        self.registry.register_on_missing(ResolvedComponent(name=name, type=kind, object=name, schema=scheme))
        return name

    # What is sent

    def _get_request_body(self, direction="request"):
        """Of any method: drf-spectacular has no body for DELETE. Forms are taken as well as JSON, but why say so."""
        serializer = self.said.takes and self.said.takes(partial=self.said.partial)
        if not serializer or not serializer.fields:
            return None
        required = any(field.required for field in serializer.fields.values()) and not self.said.partial
        schema = self.resolve_serializer(serializer, direction).ref
        examples = [OpenApiExample(str(self.said.summary), value=self.said.example)] if self.said.example else []
        content = build_media_type_object(schema, build_examples_list(examples))
        return {"content": {JSON: content}, **({"required": True} if required else {})}

    # What comes back

    @cached_property
    def problems(self):
        """Every error this operation can end in, by status."""
        found = [Problem.of(exception) for exception in self.said.raises]
        if self.said.takes:
            found += self.problems_of_the_body()
        if self.said.query:
            found.append(self.invalid(next(iter(self.said.query().fields))))
        if self.said.condition:
            found.append(Problem.of(ParseError))
        if self.said.credential == "required" and self.doors:
            detail = _("Nothing that opens this door came with the request.")
            found.append(Problem(401, NotAuthenticated.default_code, detail))
            found += [Problem.of(exception) for door in self.doors for exception in door.authentication.raises]
            if any(door.transport.sent_automatically for door in self.doors):
                found.append(Problem.of(AmbiguousCredential))
        if self.said.csrf or any(self.needs_csrf_token(door) for door in doors_of(self.view)):
            found.append(Problem.of(CSRFFailed))
        if self.changes:
            barred = [permission for permission in self.view.get_permissions() if hasattr(permission, "code")]
            found += [Problem(403, permission.code, str(permission.message)) for permission in barred]
        if self.view.get_throttles():
            wait = Throttled.extra_detail_plural.format(wait=42)
            found.append(Problem(429, Throttled.default_code, f"{Throttled.default_detail} {wait}"))
        return sorted(dict.fromkeys(found), key=attrgetter("status"))

    def problems_of_the_body(self):
        yield Problem.of(ParseError)
        yield self.invalid("nickname")
        yield Problem(413, "too_large", _("That is more than this server accepts in one request."))
        detail = str(UnsupportedMediaType.default_detail).format(media_type="text/plain")
        yield Problem(415, UnsupportedMediaType.default_code, detail)

    def invalid(self, field):
        detail = _("Some of what was sent is missing or not acceptable: see errors.")
        return Problem(400, "invalid", detail, field)

    def get_request_serializer(self):
        return self.said.takes

    def get_response_serializers(self):
        answers = {}
        for status, shape in self.said.gives.items():
            answers[str(status)] = OpenApiResponse(shape, HTTPStatus(status).phrase, self.examples(status, shape))
        if self.said.condition == "If-None-Match":
            answers["304"] = OpenApiResponse(None, _("The note is still the revision that If-None-Match names."))
        for status, problems in groupby(self.problems, key=attrgetter("status")):
            answers[str(status)] = self.refusal(status, list(problems))
        rest = _("Any other error, in the same shape: 405 method_not_allowed, 406 not_acceptable, 500 error.")
        answers["default"] = OpenApiResponse(Error, rest)
        return answers

    def examples(self, status, shape):
        """What the view could answer. Of a list one item: drf-spectacular makes it a list."""
        value = shape and getattr(shape, "child", shape).example(self.view)
        return [OpenApiExample(str(self.said.summary), value=value, status_codes=[str(status)])] if value else []

    def refusal(self, status, problems):
        codes = list(dict.fromkeys(problem.code for problem in problems))
        schema = {
            "allOf": [self.resolve_serializer(Error, "response").ref],
            "properties": {"code": {"enum": codes}},
        }
        examples = [
            OpenApiExample(problem.code, value=problem.body, status_codes=[str(status)]) for problem in problems
        ]
        return OpenApiResponse(schema, f"{HTTPStatus(status).phrase}: {', '.join(codes)}", examples)

    # Headers, both ways

    def get_override_parameters(self):
        asked = [self.said.query] if self.said.query else []
        return [*asked, *self.request_headers(), *self.response_headers()]

    def request_headers(self):
        if self.said.condition:
            said = {
                "If-Match": _("An ETag: change the note only if it is still this revision."),
                "If-None-Match": _("An ETag: send the note only if it is another revision."),
            }
            yield header(self.said.condition, said[self.said.condition])

    def response_headers(self):
        given = [str(status) for status in self.said.gives]
        if self.said.condition:
            unchanged = ["304"] if self.said.condition == "If-None-Match" else []
            yield header("ETag", _('Names this revision of the note, as "7-3".'), [*given, *unchanged])
        if isinstance(self.view, Endpoint):
            names = [*dict.fromkeys(door.mechanism.name for door in doors_of(self.view)), "none"]
            yield header("Authenticated-By", _("The mechanism that decided."), given, enum=names)
        own = getattr(self.view, "variant", None)
        if own and own.storage == "jar" and self.said.credential != "required":
            said = _("The cookie %(name)s.") % {"name": own.transport.name}
            yield header("Set-Cookie", said, given, required=False)
        statuses = {problem.status for problem in self.problems}
        if 401 in statuses:
            yield header("WWW-Authenticate", _("The challenge (RFC 9110 section 11.6.1)."), ["401"])
        if 429 in statuses:
            yield header("Retry-After", _("Seconds until it is worth asking again."), ["429"], type=int)


def header(name, said, statuses=False, type=str, **more):
    """A header of the request; of the responses with these statuses where some are given."""
    more.setdefault("required", bool(statuses))
    return OpenApiParameter(name, type, OpenApiParameter.HEADER, description=said, response=statuses, **more)
