"""The panel's own endpoints: any token inspected, any token signed, an example for everything, a family shown."""

import json
import logging
import time
import warnings

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.core.cache import cache
from jwt import exceptions
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_encode
from rest_framework_simplejwt.settings import api_settings

from authcompare.api.http_client import Client
from tokens_demo.inspector import api, outcomes, samples, verify
from tokens_demo.inspector.key_input import ALGORITHMS, Pasted

SECRET = "a secret of the right length: 32 bytes and some"
STRICT = verify.Options(audience=samples.AUDIENCE, issuer=samples.ISSUER)


def ask(endpoint, **data):
    return Client().post(f"/tokens/api/{endpoint}/", json=data)


def inspect(token, key=SECRET, **options):
    response = ask("inspect", token=token, key=key, **options)
    assert response.status_code == 200, response.text
    return response.json()


def signed(payload, key=SECRET, header=None):
    """A token over these very texts (or what JSON makes of them)."""
    texts = [part if isinstance(part, str) else json.dumps(part) for part in (header or {"alg": "HS256"}, payload)]
    return verify.sign(*texts, key)


def private_pem(key):
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def public_pem(key):
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEYS = {
    "RS256": lambda rsa_key: rsa_key,
    "PS384": lambda rsa_key: rsa_key,
    "ES256": lambda rsa_key: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda rsa_key: ec.generate_private_key(ec.SECP384R1()),
    "ES512": lambda rsa_key: ec.generate_private_key(ec.SECP521R1()),
    "ES256K": lambda rsa_key: ec.generate_private_key(ec.SECP256K1()),
    "EdDSA": lambda rsa_key: ed25519.Ed25519PrivateKey.generate(),
}


# ---- The examples


@pytest.mark.parametrize("example", samples.EXAMPLES, ids=lambda example: example.slug)
def test_each_example_comes_out_as_it_says(example):
    fields = example.fields()
    name = fields.pop("token"), fields.pop("key")
    assert inspect(*name, **fields)["outcome"] == example.outcome


def test_everything_a_verifier_can_say_has_an_example():
    assert {example.outcome for example in samples.EXAMPLES} == {outcome.code for outcome in outcomes.OUTCOMES}


def test_every_exception_that_verifying_can_raise_has_an_example():
    """All of PyJWT's, but those of fetching keys, and bases that it never raises itself."""
    fetching = {exceptions.PyJWKClientError, exceptions.PyJWKClientConnectionError}
    without_cryptography = {exceptions.MissingCryptographyError}
    found = [each for each in vars(exceptions).values() if isinstance(each, type)]
    every = {each for each in found if issubclass(each, exceptions.PyJWTError)}
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
        key = Pasted(fields["key"])
        _outcome, error, _weak = verify.verify(
            fields["token"], key, options.algorithms or key.fits or ALGORITHMS, options
        )
        raised |= {type(error)} if error else set()
    assert every - fetching - without_cryptography - {exceptions.PyJWTError} <= raised


def test_the_examples_are_made_as_they_are_asked_for(db, clock):
    def end(name):
        found = Client().get("/tokens/api/examples/").json()
        token = next(each["token"] for each in found if each["name"] == name)
        return jwt.decode(token, options={"verify_signature": False})["exp"]

    before = end("expiring")
    assert before == time.time() + 10
    clock.shift(100)
    assert end("expiring") == before + 100


def test_no_example_shows_a_private_key_or_one_of_ours(db):
    found = Client().get("/tokens/api/examples/")
    assert "PRIVATE" not in found.text
    for example in found.json():
        assert Pasted(example["key"]).private is False
    assert api_settings.SIGNING_KEY not in found.text


def test_the_articles_own_token_does_not_verify_with_its_secret_and_does_with_the_default_one(db):
    found = inspect(samples.ARTICLE, "my_secret_key")
    assert (found["outcome"], found["error"]) == ("wrong_signature", "InvalidSignatureError")
    assert inspect(samples.ARTICLE, "your-256-bit-secret")["accepted"]


