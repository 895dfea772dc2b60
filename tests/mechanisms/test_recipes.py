"""The recipes: a new project with a recipe keeps the promises of the recipe's variant."""

import ast
import json
import os
import re
import secrets
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import global_settings
from django.utils.module_loading import import_string
from rest_framework.settings import DEFAULTS as REST_FRAMEWORK
from rest_framework_simplejwt.settings import DEFAULTS as SIMPLE_JWT

from authcompare.mechanisms.registry import mechanisms

HARDENED = [variant for mechanism in mechanisms() for variant in mechanism.variants if not variant.lab]


@pytest.fixture(params=HARDENED, ids=lambda variant: variant.key.replace(" ", "-"))
def hardened(request):
    return request.param


def files(recipe):
    """Return {path: text}: a recipe names the file of each of its parts."""
    pieces = re.split(r"^# ---- (\S+)\n", recipe, flags=re.MULTILINE)
    assert pieces[0] == ""
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def test_every_hardened_variant_has_a_recipe_and_no_weak_one_has(hardened):
    assert files(hardened.recipe)["settings.py"]
    assert all(len(line) <= 100 for line in hardened.recipe.splitlines()), "the page shows it in a narrow column"
    for mechanism in mechanisms():
        assert [v for v in mechanism.variants if v.lab and v.recipe] == []


def test_every_setting_of_a_recipe_exists(hardened):
    settings = files(hardened.recipe)["settings.py"]
    assigned = {
        name.id: node.value
        for node in ast.parse(settings).body
        if isinstance(node, (ast.Assign, ast.AugAssign))
        for name in getattr(node, "targets", [getattr(node, "target", None)])
    }
    known = {"REST_FRAMEWORK": REST_FRAMEWORK, "SIMPLE_JWT": SIMPLE_JWT}
    assert set(assigned) <= {*dir(global_settings), *known}
    for name, defaults in known.items():
        for key in assigned[name].keys if name in assigned else ():
            assert key.value in defaults, f"{name} has no {key.value}"


def test_every_name_in_a_recipe_can_be_imported(hardened):
    written = files(hardened.recipe)
    for dotted in re.findall(r'"((?:\w+\.)+\w+)"', written["settings.py"]):
        module, _dot, name = dotted.rpartition(".")
        own = written.get(f"{module.replace('.', '/')}.py")
        if own is not None:
            assert re.search(rf"^class {name}\b", own, re.MULTILINE)
        elif name != "token_blacklist":  # an app
            assert import_string(dotted)


PROJECT = {
    "project.py": """
from pathlib import Path
SECRET_KEY = "of a project that lives for a second, and guards nothing at all"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "addresses"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "rest_framework"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
exec(compile(Path(__file__).with_name("settings.py").read_text(), "settings.py", "exec"))
""",
    "addresses.py": """
from importlib import import_module
from importlib.util import find_spec
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

class Me(APIView):
    def get(self, request):
        return Response(request.user.pk)
    def post(self, request):
        return Response(request.user.pk)

def enter(request):
    response = HttpResponse()
    import_module("accounts.authentication").sign_in(response, authenticate(**request.POST.dict()))
    return response

def leave(request):
    response = HttpResponse()
    import_module("accounts.authentication").sign_out(response)
    return response

urlpatterns = [path("me/", Me.as_view())]
if find_spec("urls"):
    urlpatterns += import_module("urls").urlpatterns
if find_spec("accounts.authentication"):
    urlpatterns += [path("login/", enter), path("logout/", leave)]
""",
    "story.py": """
import json
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, Resolver404

call_command("migrate", verbosity=0)
User.objects.create_user("alice", password="old password")

def exists(path):
    try:
        return resolve(path)
    except Resolver404:
        return None

def signed_in(password="old password"):
    '''(what a client sends from now on, the refresh token if there is one)'''
    who, client = {"username": "alice", "password": password}, Client()
    if exists("/token/"):
        answer = client.post("/token/", who, secure=True).json()
        return {"headers": {"Authorization": "Bearer " + answer["access"]}}, answer["refresh"]
    client.post("/login/", who, secure=True)
    return {"headers": {"Cookie": "; ".join(f"{k}={v.value}" for k, v in client.cookies.items() if v.value)}}, None

def sent(method, shown):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return getattr(client, method)("/me/", secure=True, **shown).status_code

def changed(shown):
    return {"headers": {name: value[:-4] + "xxxx" for name, value in shown["headers"].items()}}

seen = {}
shown, refresh = signed_in()
seen["nobody"] = sent("get", {})
seen["alice"] = sent("get", shown)
seen["changed"] = sent("get", changed(shown))
seen["without a CSRF token"] = sent("post", shown)

if exists("/token/end/"):
    Client().post("/token/end/", {"refresh": refresh}, secure=True, **shown)
elif exists("/logout/"):
    client = Client()
    for pair in shown["headers"]["Cookie"].split("; "):
        name, _, value = pair.partition("=")
        client.cookies[name] = value
    client.post("/logout/", secure=True)
seen["after sign-out"] = sent("get", shown)

alice = User.objects.get()
shown, refresh = signed_in()
alice.set_password("new password")
alice.save()
seen["after a new password"] = sent("get", shown)
shown, refresh = signed_in("new password")
seen["again"] = sent("get", shown)
User.objects.update(is_active=False)
seen["deactivated"] = sent("get", shown)
print(json.dumps(seen))
""",
}


def keys(pair):
    """Return the environment of a recipe: a secret, or a pair of keys."""
    if not pair:
        return {"JWT_SIGNING_KEY": secrets.token_urlsafe(48)}
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {"JWT_SIGNING_KEY": private.decode(), "JWT_VERIFYING_KEY": public.decode()}


def test_a_new_project_with_the_recipe_keeps_the_same_promises(hardened, tmp_path):
    for path, text in (PROJECT | files(hardened.recipe)).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "accounts").mkdir(exist_ok=True)
    (tmp_path / "accounts" / "__init__.py").touch()
    environment = os.environ | keys("ES256" in hardened.recipe) | {"DJANGO_SETTINGS_MODULE": "project"}
    result = subprocess.run([sys.executable, "story.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)

    promised = {
        "nobody": False,
        "alice": True,
        "changed": False,
        "without a CSRF token": not hardened.transport.sent_automatically,
        "after sign-out": not hardened.promises.ends_at_sign_out,
        "after a new password": not hardened.promises.follows_password_change,
        "again": True,
        "deactivated": not hardened.promises.follows_deactivation,
    }
    assert set(seen.values()) <= {200, 401, 403}, seen
    assert {what: status == 200 for what, status in seen.items()} == promised
