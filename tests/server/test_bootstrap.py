"""`demo` and `test` set themselves up: once, again when they must, and with one clear line when they cannot."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from authcompare.server import bootstrap

ROOT = Path(bootstrap.BASE)
LAUNCHER = sys._base_executable  # the Python of the system, as a newcomer has it
PYTEST = """
import os, sys, tiny
print("tiny", tiny.__version__)
print("arguments", sys.argv[1:])
print("folder", os.getcwd())
print("lab", os.environ["LAB"])
print("browser", os.environ.get("BROWSER_PATH"))
sys.exit(7)
"""


class Project:
    """A folder with manage.py, its bootstrap, one tiny requirement, and a pytest that only tells how it was called."""

    def __init__(self, folder):
        self.folder, self.venv, self.wheels = folder, folder / ".venv", folder / "wheels"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "BROWSER_PATH": sys.executable,
        }

    def write(self):
        (self.folder / "authcompare" / "server").mkdir(parents=True)
        self.wheels.mkdir()
        shutil.copy(ROOT / "manage.py", self.folder)
        for name in ("__init__.py", "server/__init__.py", "server/bootstrap.py"):
            shutil.copy(ROOT / "authcompare" / name, self.folder / "authcompare" / name)
        (self.folder / "pytest.py").write_text(PYTEST)
        for version in ("1.0", "2.0"):
            self.add_wheel(version)
        self.require("1.0")
        return self

    def add_wheel(self, version):
        info = f"tiny-{version}.dist-info"
        with zipfile.ZipFile(self.wheels / f"tiny-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr("tiny.py", f"__version__ = '{version}'\n")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")

    def require(self, version):
        (self.folder / "requirements.txt").write_text(f"tiny=={version}\n")
        (self.folder / "requirements-dev.txt").write_text("-r requirements.txt\n")

    def start(self, *arguments, python=LAUNCHER, **environment):
        return subprocess.Popen(
            [python, self.folder / "manage.py", *arguments],
            env=self.environment | environment,
            cwd=self.folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **options):
        """(exit status, standard output, standard error)"""
        process = self.start(*arguments, **options)
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def refusal(self, *arguments, **options):
        """The one line it ends with instead of setting up."""
        status, _, errors = self.run(*arguments, **options)
        assert status == 1
        assert errors.startswith("authcompare: ")
        assert errors.count("\n") == 1
        return errors


@pytest.fixture
def bare(tmp_path):
    """A fresh clone."""
    return Project(tmp_path / "bare").write()


@pytest.fixture(scope="module")
def first_start(tmp_path_factory):
    """A fresh clone's first start: (project, what it wrote)."""
    project = Project(tmp_path_factory.mktemp("first") / "clone").write()
    status, output, errors = project.run("test", "-k", "a b", "--lf")
    assert (status, errors) == (7, "")
    return project, output


@pytest.fixture
def ready(first_start, tmp_path):
    """A clone that was set up before (and moved since, which it has to survive)."""
    shutil.copytree(first_start[0].folder, tmp_path / "ready", symlinks=True)
    return Project(tmp_path / "ready")


def test_the_first_start_says_what_it_does_and_hands_everything_over(first_start):
    project, output = first_start
    assert "Making a virtual environment" in output
    assert "Installing requirements-dev.txt" in output
    assert "tiny 1.0" in output
    assert "arguments ['-k', 'a b', '--lf']" in output
    assert f"folder {project.folder}" in output
    assert "lab 1" in output


def test_a_second_start_installs_nothing_and_keeps_the_exit_status(ready):
    status, output, _ = ready.run("test", PIP_FIND_LINKS="/nowhere")
    assert status == 7
    assert output.startswith("tiny 1.0")


def test_the_lab_can_be_switched_off_from_outside(ready):
    assert "lab 0" in ready.run("test", LAB="0")[1]


def test_changed_requirements_are_installed_by_the_next_start_even_from_inside_the_environment(ready):
    ready.require("2.0")
    _, output, _ = ready.run("test", python=ready.venv / "bin" / "python")
    assert "Making a virtual environment" not in output
    assert "tiny 2.0" in output


def test_an_installation_that_failed_is_made_up_for_by_the_next_start(ready):
    ready.require("3.0")
    assert "No matching distribution found for tiny==3.0" in ready.refusal("test")
    ready.require("1.0")  # what was installed before is not trusted any more
    assert "Installing" in ready.run("test")[1]
    assert "Installing" not in ready.run("test")[1]


def test_another_python_in_the_environment_installs_again(ready):
    requirements = str(ready.folder / "requirements-dev.txt")
    assert bootstrap.fingerprint(requirements, "3.11") != bootstrap.fingerprint(requirements, "3.12")


def test_the_demo_does_not_install_what_only_the_tests_need(ready):
    ready.require("2.0")
    (ready.folder / "requirements-dev.txt").write_text("-r requirements.txt\nmissing==1\n")
    _, output, errors = ready.run("demo")
    assert "Installing requirements.txt" in output
    assert "No module named 'django'" in errors  # the set-up is complete, and the clone has nothing to serve
    assert "missing==1" in ready.refusal("test")


