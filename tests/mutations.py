"""Mutation tests: break the project on purpose, one line at a time, and check that a test fails.

`python tests/mutations.py` mutates a copy of the project and runs the tests of the mutated area. The script ends with
status 1 if a mutation survives, because then no test covers that area. It is not part of the suite: run it once a week,
or after a change to the tests. With words as arguments, it runs only the mutations whose area contains one of them.
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
ADDOPTS = "addopts=-p tests.environment -p tests.real_server --strict-markers -m 'not browser'"
TIMEOUT_SECONDS = 300
REASON_CHARACTERS = 100


@dataclass(frozen=True)
class Mutation:
    """One deliberate breakage, and the tests that must notice it."""

    area: str
    file: str
    old: str  # occurs in the file exactly once
    new: str
    tests: str  # a test file, and an optional expression for pytest's -k

    @property
    def test_file(self) -> str:
        return self.tests.partition(" -k ")[0]

    @property
    def expression(self) -> str:
        return self.tests.partition(" -k ")[2]


MUTATIONS = [
    Mutation(
        "a token's signature is not checked",
        "tokens_demo/tokens.py",
        "class SigningBackend(TokenBackend):",
        "class SigningBackend(TokenBackend):\n"
        "    def decode(self, token, verify=True):\n"
        '        return jwt.decode(token, options={"verify_signature": False})\n',
        "tests/tokens_demo/test_algorithms.py -k another_key",
    ),
    Mutation(
        "a token's audience is not checked",
        "tokens_demo/tokens.py",
        "        api_settings.AUDIENCE,\n        api_settings.ISSUER,",
        "        None,\n        api_settings.ISSUER,",
        "tests/tokens_demo/test_tokens.py -k claim",
    ),
    Mutation(
        "a token has several spellings",
        "tokens_demo/tokens.py",
        "if token is not None and not is_canonical(token):",
        "if False:",
        "tests/tokens_demo/test_algorithms.py -k spelling",
    ),
    Mutation(
        "the denylist is ignored",
        "tokens_demo/authentication.py",
        'if is_denied(token["jti"]):',
        "if False:",
        "tests/tokens_demo/test_mechanism.py -k revocable",
    ),
    Mutation(
        "reuse of a refresh token is not detected",
        "tokens_demo/rotation.py",
        "elif not deny(token, DeniedToken.Reason.ROTATED):",
        "elif deny(token, DeniedToken.Reason.ROTATED) is None:",
        "tests/tokens_demo/test_rotation.py -k reuse",
    ),
    Mutation(
        "a changed password does not end revocable tokens",
        "tokens_demo/authentication.py",
        'if not constant_time_compare(str(token.get("password", "")), password_fingerprint(user)):',
        "if False:",
        "tests/tokens_demo/test_authentication.py -k password",
    ),
    Mutation(
        "a weak token variant accepts real accounts",
        "tokens_demo/authentication.py",
        "if not (settings.LAB and user.sandbox_id):",
        "if not settings.LAB:",
        "tests/tokens_demo/test_weak_variants.py -k sandbox",
    ),
    Mutation(
        "a weak variant has a URL outside the lab",
        "authcompare/mechanisms/base.py",
        "return [variant for variant in self.variants if variant.is_available]",
        "return list(self.variants)",
        "tests/tokens_demo/test_weak_variants.py -k outside_the_lab",
    ),
    Mutation(
        "an edit with a cookie needs no CSRF token",
        "authcompare/mechanisms/authentication.py",
        "if self.transport.sent_automatically and self.csrf:",
        "if False:",
        "tests/mechanisms/test_contract.py -k csrf",
    ),
    Mutation(
        "a sign-in that sets a cookie needs no CSRF token",
        "authcompare/mechanisms/api.py",
        "return [HasCSRFToken()] if checks_csrf else []",
        "return []",
        "tests/mechanisms/test_contract.py -k csrf",
    ),
    Mutation(
        "two credential cookies in one request are accepted",
        "authcompare/mechanisms/authentication.py",
        "if credential.is_ambiguous:",
        "if False:",
        "tests/api/test_bad_input.py -k cookie",
    ),
    Mutation(
        "an idle session does not expire",
        "sessions_demo/models.py",
        "return min(self.get(LIFETIME) or settings.SESSION_IDLE_LIFETIME, settings.SESSION_IDLE_LIFETIME)",
        "return settings.SESSION_ABSOLUTE_LIFETIME",
        "tests/sessions_demo/test_models.py -k idle",
    ),
    Mutation(
        "a session in constant use never expires",
        "sessions_demo/models.py",
        "return min(idle, self.ends_at) if self.ends_at else idle",
        "return idle",
        "tests/sessions_demo/test_models.py -k absolute",
    ),
    Mutation(
        "the list of sign-ins shows the session key",
        "sessions_demo/models.py",
        "return hashlib.sha256(session_key.encode()).hexdigest()[:16]",
        "return session_key",
        "tests/sessions_demo/test_mechanism.py -k key",
    ),
    Mutation(
        "a signed cookie does not expire",
        "cookies_demo/authentication.py",
        'signer.unsign(signed, max_age=fields["lifetime"])',
        "signer.unsign(signed)",
        "tests/cookies_demo/test_authentication.py -k expires",
    ),
    Mutation(
        "the plain cookie works outside the lab",
        "cookies_demo/authentication.py",
        "        if not settings.LAB:\n            return None\n",
        "",
        "tests/cookies_demo/test_authentication.py -k outside_the_lab",
    ),
    Mutation(
        "the plain cookie works for real accounts",
        "cookies_demo/authentication.py",
        "sandbox__isnull=False, is_active=True",
        "is_active=True",
        "tests/cookies_demo/test_authentication.py -k sandbox",
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
        "tests/mechanisms/test_contract.py -k outdated",
    ),
    Mutation(
        "a reader may edit the note",
        "authcompare/note/api.py",
        "return request.method in SAFE_METHODS or request.user.role == User.Role.EDITOR",
        "return True",
        "tests/tokens_demo/test_authentication.py -k role",
    ),
    Mutation(
        "failed sign-ins are not counted",
        "authcompare/mechanisms/api.py",
        "            self.throttle.count_failure()\n",
        "",
        "tests/api/test_throttling.py -k failures",
    ),
    Mutation(
        "the server reads a body that is too large",
        "authcompare/api/middleware.py",
        "if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:",
        "if False:",
        "tests/api/test_bad_input.py -k large",
    ),
    Mutation(
        "deeply nested JSON causes a server error",
        "authcompare/api/parsers.py",
        "except RecursionError:",
        "except ZeroDivisionError:",
        "tests/api/test_bad_input.py -k nest",
    ),
    Mutation(
        "an unknown field is ignored",
        "authcompare/api/fields.py",
        "        if extra:\n",
        "        if False:\n",
        "tests/api/test_bad_input.py -k known",
    ),
    Mutation(
        "a password is recorded",
        "authcompare/api/recording/redaction.py",
        'HIDDEN if "password" in key.lower() else redact_passwords(value)',
        "redact_passwords(value)",
        "tests/api/test_recording.py -k passwords",
    ),
    Mutation(
        "part of its id opens an exchange",
        "authcompare/api/recording/store.py",
        "return stored[1] if stored and secrets.compare_digest(stored[0], id[4:]) else None",
        "return stored[1] if stored else None",
        "tests/api/test_recording.py -k whole_id",
    ),
    Mutation(
        "a visitor sees what another visitor's browser observed",
        "authcompare/experiments/observations.py",
        "BrowserObservation.objects.filter(visitor=visitor)",
        "BrowserObservation.objects.all()",
        "tests/experiments/test_api.py -k visitor",
    ),
    Mutation(
        "an unexpected observation counts as expected",
        "authcompare/experiments/trial.py",
        "return SEEN if self.agrees else DIFFERS",
        "return SEEN",
        "tests/comparison/test_comparison.py -k contradict",
    ),
    Mutation(
        "a verdict has the best state of its observations",
        "authcompare/experiments/trial.py",
        "return max(states, key=STATES.index)",
        "return min(states, key=STATES.index)",
        "tests/comparison/test_comparison.py -k contradict",
    ),
    Mutation(
        "a verdict needs the opposite of what its variant promises",
        "authcompare/comparison/statements.py",
        '"at once"),\n            ("replay-after-logout", "session db", "refused"),',
        '"at once"),\n            ("replay-after-logout", "session db", "let in"),',
        "tests/comparison/test_comparison.py -k rests_on_observations",
    ),
    Mutation(
        "a refuted statement is called confirmed",
        "authcompare/comparison/statements.py",
        'REFUTED,\n            _("An access token works',
        'CONFIRMED,\n            _("An access token works',
        "tests/management/test_compare.py -k comparison_is_current",
    ),
    Mutation(
        "a wrong prediction counts as right",
        "authcompare/experiments/judging.py",
        "if predicted == observed:",
        "if predicted:",
        "tests/walkthrough/test_api.py -k wrong_prediction_gets",
    ),
    Mutation(
        "an experiment runs without a prediction",
        "authcompare/learning/predictions.py",
        "in prediction.choices:\n        raise PredictFirst",
        "in prediction.choices:\n        return step.experiment.choices[0].outcome",
        "tests/classroom/test_api.py -k missed_the_votes",
    ),
    Mutation(
        "a prediction changes after the run",
        "authcompare/learning/predictions.py",
        "if learner.runs.filter(step=step.slug).exists():",
        "if False:",
        "tests/walkthrough/test_api.py -k updated",
    ),
    Mutation(
        "a page gives the result away before the prediction",
        "authcompare/experiments/views.py",
        '        "key": variant.key,\n',
        '        "key": variant.key,\n        "weak": bool(variant.lab),\n',
        "tests/walkthrough/test_api.py -k before_the_prediction",
    ),
    Mutation(
        "a vote counts after it was closed",
        "authcompare/learning/models.py",
        "return rounds.get(self.vote)",
        "return self.vote_round",
        "tests/classroom/test_api.py -k vote",
    ),
    Mutation(
        "a class runs a step before its vote is over",
        "authcompare/learning/models.py",
        "return self.vote_step == step and self.vote in {self.Vote.OPEN, self.Vote.CLOSED}",
        "return False",
        "tests/classroom/test_api.py -k locked",
    ),
    Mutation(
        "a learner sees another learner's answers",
        "authcompare/learning/learners.py",
        ".filter(key_hash=hash_key(key)).first() if key else None",
        ".order_by('pk').first() if key else None",
        "tests/walkthrough/test_api.py -k another_learner",
    ),
    Mutation(
        "an export names a learner",
        "authcompare/classroom/exports.py",
        '"learner": names[prediction.learner_id],',
        '"learner": prediction.learner.nickname,',
        "tests/classroom/test_exports.py -k export",
    ),
    Mutation(
        "a teacher changes another teacher's class",
        "authcompare/classroom/permissions.py",
        "    if not (user.is_superuser or classroom.teacher_id == user.pk):\n        raise NotTheTeacher\n",
        "",
        "tests/classroom/test_permissions.py -k only_its_teacher",
    ),
]


class Copy:
    """A copy of the project that one worker mutates."""

    def __init__(self, folder: Path):
        self.folder = folder
        ignored = shutil.ignore_patterns(".git", ".venv*", "var", "node_modules", "__pycache__", "*.sqlite3")
        shutil.copytree(ROOT, folder, ignore=ignored)

    def run_tests(self, files: list[str], expression: str) -> tuple[int, str]:
        """Run the selected tests of these files, and return (exit status, output)."""
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        try:
            process = subprocess.run(
                [sys.executable, *PYTEST, ADDOPTS, *files, "-k", expression],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return -1, f"took longer than {TIMEOUT_SECONDS} s"
        return process.returncode, process.stdout + process.stderr

    def check(self, mutation: Mutation) -> tuple[str, str]:
        """Return ("noticed", failed test and reason), ("SURVIVED", the tests) or ("BROKEN", the cause)."""
        path = self.folder / mutation.file
        text = path.read_text() if path.exists() else ""
        if text.count(mutation.old) != 1:
            return "BROKEN", f"the old text occurs {text.count(mutation.old)} times in {mutation.file}"
        path.write_text(text.replace(mutation.old, mutation.new))
        try:
            status, output = self.run_tests([mutation.test_file], mutation.expression)
        finally:
            path.write_text(text)
        failed = re.search(r"^(?:FAILED|ERROR) (tests/.+?)(?: - |$)", output, re.MULTILINE)
        if status == 0:
            return "SURVIVED", mutation.tests
        if status != 1 or not failed:
            return "BROKEN", output.strip().splitlines()[-1] if output.strip() else f"status {status}"
        reason = re.search(r"^E +(.+)", output, re.MULTILINE)
        return "noticed", f"{failed[1]}: {reason[1][:REASON_CHARACTERS] if reason else ''}"


def check_unmutated(copies: SimpleQueue, mutations: list[Mutation]) -> str:
    """Run all selected tests without a mutation, and return the end of the output if one fails."""
    files = sorted({each.test_file for each in mutations})
    selections = {
        " and ".join(f"({word})" for word in [*Path(each.test_file).parts[1:], each.expression] if word)
        for each in mutations
    }
    copy = copies.get()
    try:
        status, output = copy.run_tests(files, " or ".join(f"({each})" for each in sorted(selections)))
    finally:
        copies.put(copy)
    print("Without a mutation:", output.strip().splitlines()[-1], flush=True)
    return output[-1000:] if status else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="run only the mutations whose area contains one of these words")
    words = parser.parse_args().words
    mutations = [each for each in MUTATIONS if not words or any(word in each.area for word in words)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copies: SimpleQueue = SimpleQueue()
        for number in range(WORKERS):
            copies.put(Copy(Path(folder, str(number))))

        def check(mutation: Mutation) -> tuple[str, str]:
            copy = copies.get()
            try:
                return copy.check(mutation)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(WORKERS) as pool:
            unmutated = pool.submit(check_unmutated, copies, mutations)
            results = []
            for mutation, (result, detail) in zip(mutations, pool.map(check, mutations), strict=True):
                results.append(result)
                print(f"{result:8}  {mutation.area:57}  {detail}", flush=True)
        if failure := unmutated.result():
            print(f"Tests fail without a mutation: {failure}")
            return 2
    noticed = results.count("noticed")
    print(f"{noticed} of {len(results)} mutations noticed in {time.monotonic() - began:.0f} s")
    return 0 if noticed == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
