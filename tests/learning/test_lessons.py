"""The lesson files: the real ones have no mistake, and every kind of mistake is reported."""

import re
import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from authcompare.learning import checks, lessons, questions
from authcompare.learning.lesson_checks import lesson_problems, question_problems
from authcompare.learning.lessons import LESSONS, PLANS, languages, planned_steps, steps

ONE = "06-verify-it.md"


@pytest.fixture
def folder(tmp_path):
    """Return a copy of some of the real lessons."""
    for language in languages():
        (tmp_path / language).mkdir()
        for name in ("05-send-it.md", ONE, "questions.yaml"):
            shutil.copy(LESSONS / language / name, tmp_path / language)
    return tmp_path


@pytest.fixture
def spoil(folder):
    """Return a function that changes an English lesson file and returns the mistakes: `spoil(old, new)`."""

    def spoil(old, new, name=ONE, count=1, everywhere=False):
        for language in languages() if everywhere else ["en"]:
            path = folder / language / name
            before = path.read_text(encoding="utf-8")
            after = re.sub(old, new, before, count=count, flags=re.MULTILINE | re.DOTALL)
            assert after != before, f"{old} is not in {path}"
            path.write_text(after, encoding="utf-8")
        return [*lesson_problems(folder), *question_problems(folder)]

    return spoil


def test_the_real_lessons_have_no_mistake():
    assert [*lesson_problems(), *question_problems()] == []
    assert checks.check_lesson(None) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"\A---\n", "", "must start with front matter"),
        (r"^title: .*?$", "title: [", "invalid YAML"),
        (r"\A---.*?---\n", "---\njust a sentence\n---\n", "must start with front matter"),
        (r"^title:", "titel:", "unknown name in the front matter: titel"),
        (r"^title: .*?\n", "", "needs 'title'"),
        (r"^objective: .*?\n", "", "needs 'objective'"),
        (r"^minutes: .*?$", "minutes: 7", "'minutes' must give"),
        (r"^minutes: .*?$", "minutes: {}", "'minutes' must give"),
        (r"^minutes: .*?$", "minutes: {60: 4}", "'minutes' must give"),
        (r"^minutes: .*?$", "minutes: {45: soon}", "'minutes' must give"),
        (r"^minutes: .*?$", "minutes: {45: 0}", "'minutes' must give"),
        (r"^doors: .*?$", "doors: session db", "'doors' must be a list"),
        (r"^experiment: .*?$", "experiment: tampering", "unknown experiment 'tampering'"),
        (r"^doors: .*?$", "doors: [session db, cookie sour]", "does not run at the door 'cookie sour'"),
        (r"^doors: .*?$", "doors: [session]", "does not run at the door 'session'"),
        (r"^rows: .*?$", "rows: [honesty]", "the comparison has no row 'honesty'"),
        (r"^code: .*?$", "code: [token/default/protected/post]", "unknown code 'token/default/protected/post'"),
        (r"^code: .*?$", "code: [token/none/protected/get]", "unknown code 'token/none/protected/get'"),
        (r"^code: .*?$", "code: [token/default/secret/get]", "unknown code 'token/default/secret/get'"),
        (r"\{#explain\}", "{#because}", "the section {#explain} is missing"),
        (r"\{#code\}", "{#coda}", "'code' needs a section {#code}"),
        (r"\{#predict\}(.*)\{#observe\}", r"{#observe}\1{#predict}", "once each and in this order"),
        (r"\{#observe\}", "{#explain}", "once each and in this order"),
        (
            r"tamper/cookie/plain=let in",
            "tamper/cookie/plain=refused",
            "the experiment expects 'let in'",
        ),
        (r"tamper/cookie/plain=let in", "tamper/cookie/sour=let in", "unknown experiment or door"),
        (r"tamper/cookie/plain=let in", "tampering/cookie/plain=let in", "unknown experiment or door"),
        (r"\(/comparison/#security\)", "(/comparisons/#security)", "dead link: /comparisons/#security"),
        (r"\(/comparison/#security\)", "(/comparison/#honesty)", "dead link: /comparison/#honesty"),
        (r"\(/comparison/#security\)", "(/experiments/tampering/)", "dead link: /experiments/tampering/"),
        (r"\(/comparison/#security\)", "(/walkthrough/nowhere/)", "dead link: /walkthrough/nowhere/"),
        (r"\(/comparison/#security\)", "(/walkthrough/verify-it/#end)", "dead link: /walkthrough/verify-it/#end"),
        (r"\(/comparison/#security\)", "(/glossary/#honesty)", "dead link: /glossary/#honesty"),
        (r"\(/comparison/#security\)", "(http://example.com/)", "must begin with"),
        (r"\(/comparison/#security\)", "(tamper)", "must begin with"),
        (r"^  - Goes wrong", "  - [here](/gone/) goes wrong", "dead link: /gone/"),
        (r"\Z", "\n```transcript\nnever-run\n```\n", "unknown transcript 'never-run'"),
    ],
)
def test_a_mistake_is_reported_with_its_file(spoil, old, new, problem):
    found = [line for line in spoil(old, new) if problem in line]
    assert found
    assert all(line.startswith(f"en/{ONE}: ") for line in found)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"^minutes: .*?$", "minutes: {45: 4, 90: 5}", "'minutes' differs"),
        (r"^experiment: .*?$", "experiment: theft-by-night", "unknown experiment"),
        (r"^doors: .*?$", "doors: [session db]", "'doors' differs"),
        (r"^rows: .*?$", "rows: [security]", "'rows' differs"),
    ],
)
def test_a_translation_of_another_step_is_reported(spoil, old, new, problem):
    assert any(problem in line for line in spoil(old, new))


