"""Examples: each has the outcome that it declares, and no private key."""

import time

import jwt
from jwt import exceptions
from rest_framework_simplejwt.settings import api_settings

from authcompare.api.http_client import Client
from tests.tokens_demo.inspector.requests import inspect
from tokens_demo.inspector import api, outcomes, samples, verify
from tokens_demo.inspector.key_input import KeyInput


def test_each_example_has_its_outcome():
    for example in samples.EXAMPLES:
        fields = example.fields()
        name = fields.pop("token"), fields.pop("key")
        assert inspect(*name, **fields)["outcome"] == example.outcome, example.slug


def test_every_outcome_has_an_example():
    assert {example.outcome for example in samples.EXAMPLES} == {outcome.code for outcome in outcomes.OUTCOMES}


def test_every_exception_of_verification_has_an_example():
    """Except those of fetching keys, and base classes that PyJWT never raises."""
    fetching = {exceptions.PyJWKClientError, exceptions.PyJWKClientConnectionError}
    without_cryptography = {exceptions.MissingCryptographyError}
    classes = [each for each in vars(exceptions).values() if isinstance(each, type)]
    every = {each for each in classes if issubclass(each, exceptions.PyJWTError)}
    raised = set()
    for example in samples.EXAMPLES:
        fields = example.fields()
        options = verify.Options(
            api.split_names(fields["algorithms"]),
            fields["audience"],
            fields["issuer"],
            fields["leeway"],
            api.split_names(fields["require"]),
        )
        key = KeyInput(fields["key"])
        _outcome, error, _weak = verify.verify(fields["token"], key, options.algorithms or key.algorithms, options)
        raised |= {type(error)} if error else set()
    assert every - fetching - without_cryptography - {exceptions.PyJWTError} <= raised


def test_each_request_makes_new_examples(db, clock):
    def expiry_time(name):
        result = Client().get("/tokens/api/examples/").json()
        token = next(each["token"] for each in result if each["name"] == name)
        return jwt.decode(token, options={"verify_signature": False})["exp"]

    before = expiry_time("expiring")
    assert before == time.time() + 10
    clock.shift(100)
    assert expiry_time("expiring") == before + 100


def test_examples_contain_no_private_key_and_none_of_the_project(db):
    result = Client().get("/tokens/api/examples/")
    assert "PRIVATE" not in result.text
    for example in result.json():
        assert KeyInput(example["key"]).private is False
    assert api_settings.SIGNING_KEY not in result.text


def test_the_articles_token_verifies_with_the_default_secret_but_not_with_its_own(db):
    result = inspect(samples.ARTICLE, "my_secret_key")
    assert (result["outcome"], result["error"]) == ("wrong_signature", "InvalidSignatureError")
    assert inspect(samples.ARTICLE, "your-256-bit-secret")["accepted"]


def test_the_page_shows_the_articles_token_or_the_example_in_the_url(db):
    page = Client().get("/tokens/").text
    assert samples.ARTICLE in page
    assert "my_secret_key</textarea>" in page
    named = Client().get("/tokens/?example=default-secret").text
    assert "your-256-bit-secret</textarea>" in named
    for example in samples.EXAMPLES:
        assert f"?example={example.slug}#inspector" in page


def test_an_unknown_example_name_shows_the_articles_token(db):
    for name in ("", "nothing", "<script>", "\x00", "a" * 5000):
        response = Client().get("/tokens/", params={"example": name})
        assert samples.ARTICLE in response.text, name[:20]
