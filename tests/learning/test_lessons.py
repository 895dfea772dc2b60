"""The lesson's files: the real ones are sound, and whatever can be wrong with one is told and fails the build."""

import re
import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from authcompare.learning import checks, lessons, questions
from authcompare.learning.lessons import LESSONS, PLANS, languages, planned, steps

ONE = "06-verify-it.md"


@pytest.fixture
def folder(tmp_path):
    """A copy of some of the real lessons, to be spoiled."""
    for language in languages():
        (tmp_path / language).mkdir()
        for name in ("05-send-it.md", ONE, "questions.yaml"):
            shutil.copy(LESSONS / language / name, tmp_path / language)
    return tmp_path


@pytest.fixture
def spoil(folder):
    """Changes a file of the English lessons, and returns what is then wrong: `spoil(old, new)`."""

    def spoil(old, new, name=ONE, count=1, everywhere=False):
        for language in languages() if everywhere else ["en"]:
            path = folder / language / name
            before = path.read_text(encoding="utf-8")
            after = re.sub(old, new, before, count=count, flags=re.MULTILINE | re.DOTALL)
            assert after != before, f"{old} is not in {path}"
            path.write_text(after, encoding="utf-8")
        return [*lessons.problems(folder), *questions.problems(folder)]

    return spoil


def test_the_real_lessons_are_sound():
    assert [*lessons.problems(), *questions.problems()] == []
    assert checks.the_lesson_is_sound(None) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"\A---\n", "", "does not begin with front matter"),
        (r"^title: .*?$", "title: [", "no YAML"),
        (r"\A---.*?---\n", "---\njust a sentence\n---\n", "no list of names and values"),
        (r"^title:", "titel:", "a name that nobody knows: titel"),
        (r"^title: .*?\n", "", "lacks title"),
        (r"^objective: .*?\n", "", "lacks objective"),
        (r"^minutes: .*?$", "minutes: 7", "minutes must say"),
        (r"^minutes: .*?$", "minutes: {}", "minutes must say"),
        (r"^minutes: .*?$", "minutes: {60: 4}", "minutes must say"),
        (r"^minutes: .*?$", "minutes: {45: soon}", "minutes must say"),
        (r"^minutes: .*?$", "minutes: {45: 0}", "minutes must say"),
        (r"^doors: .*?$", "doors: session db", "its doors are no list"),
        (r"^experiment: .*?$", "experiment: tampering", "there is no experiment 'tampering'"),
        (r"^doors: .*?$", "doors: [session db, cookie sour]", "nothing to do at the door 'cookie sour'"),
        (r"^doors: .*?$", "doors: [session]", "nothing to do at the door 'session'"),
        (r"^rows: .*?$", "rows: [honesty]", "the comparison has no row 'honesty'"),
        (r"^code: .*?$", "code: [token/default/protected/post]", "there is no code 'token/default/protected/post'"),
        (r"^code: .*?$", "code: [token/none/protected/get]", "there is no code 'token/none/protected/get'"),
        (r"^code: .*?$", "code: [token/default/secret/get]", "there is no code 'token/default/secret/get'"),
        (r"\{#explain\}", "{#because}", "it has no section {#explain}"),
        (r"\{#code\}", "{#coda}", "no section {#code} to show it in"),
        (r"\{#predict\}(.*)\{#observe\}", r"{#observe}\1{#predict}", "once each and in this order"),
        (r"\{#observe\}", "{#explain}", "once each and in this order"),
        (r"tamper/cookie/plain=let in", "tamper/cookie/plain=refused", "says 'refused', but tamper at cookie plain"),
        (r"tamper/cookie/plain=let in", "tamper/cookie/sour=let in", "there is nothing to see"),
        (r"tamper/cookie/plain=let in", "tampering/cookie/plain=let in", "there is nothing to see"),
        (r"\(/comparison/#security\)", "(/comparisons/#security)", "a dead link: /comparisons/#security"),
        (r"\(/comparison/#security\)", "(/comparison/#honesty)", "a dead link: /comparison/#honesty"),
        (r"\(/comparison/#security\)", "(/experiments/tampering/)", "a dead link: /experiments/tampering/"),
        (r"\(/comparison/#security\)", "(/walkthrough/nowhere/)", "a dead link: /walkthrough/nowhere/"),
        (r"\(/comparison/#security\)", "(/walkthrough/verify-it/#end)", "a dead link: /walkthrough/verify-it/#end"),
        (r"\(/comparison/#security\)", "(http://example.com/)", "must begin with"),
        (r"\(/comparison/#security\)", "(tamper)", "must begin with"),
        (r"^  - Goes wrong", "  - [here](/gone/) goes wrong", "a dead link: /gone/"),
        (r"\Z", "\n```transcript\nnever-run\n```\n", "unknown transcript 'never-run'"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_its_name(spoil, old, new, problem):
    found = [line for line in spoil(old, new) if problem in line]
    assert found
    assert all(line.startswith(f"en/{ONE}: ") for line in found)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"^minutes: .*?$", "minutes: {45: 4, 90: 5}", "its minutes are not those"),
        (r"^experiment: .*?$", "experiment: theft-by-night", "there is no experiment"),
        (r"^doors: .*?$", "doors: [session db]", "its door are not those"),
        (r"^rows: .*?$", "rows: [security]", "its rows are not those"),
    ],
)
def test_a_translation_that_is_another_step_is_told(spoil, old, new, problem):
    assert any(problem in line for line in spoil(old, new))