def test_the_page_has_the_article_in_its_fields_and_any_example_by_name(db):
    page = Client().get("/tokens/").text
    assert samples.ARTICLE in page
    assert "my_secret_key</textarea>" in page
    named = Client().get("/tokens/?example=default-secret").text
    assert "your-256-bit-secret</textarea>" in named
    for example in samples.EXAMPLES:
        assert f"?example={example.slug}#inspector" in page


@pytest.mark.parametrize("name", ["", "nothing", "<script>", "\x00", "a" * 5000])
def test_an_example_that_is_not_there_is_the_articles(db, name):
    response = Client().get("/tokens/", params={"example": name})
    assert samples.ARTICLE in response.text


# ---- The verdict


def test_a_valid_token_is_accepted_with_every_step_passed(db):
    now = int(time.time())
    claims = {"iss": "me", "aud": "you", "sub": "7", "exp": now + 60, "nbf": now - 1, "iat": now - 1}
    found = inspect(signed(claims), issuer="me", audience="you", require="exp sub")
    assert found["accepted"]
    assert found["error"] is None
    assert {check["state"] for check in found["checks"]} == {"passed"}
    assert found["warnings"] == []


def test_the_steps_say_what_was_checked_what_failed_and_what_was_never_reached(db):
    token = signed({"exp": int(time.time()) - 60, "aud": "you"})
    states = {check["name"]: check["state"] for check in inspect(token, audience="somebody else")["checks"]}
    assert states == {
        **dict.fromkeys(["form", "header", "algorithm", "key", "signature", "payload"], "passed"),
        "required": "skipped",
        "times": "failed",
        **dict.fromkeys(["issuer", "audience", "types"], "unreached"),
    }


def test_the_call_that_is_shown_is_the_one_that_was_made(db):
    token = signed({"aud": "you", "iss": "me", "exp": int(time.time()) - 5})
    found = inspect(token, audience="you", issuer="me", leeway=30, require="exp", algorithms="HS256")
    assert found["accepted"]
    assert eval(found["call"], {"jwt": jwt, "token": token, "key": SECRET})["iss"] == "me"


def test_leeway_forgives_as_many_seconds_as_it_says(db, clock):
    token = signed({"exp": int(time.time())})
    clock.shift(30)
    assert inspect(token, leeway=31)["accepted"]
    assert inspect(token, leeway=30)["outcome"] == "expired"


def test_a_claim_that_is_required_and_missing_is_named(db):
    found = inspect(signed({"sub": "7"}), require="sub exp")
    assert found["outcome"] == "missing_claim"
    assert "exp" in found["why"]


def test_a_required_audience_that_is_missing_fails_where_it_was_required(db):
    found = inspect(signed({"sub": "7"}), require="aud", audience="you")
    assert next(check["name"] for check in found["checks"] if check["state"] == "failed") == "required"


def test_claims_are_explained_with_their_sections_and_times(db):
    token = signed({"exp": 2000000000, "token_type": "access", "colour": "red", "iat": True})
    found = {said["name"]: said for said in inspect(token)["payload"]}
    assert found["exp"]["reference"] == "RFC 7519 §4.1.4"
    assert found["exp"]["href"] == "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"
    assert found["exp"]["time"] == 2000000000
    assert found["token_type"]["reference"] == ""
    assert found["colour"]["reference"] == "RFC 7519 §4.3"
    assert found["iat"]["time"] is None
    header = {said["name"]: said for said in inspect(token)["header"]}
    assert header["alg"]["reference"] == "RFC 7518 §3.2"