def test_a_missing_translation_is_reported(folder):
    (folder / "zh-hans" / ONE).unlink()
    assert list(lesson_problems(folder)) == [f"zh-hans/{ONE}: this step has no translation"]
    (folder / "en" / ONE).unlink()
    assert list(lesson_problems(folder)) == []  # the step is missing in both
    (folder / "zh-hans" / "99-more.md").write_text((LESSONS / "zh-hans" / ONE).read_text())
    assert "en/99-more.md: this step has no translation" in lesson_problems(folder)


def test_a_plan_that_is_too_long_is_reported(spoil):
    other = next(step for step in steps("en") if step.slug == "send-it").minutes[90]
    found = spoil(r"^minutes: .*?$", "minutes: {45: 4, 90: 90}", everywhere=True)
    assert found == [f"the plan of 90 minutes needs {90 + other}"]


def test_two_steps_with_one_name_are_reported(folder):
    for language in languages():
        shutil.copy(folder / language / ONE, folder / language / "07-verify-it.md")
    assert "en/07-verify-it.md: another step has the same name" in lesson_problems(folder)


def test_a_step_with_the_address_of_another_page_is_reported(folder):
    for language in languages():
        (folder / language / ONE).rename(folder / language / "06-summary.md")
    assert "en/06-summary.md: another page has the address /walkthrough/summary/: rename the file" in lesson_problems(
        folder
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"^- misconception: nothing-kept", "- [", "invalid YAML"),
        (r"\A.*\Z", "nothing: here", "must be a list of misconceptions"),
        (r"^- misconception: nothing-kept", "- misunderstanding: nothing-kept", "needs 'pre' with"),
        (r"^    why: .*?\n", "", "needs 'pre' with"),
        (r"^    right: 3$", "    right: 5", "has no option number 5 in 'pre'"),
        (r"^    right: 3$", "    right: 0", "has no option number 0 in 'pre'"),
        (r"^    right: 3$", "    right: third", "has no option number third in 'pre'"),
        (r"^    right: 3$", "    right: 2", "differs from the other languages"),
        (r"^    options:\n.*?    right", "    options: [one]\n    right", "at least 2 options"),
        (r"^- misconception: nothing-kept", "- misconception: another", "differs from the other languages"),
    ],
)
def test_a_mistake_in_the_questions_is_reported(spoil, old, new, problem):
    assert any(problem in line for line in spoil(old, new, name="questions.yaml"))