def test_after_the_tests_the_demo_installs_nothing(ready):
    assert "Installing" not in ready.run("demo")[1]


def test_going_back_to_earlier_requirements_installs_them_again(ready):
    ready.require("2.0")
    ready.run("demo")
    ready.require("1.0")
    assert "tiny 1.0" in ready.run("test")[1]


def test_a_quick_run_has_no_browser_and_no_long_test(ready):
    _, output, _ = ready.run("test", "--quick", "-x", BROWSER_PATH="/nowhere")
    assert "arguments ['--quick', '-x']" in output


def test_two_starts_at_once_install_once(ready):
    ready.require("2.0")
    starts = [ready.start("test") for _ in range(2)]
    outputs = [start.communicate(timeout=60)[0] for start in starts]
    assert all("tiny 2.0" in output for output in outputs)
    assert sum("Installing" in output for output in outputs) == 1


def no_python(venv):
    (venv / "bin" / "python").unlink()


def dangling_python(venv):
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/nowhere/python")


def no_pip(venv):
    for folder in venv.glob("lib/python*/site-packages/pip"):
        shutil.rmtree(folder)


def no_configuration(venv):
    (venv / "pyvenv.cfg").unlink()


@pytest.mark.parametrize("damage", [no_python, dangling_python, no_pip, no_configuration])
def test_a_damaged_environment_is_noticed(ready, damage, monkeypatch):
    monkeypatch.setattr(bootstrap, "VENV", str(ready.venv))
    monkeypatch.setattr(bootstrap, "PYTHON", str(ready.venv / "bin" / "python"))
    assert bootstrap.working_version() == "{}.{}".format(*sys.version_info)
    damage(ready.venv)
    assert bootstrap.working_version() is None


def test_a_half_made_environment_is_made_anew(ready):
    no_pip(ready.venv)
    status, output, _ = ready.run("test")
    assert status == 7
    assert "Making a virtual environment" in output
    assert "tiny 1.0" in output


@pytest.mark.parametrize("version", [(2, 7), (3, 6, 15), (3, 10, 99)])
def test_an_old_python_is_turned_away(version):
    with pytest.raises(SystemExit, match=r"this is Python {}\.{}, but at least 3\.11 is needed".format(*version)):
        bootstrap.require_python(version)


@pytest.mark.parametrize("name", ["manage.py", "authcompare/server/bootstrap.py"])
def test_an_old_python_can_read_as_far_as_that(name):
    ast.parse((ROOT / name).read_text(), feature_version=(3, 4))


def test_missing_requirements_are_named(bare):
    (bare.folder / "requirements.txt").unlink()
    assert "requirements.txt" in bare.refusal("test")


def test_a_python_without_venv_names_the_package_to_install(bare, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None")
    assert "python3-venv" in bare.refusal("demo", PYTHONPATH=str(tmp_path))


def test_a_folder_that_cannot_be_written_is_named(bare):
    (bare.folder / ".venv.lock").mkdir()  # even root cannot open it for writing
    assert f"cannot write in {bare.folder}" in bare.refusal("demo")


def test_something_else_in_the_place_of_the_environment_is_named(bare):
    bare.venv.write_text("not a folder")
    assert f"cannot make {bare.venv}" in bare.refusal("demo")


def test_without_network_the_first_start_says_what_it_needs(ready):
    ready.require("3.0")
    del ready.environment["PIP_NO_INDEX"]
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    assert "needs the network once" in ready.refusal("test", **unreachable)


def program(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_an_installed_browser_is_found_by_its_name_and_a_stub_is_passed_over(ready, tmp_path):
    program(tmp_path / "programs" / "chromium", "echo 'install the real one'; exit 1")
    real = program(tmp_path / "programs" / "google-chrome", "echo Chrome 1")
    _, output, _ = ready.run("test", PATH=str(real.parent), BROWSER_PATH="")
    assert f"browser {real}" in output


def test_the_quick_tests_need_no_browser(ready):
    status, output, _ = ready.run("test", "--quick", BROWSER_PATH="/nowhere")
    assert status == 7
    assert "arguments ['--quick']" in output


def test_a_browser_path_that_leads_nowhere_is_named(ready):
    assert "BROWSER_PATH: there is no program /nowhere" in ready.refusal("test", BROWSER_PATH="/nowhere")


def test_without_any_browser_it_says_what_to_do(ready, monkeypatch):
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(bootstrap, "PYTHON", str(ready.venv / "bin" / "python"))  # it has no Playwright to ask
    monkeypatch.setattr(bootstrap, "browser_places", lambda: ["no-such-browser"])
    with pytest.raises(SystemExit, match="install Chromium, or set BROWSER_PATH"):
        bootstrap.offer_browser()


def test_a_lock_ends_with_whoever_holds_it(tmp_path):
    path = str(tmp_path / "lock")
    hold = (
        "import sys; from authcompare.server.bootstrap import lock; "
        "held = lock(sys.argv[1]); print('held'); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-uc", hold, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    assert bootstrap.lock(path) is None
    holder.kill()
    holder.communicate()
    with bootstrap.lock(path) as held:
        assert held
