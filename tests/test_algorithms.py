"""The suite so far ran with one JWT algorithm; here it runs again, in a process of its own, with each of the others."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from authcompare.server.keys import KEY_TYPES, generate_key

AGAIN = ["tests/mechanisms/test_contract.py", "tests/tokens_demo"]
# The others sign with an algorithm of their own, or ask what is said in a token that was verified.
TOKENS = "token and not inspector and not experiments and not weak and not claim and not header_does"


def test_what_runs_again_does_not_run_this_again():
    assert not any("algorithms" in path for path in AGAIN)
    assert all((settings.BASE_DIR / path).exists() for path in AGAIN)


@pytest.mark.long
@pytest.mark.parametrize("algorithm", KEY_TYPES)
def test_the_suite_is_green_with(algorithm):
    variables = {
        "JWT_ALGORITHM": algorithm,
        "JWT_SIGNING_KEY": generate_key(algorithm),
        "JWT_VERIFYING_KEY": "",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        "not browser",
        "-p",
        "no:cacheprovider",
        "--assert=plain",
        "-n",
        "0",
        "-k",
        TOKENS,
        *AGAIN,
    ]
    ended = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | variables, capture_output=True, text=True, errors="replace"
    )
    assert ended.returncode == 0, ended.stdout[-8000:]
    assert int(re.search(r"(\d+) passed", ended.stdout)[1]) > 250