def test_a_step_without_a_translation_is_told(folder):
    (folder / "zh-hans" / ONE).unlink()
    assert list(lessons.problems(folder)) == [f"zh-hans/{ONE}: this step has no translation"]
    (folder / "en" / ONE).unlink()
    assert list(lessons.problems(folder)) == []  # it is gone from both
    (folder / "zh-hans" / "99-more.md").write_text((LESSONS / "zh-hans" / ONE).read_text())
    assert "en/99-more.md: this step has no translation" in lessons.problems(folder)


def test_a_plan_that_takes_too_long_is_told(spoil):
    other = next(step for step in steps("en") if step.slug == "send-it").minutes[90]
    found = spoil(r"^minutes: .*?$", "minutes: {45: 4, 90: 90}", everywhere=True)
    assert found == [f"the plan of 90 minutes needs {90 + other}"]


def test_two_steps_of_one_name_are_told(folder):
    for language in languages():
        shutil.copy(folder / language / ONE, folder / language / "07-verify-it.md")
    assert "en/07-verify-it.md: another step has the same name" in lessons.problems(folder)


def test_a_step_whose_address_is_taken_is_told(folder):
    for language in languages():
        (folder / language / ONE).rename(folder / language / "06-summary.md")
    assert "en/06-summary.md: there is another page at /walkthrough/summary/: name it otherwise" in lessons.problems(
        folder
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"^- misconception: nothing-kept", "- [", "no YAML"),
        (r"\A.*\Z", "nothing: here", "no list of misconceptions"),
        (r"^- misconception: nothing-kept", "- misunderstanding: nothing-kept", "has no pre with"),
        (r"^    why: .*?\n", "", "has no pre with"),
        (r"^    right: 3$", "    right: 5", "has in pre no option number 5"),
        (r"^    right: 3$", "    right: 0", "has in pre no option number 0"),
        (r"^    right: 3$", "    right: third", "has in pre no option number third"),
        (r"^    right: 3$", "    right: 2", "is not that of the other languages"),
        (r"^    options:\n.*?    right", "    options: [one]\n    right", "fewer than 2 options"),
        (r"^- misconception: nothing-kept", "- misconception: another", "is not that of the other languages"),
    ],
)
def test_questions_that_are_wrong_are_told(spoil, old, new, problem):
    assert any(problem in line for line in spoil(old, new, name="questions.yaml"))


def test_a_question_that_is_asked_twice_is_told(spoil):
    found = spoil(
        r"question: (.*?)$(.*?)  post:\n    question: .*?$",
        r"question: \1\2  post:\n    question: \1",
        "questions.yaml",
    )
    assert found == ["en/questions.yaml: 'nothing-kept' has the same question before and after"]


def test_a_right_answer_that_is_always_the_first_is_told(spoil):
    found = spoil(r"right: \d", "right: 1", "questions.yaml", count=0, everywhere=True)
    assert "en/questions.yaml: in pre the right answer is always at the same place" in found


def test_missing_questions_are_told(folder):
    (folder / "zh-hans" / "questions.yaml").unlink()
    assert "zh-hans/questions.yaml: there is none" in questions.problems(folder)


def test_the_check_command_tells_each_problem(monkeypatch):
    monkeypatch.setattr(checks.lessons, "problems", lambda: ["en/01.md: it is short", "en/02.md: it is long"])
    with pytest.raises(SystemCheckError, match=r"it is short(?s:.*)it is long"):
        call_command("check")


def test_outside_the_lab_nothing_is_checked_since_the_weak_doors_are_not_there(project):
    project(LAB=False)
    assert list(lessons.problems()) != []
    assert checks.the_lesson_is_sound(None) == []


# What the files say


def test_the_plans_take_the_time_they_promise():
    for plan in PLANS:
        assert sum(step.minutes[plan] for step in planned(plan, "en")) == plan


def test_every_row_of_the_article_s_table_is_filled_by_a_step():
    from authcompare.experiments.topics import ROWS

    filled = {row for step in steps("en") for row in step.rows}
    assert {row.slug for row in ROWS if not row.ours} <= filled


def test_there_are_questions_for_eight_to_ten_misconceptions():
    for language in languages():
        asked = questions.questions("pre", language)
        assert 8 <= len({each.misconception for each in asked}) == len(asked) <= 10


def test_a_file_that_is_edited_is_read_anew(folder):
    def title():
        return next(step.title for step in steps("en", folder) if step.slug == "verify-it")

    assert title() == "Verified or refused"
    path = folder / "en" / ONE
    path.write_text(path.read_text().replace("Verified or refused", "Changed by the teacher"))
    assert title() == "Changed by the teacher"


def test_a_new_step_is_there_as_soon_as_its_file_is(folder):
    text = (folder / "en" / ONE).read_text()
    (folder / "en" / "06-again.md").write_text(text)
    slugs = [step.slug for step in steps("en", folder)]
    assert slugs[slugs.index("verify-it") - 1] == "again"


def test_html_in_a_lesson_is_shown_and_not_obeyed():
    assert lessons.render("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    assert "<a" not in lessons.render("[x](javascript:alert(1))")


def test_a_sentence_about_an_observation_leads_to_the_experiment():
    html = lessons.render("[refused](<saw:tamper/session/db=refused>)")
    assert html == '<p><a class="saw" href="/experiments/tamper/">refused</a></p>\n'
