"""The documents agree with the project."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from django.conf import settings

from authcompare.mechanisms.base import Mechanism, Variant
from authcompare.server import keys

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


def test_the_environment_table_has_the_variables_of_the_settings_and_no_others():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    sources = (ROOT / "authcompare" / "settings.py").read_text() + Path(keys.__file__).read_text()
    read = set(re.findall(r"\b(?:env|env\.list|env\.db_url|env\.cache_url|_key)\(\s*\"([A-Z_]+)\"", sources))
    assert documented == read - {"CLASSROOM_RATES"}  # the former name, which the row of THROTTLE_RATES mentions


def test_the_environment_table_has_the_defaults():
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", README, re.MULTILINE))
    jwt = settings.SIMPLE_JWT
    assert table == {
        "NUM_PROXIES": str(settings.NUM_PROXIES),
        "JWT_ACCESS_LIFETIME": f"{jwt['ACCESS_TOKEN_LIFETIME'].total_seconds():.0f}",
        "JWT_REFRESH_LIFETIME": f"{jwt['REFRESH_TOKEN_LIFETIME'].total_seconds():.0f}",
        "SESSION_IDLE_LIFETIME": str(settings.SESSION_IDLE_LIFETIME),
        "SESSION_ABSOLUTE_LIFETIME": str(settings.SESSION_ABSOLUTE_LIFETIME),
        "CLASSROOM_KEPT": str(settings.CLASSROOM_KEPT),
    }
    rates = ",".join(f"{scope}={rate}" for scope, rate in settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"].items())
    assert f"| `THROTTLE_RATES` | {rates} |" in README


def test_the_extra_for_development_names_the_pinned_packages():
    pins = re.findall(r"^([\w-]+)==", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["dev"] == pins


def test_the_newest_version_of_the_changelog_is_that_of_the_project():
    newest = re.search(r"^## (\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert newest == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_the_curl_lines_work(server, tmp_path):
    block = re.search(r"## From the command line\n+```sh\n(.*?)```", README, re.DOTALL)[1]
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        env=os.environ | {"URL": server}, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.count('"title":"The private note of alice-') == 4
    assert '"body":"By curl","revision":2' in ran.stdout


def test_every_file_that_a_document_names_exists():
    for text, base in ((README, ROOT), (ARCHITECTURE, ROOT / "docs")):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (base / target).exists(), target
    for path in re.findall(r"`((?:authcompare|templates|tests|docs)/[^`<]*)`", README + ARCHITECTURE):
        assert (ROOT / path).exists(), path


def test_the_hooks_in_the_architecture_exist():
    documented = re.findall(
        r"^\| `([a-zA-Z_.`, ]+)` \|", ARCHITECTURE.split("## How to add")[1].split("## Decisions")[0], re.MULTILINE
    )
    for names in documented:
        for name in names.replace("`", "").split(", "):
            owner = Mechanism if name.startswith("Mechanism.") else Variant
            assert hasattr(owner, name.removeprefix("Mechanism.")), name