def test_a_token_is_read_without_any_key(db):
    found = inspect(signed({"sub": "7"}), "")
    assert (found["outcome"], found["accepted"]) == ("no_key", False)
    assert found["payload"][0]["value"] == "7"


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_pasted_as_pem_verifies_what_its_private_half_signed(db, rsa_key, algorithm):
    key = KEYS[algorithm](rsa_key)
    token = signed({"sub": "7"}, private_pem(key), {"alg": algorithm})
    assert inspect(token, public_pem(key))["accepted"]


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_jwk_and_a_set_of_them_verify_too(db, rsa_key, algorithm):
    key = KEYS[algorithm](rsa_key)
    token = signed({"sub": "7"}, private_pem(key), {"alg": algorithm, "kid": "mine"})
    jwk = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
    assert inspect(token, json.dumps(jwk))["accepted"]
    other = {"kty": "oct", "k": "c2VjcmV0", "kid": "other"}
    assert inspect(token, json.dumps({"keys": [other, jwk | {"kid": "mine"}]}))["accepted"]
    assert inspect(token, json.dumps({"keys": [other, jwk | {"kid": "yours"}]}))["outcome"] == "unknown_kid"


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_private_key_verifies_by_its_public_half_and_is_warned_of(db, rsa_key, algorithm):
    key = KEYS[algorithm](rsa_key)
    token = signed({"sub": "7", "exp": int(time.time()) + 60}, private_pem(key), {"alg": algorithm})
    jwk = get_default_algorithms()[algorithm].to_jwk(key, as_dict=True)
    for pasted in (private_pem(key), json.dumps(jwk)):
        found = inspect(token, pasted)
        assert found["accepted"]
        assert len(found["warnings"]) == 1
        assert jwk["d"] not in json.dumps(found)


def test_a_set_without_a_kid_in_the_token_is_used_when_one_key_fits(db, rsa_key):
    token = signed({"sub": "7"}, private_pem(rsa_key), {"alg": "RS256"})
    jwk = get_default_algorithms()["RS256"].to_jwk(rsa_key.public_key(), as_dict=True)
    secret = {"kty": "oct", "k": "c2VjcmV0"}
    assert inspect(token, json.dumps({"keys": [secret, jwk]}))["accepted"]
    assert inspect(token, json.dumps({"keys": [jwk, jwk]}))["outcome"] == "unknown_kid"


def test_alg_none_is_refused_even_where_it_is_allowed(db):
    token = verify.sign('{"alg":"none"}', '{"sub":"7"}', "")
    assert inspect(token)["outcome"] == "wrong_algorithm"
    assert not inspect(token, "", algorithms="none")["accepted"]
    assert not inspect(token, SECRET, algorithms="none HS256")["accepted"]


def test_a_public_key_is_never_taken_for_a_secret(db, rsa_key):
    public = public_pem(rsa_key)
    signature = get_default_algorithms()["HS256"].sign(b"x", b"x")
    token = f"{samples.encoded({'alg': 'HS256'})}.{samples.encoded({'sub': '7'})}.{samples.encoded(signature)}"
    assert inspect(token, public)["outcome"] == "wrong_algorithm"
    assert inspect(token, public, algorithms="HS256")["outcome"] == "key_confusion"
    jwk = json.dumps(get_default_algorithms()["RS256"].to_jwk(rsa_key.public_key(), as_dict=True))
    assert inspect(token, jwk, algorithms="HS256")["outcome"] == "key_confusion"


def test_weak_and_well_known_secrets_are_warned_of(db):
    assert len(inspect(signed({"exp": 2**31}, "secret"), "secret")["warnings"]) == 2
    assert len(inspect(signed({"exp": 2**31}, "short but own"), "short but own")["warnings"]) == 1
    assert inspect(signed({"exp": 2**31}), SECRET)["warnings"] == []


def test_a_weak_keys_warning_reaches_nobody_else(db):
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        inspect(signed({"sub": "7"}, "secret"), "secret")
    assert not [warning for warning in leaked if "HMAC" in str(warning.message)]


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_no_key_that_the_token_names_is_fetched_or_used(db, monkeypatch, name):
    monkeypatch.setattr("socket.socket.connect", lambda *args: pytest.fail("it went out"))
    value = (
        {"kty": "oct", "k": base64url_encode(SECRET.encode()).decode()} if name == "jwk" else "https://evil.example/"
    )
    token = signed({"exp": 2**31}, SECRET, {"alg": "HS256", name: value})
    found = inspect(token, "another secret, which is long enough too")
    assert found["outcome"] == "wrong_signature"
    assert any(name in warning for warning in found["warnings"])


