"""Requests that Schemathesis makes from the OpenAPI document: each answer is one that the document describes."""

from functools import cache

import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.modes import GenerationMode

from authcompare.api.http_client import CSRF_HEADER, Client
from authcompare.mechanisms.registry import mechanisms, variants
from authcompare.wsgi import application
from tests.api.test_bad_input import ITS_OWN

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
LEFT_OUT = {
    "/lab/api/twin/",  # starts a server
    "/lab/api/run/",  # runs a whole experiment
    "/lab/api/chain/",  # fails on purpose, if the query asks for it
}
few = bounded(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def schema():
    """The project's own document, as Schemathesis reads it."""
    document = Client().get("/api/schema/?format=json", headers={"Accept": "*/*"}).json()
    return schemathesis.openapi.from_dict(document)


def variant_at(path):
    """The variant that this path belongs to; the first mechanism's default for a path of no variant."""
    own = [each for each in variants() if path.startswith(each.path)]
    return max(own, key=lambda each: len(each.path), default=mechanisms()[0].default)


def repeats(path):
    """Return True if the default variant of the mechanism answers here with the very same code."""
    variant = variant_at(path)
    return variant is not variant.mechanism.default and not path.endswith(ITS_OWN)


def headers_of(actor):
    cookies = "; ".join(f"{name}={value}" for name, value in actor.client.cookies.items())
    token = {} if actor.variant.transport.sent_automatically else actor.variant.transport.present(actor.credential)
    return {CSRF_HEADER: actor.csrf_token(), "Cookie": cookies, **token}


def examples(operation):
    """Valid and, if the operation takes any input, invalid requests."""
    valid = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query):
        return valid
    return st.one_of(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), valid)


def test_every_answer_is_described(db, enter):
    headers = {each: headers_of(enter(each.mechanism.name, each.slug)) for each in variants()}
    operations = [each.ok() for each in schema().get_all_operations()]
    undescribed, sent = [], 0

    def send(case):
        nonlocal sent
        sent += 1
        response = case.call(app=application, headers=headers[variant_at(case.operation.path)])
        case.validate_response(response, checks=CHECKS)

    for operation in operations:
        if operation.path in LEFT_OUT or repeats(operation.path):
            continue
        try:
            few(given(examples(operation))(send))()
        except FailureGroup as error:
            undescribed.append(f"{operation.label}: {error}")
    assert not undescribed, "\n\n".join(undescribed)
    assert sent > 200