def test_a_question_in_both_tests_is_reported(spoil):
    found = spoil(
        r"question: (.*?)$(.*?)  post:\n    question: .*?$",
        r"question: \1\2  post:\n    question: \1",
        "questions.yaml",
    )
    assert found == ["en/questions.yaml: 'nothing-kept' has the same question before and after"]


def test_a_right_option_that_is_always_the_first_is_reported(spoil):
    found = spoil(r"right: \d", "right: 1", "questions.yaml", count=0, everywhere=True)
    assert "en/questions.yaml: in 'pre' the right option is always at the same place" in found


def test_a_missing_questions_file_is_reported(folder):
    (folder / "zh-hans" / "questions.yaml").unlink()
    assert "zh-hans/questions.yaml: the file is missing" in question_problems(folder)


def test_the_check_command_reports_each_mistake(monkeypatch):
    monkeypatch.setattr(
        checks.lesson_checks, "lesson_problems", lambda: ["en/01.md: it is short", "en/02.md: it is long"]
    )
    with pytest.raises(SystemCheckError, match=r"it is short(?s:.*)it is long"):
        call_command("check")


def test_outside_the_lab_nothing_is_checked_because_weak_variants_have_no_urls(project):
    project(LAB=False)
    assert list(lesson_problems()) != []
    assert checks.check_lesson(None) == []


# The real files


def test_the_minutes_of_each_plan_add_up():
    for plan in PLANS:
        assert sum(step.minutes[plan] for step in planned_steps(plan, "en")) == plan


def test_the_steps_fill_in_every_row_of_the_article_s_table():
    from authcompare.experiments.topics import TOPICS

    filled = {row for step in steps("en") for row in step.rows}
    assert {row.slug for row in TOPICS if not row.ours} <= filled


def test_each_test_asks_about_eight_to_ten_misconceptions():
    for language in languages():
        asked = questions.questions("pre", language)
        assert 8 <= len({each.misconception for each in asked}) == len(asked) <= 10


def test_an_edited_file_is_read_again(folder):
    def title():
        return next(step.title for step in steps("en", folder) if step.slug == "verify-it")

    assert title() == "Verified or refused"
    path = folder / "en" / ONE
    path.write_text(path.read_text().replace("Verified or refused", "Changed by the teacher"))
    assert title() == "Changed by the teacher"


def test_a_new_file_is_a_new_step(folder):
    text = (folder / "en" / ONE).read_text()
    (folder / "en" / "06-again.md").write_text(text)
    slugs = [step.slug for step in steps("en", folder)]
    assert slugs[slugs.index("verify-it") - 1] == "again"


def test_raw_html_in_a_lesson_is_escaped():
    assert lessons.render("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    assert "<a" not in lessons.render("[x](javascript:alert(1))")


def test_an_observation_links_to_its_experiment():
    html = lessons.render("[refused](<saw:tamper/session/db=refused>)")
    assert html == '<p><a class="saw" href="/experiments/tamper/">refused</a></p>\n'


def test_the_first_use_of_a_term_in_a_step_links_to_the_glossary_and_later_uses_do_not():
    linked = set()
    first = lessons.render("A claim, and a claim.", "en", linked)
    assert first.count('href="/glossary/#claim"') == 1
    assert "/glossary/" not in lessons.render("Another claim.", "en", linked)
    assert "/glossary/" not in lessons.render("A claim in the notes.")


@pytest.mark.parametrize("language", languages())
def test_no_step_links_a_term_twice(language):
    for step in steps(language):
        links = re.findall(r"/glossary/#[\w-]+", "".join(section.html for section in step.sections.values()))
        assert links or not step.experiment, step.slug
        assert len(links) == len(set(links)), step.slug


def test_a_link_to_a_term_of_the_glossary_is_no_mistake(spoil):
    assert spoil(r"\(/comparison/#security\)", "(/glossary/#claim)") == []