# ---- Whatever comes in

ODD_PARTS = [
    '{"exp": NaN}',
    '{"exp": Infinity}',
    '{"exp": 1e400}',
    '{"exp": -1e300, "iat": 1e300}',
    '{"exp": ' + "9" * 4000 + "}",
    '{"exp": ' + "9" * 5000 + "}",
    '{"exp": true}',
    '{"exp": null, "iat": [], "nbf": {}}',
    '{"aud": [1], "iss": 2, "sub": null, "jti": []}',
    '{"sub": "\\ud800", "\\udfff": "\\ud800"}',
    '{"sub": "\\u0000"}',
    "[" * 4000,
    '{"a":' * 990 + "1" + "}" * 990,
    '{"a":' * 1900 + "1" + "}" * 1900,
    '{"%s": "%(alg)s"}',
    "[]",
    "null",
    "7",
    '"text"',
    "",
    "\ufeff{}",
    "{" + ", ".join(f'"{n}": 1' for n in range(900)) + "}",
    '{"a": 1, "a": 2}',
]


@pytest.mark.parametrize("text", ODD_PARTS, ids=lambda text: repr(text[:30]))
def test_an_odd_payload_is_a_verdict(db, text):
    found = inspect(signed(text))
    assert found["outcome"]
    assert found["title"]
    assert len(found["payload"]) <= 60


HEADERS = [*ODD_PARTS, '{"alg": []}', '{"alg": {"a": 1}}', '{"alg": "%(kid)s"}', '{"alg": null, "kid": []}']
HEADERS += ['{"alg": "HS256", "kid": "\\ud800"}', '{"alg": "HS256", "crit": {}}', '{"alg": "HS256", "b64": false}']


@pytest.mark.parametrize("text", HEADERS, ids=lambda text: repr(text[:30]))
@pytest.mark.parametrize("key", [SECRET, "", '{"keys": [{"kty": "oct", "k": "YQ"}]}'], ids=["secret", "none", "set"])
def test_an_odd_header_is_a_verdict(db, text, key):
    token = ".".join(samples.encoded(part.encode()) for part in (text, '{"sub": "7"}', "x"))
    assert not inspect(token, key)["accepted"]


KEY_TEXTS = [
    "x",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\n" + "A" * 15_000 + "\n-----END PUBLIC KEY-----",
    "ssh-rsa AAAA",
    "ssh-ed25519 x",
    "ecdsa-sha2-nistp256 x",
    "{",
    "{}",
    '{"keys": null}',
    '{"keys": "x"}',
    '{"keys": [1, null, "x", []]}',
    '{"keys": [{"kty": "oct"}]}',
    '{"kty": "oct"}',
    '{"kty": "oct", "k": 7}',
    '{"kty": "oct", "k": ""}',
    '{"kty": "oct", "k": "\\ud800"}',
    '{"kty": "\\ud800"}',
    '{"kty": []}',
    '{"kty": "RSA"}',
    '{"kty": "RSA", "n": "", "e": ""}',
    '{"kty": "RSA", "n": "AQAB", "e": "AQAB"}',
    '{"kty": "RSA", "n": 7, "e": []}',
    '{"kty": "RSA", "alg": ["RS256"], "n": "AQAB", "e": "AQAB"}',
    '{"kty": "RSA", "n": "' + "A" * 9000 + '", "e": "AQAB"}',
    '{"kty": "RSA", "n": "' + "_" * 600 + '", "e": "AQAB", "d": "' + "_" * 600 + '"}',
    '{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}',
    '{"kty": "EC", "crv": [], "x": 1, "y": 2}',
    '{"kty": "OKP", "crv": "Ed25519", "x": "AA"}',
    '{"kty": "OKP", "crv": "X25519", "x": 7}',
    '{"kty": {"a": 1}}',
    '{"a":' * 2000,
    "é\ud7ff 密钥",
]


