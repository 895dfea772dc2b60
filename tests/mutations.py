"""Break the project on purpose, one thing at a time, and see whether the tests notice: `python tests/mutations.py`.

Each mutation changes one line in a copy of the project and runs the tests of its area. A mutation that no test notices
survives, and the script ends with status 1. Run it by hand or once a week; it is no part of the suite. With words as
arguments it runs only the mutations whose area contains one of them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[1]
WORKERS = 2
PYTEST = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-o"]
PLAIN = "addopts=-p tests.environment -p tests.real_server --strict-markers -m 'not browser'"
TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Mutation:
    area: str  # what breaks, in a few words
    file: str
    old: str  # stands in the file exactly once
    new: str
    tests: str  # pytest's arguments, divided by spaces


MUTATIONS = [
    Mutation(
        "a token's signature is not checked",
        "tokens_demo/tokens.py",
        "class Backend(TokenBackend):",
        "class Backend(TokenBackend):\n"
        "    def decode(self, token, verify=True):\n"
        '        return jwt.decode(token, options={"verify_signature": False})\n',
        "tests/tokens_demo/test_algorithms.py",
    ),
    Mutation(
        "a token's audience is not checked",
        "tokens_demo/tokens.py",
        "        api_settings.AUDIENCE,\n        api_settings.ISSUER,",
        "        None,\n        api_settings.ISSUER,",
        "tests/tokens_demo/test_tokens.py",
    ),
    Mutation(
        "a token has several spellings",
        "tokens_demo/tokens.py",
        "if token is not None and not canonical(token):",
        "if False:",
        "tests/tokens_demo/test_algorithms.py",
    ),
    Mutation(
        "the denylist is ignored",
        "tokens_demo/authentication.py",
        'if denied(token["jti"]):',
        "if False:",
        "tests/tokens_demo/test_mechanism.py",
    ),
    Mutation(
        "reuse of a refresh token is not detected",
        "tokens_demo/rotation.py",
        "elif not deny(token, DeniedToken.Reason.ROTATED):",
        "elif deny(token, DeniedToken.Reason.ROTATED) is None:",
        "tests/tokens_demo/test_rotation.py",
    ),
    Mutation(
        "a changed password does not end revocable tokens",
        "tokens_demo/authentication.py",
        'if not constant_time_compare(str(token.get("password", "")), password_mark(user)):',
        "if False:",
        "tests/tokens_demo/test_authentication.py",
    ),
    Mutation(
        "a weak token variant accepts real accounts",
        "tokens_demo/authentication.py",
        "if not (settings.LAB and user.sandbox_id):",
        "if not settings.LAB:",
        "tests/tokens_demo/test_weak_variants.py",
    ),
    Mutation(
        "no CSRF check where the browser sends the credential",
        "authcompare/mechanisms/authentication.py",
        "if found and self.transport.sent_automatically and self.csrf:",
        "if False:",
        "tests/mechanisms/test_contract.py",
    ),
    Mutation(
        "sign-in without a CSRF check",
        "authcompare/mechanisms/api.py",
        "            require_csrf_token(request._request)\n        serializer = LoginSerializer",
        "            pass\n        serializer = LoginSerializer",
        "tests/mechanisms/test_contract.py",
    ),
    Mutation(
        "two credential cookies in one request are believed",
        "authcompare/mechanisms/authentication.py",
        "if len(self.transport.extract(request)) > 1:",
        "if False:",
        "tests/api/test_bad_input.py -k twice",
    ),
    Mutation(
        "an idle session does not end",
        "sessions_demo/models.py",
        "return min(self.get(LIFETIME) or settings.SESSION_IDLE_LIFETIME, settings.SESSION_IDLE_LIFETIME)",
        "return settings.SESSION_ABSOLUTE_LIFETIME",
        "tests/sessions_demo/test_models.py",
    ),
    Mutation(
        "a session that is used never ends",
        "sessions_demo/models.py",
        "return min(idle, self.ends_at) if self.ends_at else idle",
        "return idle",
        "tests/sessions_demo/test_models.py",
    ),
    Mutation(
        "the key of a session is shown as its id",
        "sessions_demo/models.py",
        "return hashlib.sha256(session_key.encode()).hexdigest()[:16]",
        "return session_key",
        "tests/sessions_demo/test_api.py",
    ),
    Mutation(
        "a signed cookie does not expire",
        "cookies_demo/authentication.py",
        'signer.unsign(signed, max_age=statement["lifetime"])',
        "signer.unsign(signed)",
        "tests/cookies_demo/test_authentication.py",
    ),
    Mutation(
        "the plain cookie opens outside the lab",
        "cookies_demo/authentication.py",
        "        if not settings.LAB:\n            return None\n",
        "",
        "tests/cookies_demo/test_authentication.py",
    ),
    Mutation(
        "the plain cookie opens real accounts",
        "cookies_demo/authentication.py",
        "sandbox__isnull=False, is_active=True",
        "is_active=True",
        "tests/cookies_demo/test_authentication.py",
    ),
    Mutation(
        "the preference form redirects to another site",
        "cookies_demo/api.py",
        "if not url_has_allowed_host_and_scheme(back,",
        "if not url_has_allowed_host_and_scheme('/',",
        "tests/cookies_demo/test_api.py",
    ),
    Mutation(
        "If-Match is ignored",
        "authcompare/note/api.py",
        "if response is not None and response.status_code == 412:\n            raise PreconditionFailed",
        "if response is not None and response.status_code == 412:\n            return None",
        "tests/mechanisms/test_contract.py",
    ),
    Mutation(
        "a reader may edit the note",
        "authcompare/note/api.py",
        "return request.method in SAFE_METHODS or request.user.role == User.Role.EDITOR",
        "return True",
        "tests/tokens_demo/test_authentication.py",
    ),
    Mutation(
        "failed sign-ins are not counted",
        "authcompare/mechanisms/api.py",
        "            self.throttle.failed()\n",
        "",
        "tests/api/test_throttling.py",
    ),
    Mutation(
        "a large body is read",
        "authcompare/api/middleware.py",
        "if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:",
        "if False:",
        "tests/api/test_bad_input.py",
    ),
    Mutation(
        "deep JSON is an error of the server",
        "authcompare/api/parsers.py",
        "except RecursionError:",
        "except ZeroDivisionError:",
        "tests/api/test_bad_input.py",
    ),
    Mutation(
        "an unknown field is silently lost",
        "authcompare/api/fields.py",
        "        if extra:\n",
        "        if False:\n",
        "tests/api/test_bad_input.py",
    ),
    Mutation(
        "a password is recorded",
        "authcompare/api/recording/__init__.py",
        'HIDDEN if "password" in key.lower() else hide(value)',
        "hide(value)",
        "tests/api/test_recording.py",
    ),
    Mutation(
        "an exchange opens without its secret",
        "authcompare/api/recording/__init__.py",
        "return kept[1] if kept and secrets.compare_digest(kept[0], id[4:]) else None",
        "return kept[1] if kept else None",
        "tests/api/test_recording.py",
    ),
    Mutation(
        "an observation is accepted whatever was expected",
        "authcompare/comparison/evidence.py",
        "return SEEN if self.seen.outcome == self.needed else DIFFERS",
        "return SEEN",
        "tests/comparison/test_comparison.py",
    ),
    Mutation(
        "a statement has the wrong verdict",
        "authcompare/comparison/evidence.py",
        "return max(states, key=[SEEN, IN_BROWSER, OPEN, DIFFERS].index)",
        "return min(states, key=[SEEN, IN_BROWSER, OPEN, DIFFERS].index)",
        "tests/comparison/test_comparison.py",
    ),
    Mutation(
        "an experiment runs without a prediction",
        "authcompare/walkthrough/api.py",
        "in prediction.choices:\n            raise PredictFirst",
        "in prediction.choices:\n            return at.experiment.choices[0].outcome",
        "tests/walkthrough/test_api.py",
    ),
    Mutation(
        "a prediction changes after the run",
        "authcompare/walkthrough/api.py",
        "                raise AlreadyRun\n",
        "                pass\n",
        "tests/walkthrough/test_api.py",
    ),
    Mutation(
        "a vote counts after it was closed",
        "authcompare/learning/models.py",
        "return {self.Vote.OPEN: self.vote_round, self.Vote.RUN: Prediction.LATE}.get(self.vote)",
        "return self.vote_round",
        "tests/walkthrough/test_api.py tests/classroom/test_api.py",
    ),
    Mutation(
        "a class runs a step before its vote is over",
        "authcompare/learning/models.py",
        "return self.vote_step == step and self.vote in {self.Vote.OPEN, self.Vote.CLOSED}",
        "return False",
        "tests/walkthrough/test_api.py tests/classroom/test_api.py",
    ),
    Mutation(
        "a learner sees another learner's answers",
        "authcompare/learning/learners.py",
        ".filter(key_hash=hashed(key)).first() if key else None",
        ".order_by('pk').first() if key else None",
        "tests/walkthrough/test_api.py",
    ),
    Mutation(
        "an export names a learner",
        "authcompare/classroom/exports.py",
        '"learner": called[answer.learner_id],',
        '"learner": answer.learner.nickname,',
        "tests/classroom/test_exports.py",
    ),
    Mutation(
        "a teacher moves the class of another",
        "authcompare/classroom/permissions.py",
        "    if not teaches(user, classroom):\n        raise NotTheTeacher\n",
        "",
        "tests/classroom/test_permissions.py",
    ),
]


class Copy:
    """A copy of the project that one worker mutates."""

    def __init__(self, folder):
        self.folder = folder
        ignored = shutil.ignore_patterns(".git", ".venv*", "var", "node_modules", "__pycache__", "*.sqlite3")
        shutil.copytree(ROOT, folder, ignore=ignored)

    def test(self, *arguments):
        """Run these tests: (exit status, output)."""
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ended = subprocess.run(
                [sys.executable, *PYTEST, PLAIN, *arguments],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return -1, f"took longer than {TIMEOUT_SECONDS} s"
        return ended.returncode, ended.stdout + ended.stderr

    def try_out(self, mutation):
        """Return "noticed", "SURVIVED" or "BROKEN", with the test that failed or the reason."""
        path = self.folder / mutation.file
        text = path.read_text() if path.exists() else ""
        if text.count(mutation.old) != 1:
            return "BROKEN", f"its text stands {text.count(mutation.old)} times in {mutation.file}"
        path.write_text(text.replace(mutation.old, mutation.new))
        try:
            status, output = self.test(*mutation.tests.split())
        finally:
            path.write_text(text)
        failed = re.search(r"^(?:FAILED|ERROR) ?(\S+)", output, re.MULTILINE)
        if status == 0:
            return "SURVIVED", mutation.tests
        if status != 1 or not failed:
            return "BROKEN", output.strip().splitlines()[-1] if output.strip() else f"status {status}"
        return "noticed", failed[1]


def check_unchanged(copies, mutations):
    """Run the tests of all these mutations without any mutation; return the end of the output if they fail."""
    copy = copies.get()
    try:
        files = {word for each in mutations for word in each.tests.split("-k")[0].split()}
        status, output = copy.test(*sorted(files))
    finally:
        copies.put(copy)
    return output[-1000:] if status else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only the mutations whose area contains one of these")
    words = parser.parse_args().words
    chosen = [each for each in MUTATIONS if not words or any(word in each.area for word in words)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copies = SimpleQueue()
        for number in range(WORKERS):
            copies.put(Copy(Path(folder, str(number))))

        def run(mutation):
            copy = copies.get()
            try:
                return copy.try_out(mutation)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(WORKERS) as pool:
            unchanged = pool.submit(check_unchanged, copies, chosen)
            results = []
            for mutation, (result, detail) in zip(chosen, pool.map(run, chosen), strict=True):
                results.append(result)
                print(f"{result:8}  {mutation.area:55}  {detail}", flush=True)
        if failure := unchanged.result():
            print(f"The tests fail without any mutation, too: {failure}")
            return 2
    noticed = results.count("noticed")
    print(f"{noticed} of {len(results)} mutations noticed in {time.monotonic() - began:.0f} s")
    return 0 if noticed == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
