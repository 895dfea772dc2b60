"""The recorded runs of Node code: in step with their fragments and packages, and shown in the lesson."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from authcompare.learning import lessons
from authcompare.learning.lessons import languages, steps
from authcompare.learning.transcripts import TRANSCRIPTS, transcript_names, transcript_problems, transcripts

NODE = Path(settings.BASE_DIR) / "tests" / "node"
SHOWN = "// ---- shown ----\n"
NAMES = sorted(transcripts())
EXAMPLE = "verify-call"
DIRECTIVE = f"```transcript\n{EXAMPLE}\n```"


def recorded(folder):
    """Return the transcripts in a folder, without what may differ between two runs: the date and Node's version."""
    found = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    for transcript in found.values():
        del transcript["date"], transcript["versions"]["node"]
    return found


def test_the_transcripts_are_what_the_fragments_do_today(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed: the fragments cannot run again")
    if not (NODE / "node_modules").is_dir():
        pytest.skip("the Node packages are not installed: run .ci/node first")
    subprocess.run(["node", NODE / "record.mjs", "--to", tmp_path], check=True, timeout=60)
    assert recorded(tmp_path) == recorded(TRANSCRIPTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_shows_the_lines_of_its_fragment(name):
    transcript = transcripts()[name]
    text = (settings.BASE_DIR / transcript.file).read_text("utf-8")
    assert transcript.source == tuple(text.partition(SHOWN)[2].splitlines())
    assert 5 <= len(transcript.source) <= 14
    assert transcript.command.endswith(f"tests/node/record.mjs {name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_names_the_pinned_package_versions(name):
    pinned = json.loads((NODE / "package.json").read_text())["dependencies"]
    locked = json.loads((NODE / "package-lock.json").read_text())["packages"]
    versions = dict(transcripts()[name].versions)
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions.pop("node"))
    assert versions
    for package, version in versions.items():
        assert version == pinned[package] == locked[f"node_modules/{package}"]["version"]


def test_every_fragment_has_a_transcript_and_every_transcript_is_shown_once_in_each_language():
    assert {path.stem for path in (NODE / "fragments").glob("*.mjs")} == set(NAMES)
    for language in languages():
        assert sorted(name for step in steps(language) for name in transcript_names(step.body)) == NAMES


def test_the_steps_show_the_same_transcripts_in_every_language():
    shown = [{step.slug: transcript_names(step.body) for step in steps(language)} for language in languages()]
    assert all(each == shown[0] for each in shown)


def test_the_directive_shows_the_fragment_the_output_the_versions_the_date_and_the_command():
    transcript = transcripts()[EXAMPLE]
    text = unescape(re.sub(r"<[^>]+>", "", lessons.render(DIRECTIVE)))
    for line in (*transcript.source, *(part for pair in transcript.output for part in pair.values())):
        assert line in text
    assert transcript.environment == "Node.js {node}, jsonwebtoken {jsonwebtoken}".format(**transcript.versions)
    assert f"Recorded on {transcript.date} with {transcript.environment}." in text
    assert transcript.command in text


def test_the_labels_have_the_language_of_the_lesson_and_not_of_the_visitor():
    with translation.override("zh-hans"):
        assert "Recorded on" in lessons.render(DIRECTIVE, "en")


def test_any_other_fenced_block_is_shown_as_it_is():
    assert (
        lessons.render("```text\nverify-call\n```") == '<pre><code class="language-text">verify-call\n</code></pre>\n'
    )


def test_an_unknown_transcript_is_a_problem_of_the_lesson():
    text = f"{DIRECTIVE}\n\n```transcript\n../secret\n```"
    assert list(transcript_problems(text)) == ["unknown transcript '../secret'"]
    assert "<code" in lessons.render("```transcript\n../secret\n```")