@pytest.mark.parametrize("key", KEY_TEXTS, ids=lambda text: repr(text[:40]))
@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_an_odd_key_is_a_verdict_and_signs_nothing_wrong(db, key, algorithm):
    token = ".".join(samples.encoded(part) for part in ({"alg": algorithm}, {"sub": "7"}, b"x" * 64))
    for allowed in ("", algorithm):
        assert not inspect(token, key, algorithms=allowed)["accepted"]
    response = ask("sign", header=json.dumps({"alg": algorithm}), payload="{}", key=key)
    assert response.status_code in ({200, 400} if algorithm == "HS256" else {400})  # any text is a secret


def test_an_odd_key_does_not_hold_the_server_up(db):
    began = time.process_time()
    for key in KEY_TEXTS:
        token = ".".join(samples.encoded(part) for part in ({"alg": "RS256"}, {"sub": "7"}, b"x" * 64))
        inspect(token, key, algorithms="RS256")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token", "x" * 16_385),
        ("key", "x" * 16_385),
        ("algorithms", "HS257"),
        ("algorithms", "HS256 rs256"),
        ("leeway", -1),
        ("leeway", 86_401),
        ("leeway", 1.5),
        ("audience", "x" * 301),
        ("require", ["exp"]),
        ("now", 7),
    ],
)
def test_what_can_not_be_asked_is_told_by_name(db, field, value):
    response = ask("inspect", **({"token": "x"} | {field: value}))
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert list(response.json()["errors"]) == [field]


def test_nothing_that_is_typed_is_kept_or_logged(db, caplog, django_assert_num_queries, monkeypatch):
    kept = []
    monkeypatch.setattr(cache, "set", lambda *args, **kwargs: kept.append(args))
    log = logging.getLogger("authcompare")
    monkeypatch.setattr(log, "propagate", True)
    caplog.set_level(logging.DEBUG)
    token = signed({"sub": "very-private"}, "my very own secret")
    with django_assert_num_queries(0):
        response = ask("inspect", token=token, key="my very own secret")
        ask("sign", header='{"alg":"HS256"}', payload='{"sub":"very-private"}', key="my very own secret")
    assert response.json()["payload"][0]["value"] == "very-private"
    assert "Exchange-Id" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert kept == []
    assert "request" in caplog.text
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "very-private" not in said
    assert "my very own secret" not in said
    assert token not in said


def test_a_plain_form_gets_its_verdict_as_a_page(db):
    fields = {"token": samples.ARTICLE, "key": "my_secret_key", "algorithms": "", "audience": "", "issuer": ""}
    fields |= {"leeway": "0", "require": ""}
    response = Client().post("/tokens/api/inspect/", data=fields, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert "wrong_signature" in response.text


# ---- Signing


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_signs(db, algorithm):
    key = SECRET * 2
    token = ask("sign", header=json.dumps({"alg": algorithm}), payload='{"sub":"7"}', key=key).json()["token"]
    assert jwt.decode(token, key, algorithms=[algorithm]) == {"sub": "7"}


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_private_key_signs_as_pem_and_as_jwk(db, rsa_key, algorithm):
    key = KEYS[algorithm](rsa_key)
    jwk = json.dumps(get_default_algorithms()[algorithm].to_jwk(key, as_dict=True))
    for pasted in (private_pem(key), jwk):
        answer = ask("sign", header=json.dumps({"alg": algorithm}), payload='{"sub":"7"}', key=pasted).json()
        assert jwt.decode(answer["token"], public_pem(key), algorithms=[algorithm]) == {"sub": "7"}
        assert pasted not in json.dumps(answer)


@pytest.mark.parametrize(
    ("header", "key", "field"),
    [
        ("{", SECRET, "header"),
        ("[]", SECRET, "header"),
        ("{}", SECRET, "header"),
        ('{"alg": "HS257"}', SECRET, "header"),
        ('{"alg": ["HS256"]}', SECRET, "header"),
        ('{"alg": "HS256"}', "", "key"),
        ('{"alg": "RS256"}', SECRET, "key"),
        ('{"alg": "ES256"}', "rsa", "key"),
        ('{"alg": "RS256"}', "public", "key"),
        ('{"alg": "HS256"}', "public", "key"),
    ],
)
def test_what_can_not_be_signed_is_told_by_name(db, rsa_key, header, key, field):
    key = {"rsa": private_pem(rsa_key), "public": public_pem(rsa_key)}.get(key, key)
    response = ask("sign", header=header, payload="{}", key=key)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert response.json()["errors"][field][0]


def test_what_is_signed_are_the_very_texts(db):
    header, payload = '{ "typ":"x","alg":"HS256" }', '{"n": 9007199254740993, "n": 1.0}'
    token = ask("sign", header=header, payload=payload, key=SECRET).json()["token"]
    assert token.split(".")[:2] == [base64url_encode(text.encode()).decode() for text in (header, payload)]


# ---- The family


def family(token):
    return Client().get("/tokens/api/family/", headers={"Authorization": f"Bearer {token}"})


def refresh(token):
    return Client().post("/tokens/api/refresh/", json={"refresh": token})


def states(answer):
    return [(token["token_type"], token["denied"]) for token in answer.json()["tokens"]]


def test_a_fresh_sign_in_is_a_family_of_one_refresh_token(enter):
    found = family(enter("token", "default").answer["access"])
    assert found.status_code == 200
    assert states(found) == [("refresh", None)]
    assert found.json()["ended_at"] is None


def test_rotation_lengthens_the_family_and_names_each_parent(enter):
    actor = enter("token", "default")
    second = refresh(actor.answer["refresh"]).json()
    third = refresh(second["refresh"]).json()
    answer = family(third["access"])
    assert states(answer) == [("refresh", "rotated"), ("refresh", "rotated"), ("refresh", None)]
    ids = [token["jti"] for token in answer.json()["tokens"]]
    assert [token["parent"] for token in answer.json()["tokens"]] == [None, ids[0], ids[1]]


def test_access_tokens_are_in_the_family_where_the_server_remembers_them(enter):
    actor = enter("token", "revocable")
    answer = family(actor.credential)
    assert states(answer) == [("refresh", None), ("access", None)]
    assert answer.json()["tokens"][1]["parent"] == answer.json()["tokens"][0]["jti"]


@pytest.mark.parametrize("door", ["default", "stateless", "revocable"])
def test_a_family_that_ended_by_reuse_is_still_shown_and_says_so(enter, door):
    actor = enter("token", door)
    second = refresh(actor.answer["refresh"]).json()
    assert refresh(actor.answer["refresh"]).json()["code"] == "token_reused"
    answer = family(second["access"])
    assert answer.status_code == 200
    assert answer.json()["ended_by"] == "reused"
    assert answer.json()["ended_at"]
    assert ("refresh", "reused") in states(answer)
    assert ("refresh", "rotated") in states(answer)


def test_a_family_that_ended_by_signing_out_says_so(enter):
    actor = enter("token", "default")
    actor.sign_out()
    assert family(actor.credential).json()["ended_by"] == "signed_out"


def test_only_the_presented_tokens_own_family_is_shown(enter):
    mine, others = enter("token", "default"), enter("token", "default", "bob")
    shown = family(mine.credential).text
    assert family(others.credential).json()["id"] not in shown
    assert enter("token", "default").answer["access"] not in shown


def test_no_family_is_shown_without_a_good_access_token(enter):
    actor = enter("token", "default")
    for token in ("x", actor.answer["refresh"], f"{actor.credential}x"):
        assert family(token).status_code == 401
    assert Client().get("/tokens/api/family/").status_code == 401


def test_a_family_that_the_server_has_forgotten_is_not_found(enter):
    from tokens_demo.models import Family

    actor = enter("token", "default")
    Family.objects.all().delete()
    response = family(actor.credential)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
