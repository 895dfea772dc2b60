"""`manage.py demo`, the real one, on a copy of the project: what it says, what it serves, and how it ends."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from authcompare.server import bootstrap, network

ROOT = Path(bootstrap.BASE)
LAUNCHER = sys._base_executable  # the Python of the system, as a newcomer has it
PATIENCE = 20  # seconds: far more than anything here takes, even on a busy machine


class Demo:
    """A running `manage.py demo`, as a terminal starts it: alone in its process group."""

    def __init__(self, folder, *arguments, port, **environment):
        self.port = port
        self.process = subprocess.Popen(
            [LAUNCHER, "manage.py", "demo", "--port", str(port), *arguments],
            env={"PATH": os.environ["PATH"]} | environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def get(self, path="/healthz", host="127.0.0.1"):
        return self.request("GET", path, headers={"Host": host})

    def post(self, path, data):
        return self.request("POST", path, json.dumps(data), {"Content-Type": "application/json"})

    def request(self, *arguments, **options):
        """The status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(*arguments, **options)
            return connection.getresponse().status

    def wait(self):
        """Wait until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                return self.get()
            time.sleep(0.02)
        raise AssertionError(self.end(signal.SIGKILL))

    def end(self, with_signal=signal.SIGINT):
        """(exit status, output, errors), once neither it nor any process it started is left to write something."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, with_signal)
        return self.result()

    def result(self):
        output, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output, errors


def clone(folder):
    """Copy the project to `folder`, set up but not started. Its environment borrows the packages of this one."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "var", "tests", "docs", "node_modules"))
    environment = venv.EnvBuilder(symlinks=os.name != "nt")
    environment.create(folder / ".venv")
    context = environment.ensure_directories(folder / ".venv")
    packages = sysconfig.get_path("purelib", vars={"base": context.env_dir, "platbase": context.env_dir})
    Path(packages, "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    version = "{}.{}".format(*sys.version_info)
    (folder / ".venv" / "requirements.sha256").write_text(bootstrap.fingerprint(bootstrap.RUNTIME, version))
    return folder


class FirstStart:
    """A clone whose demo has run once, with what that first run said and one throwaway sandbox in its data."""

    def __init__(self, folder):
        self.folder = clone(folder)
        demo = Demo(self.folder, port=free_port())
        self.port, self.health = demo.port, demo.wait()
        self.sandbox = demo.post("/lab/api/sandbox/", {})
        self.status, self.output, self.errors = demo.end()


@pytest.fixture(scope="module")
def first_start(tmp_path_factory):
    return FirstStart(tmp_path_factory.mktemp("first") / "clone")


@pytest.fixture
def folder(first_start, tmp_path):
    """A copy of the clone whose demo has run once, so no test waits for its database again."""
    return shutil.copytree(first_start.folder, tmp_path / "clone", symlinks=True)


@pytest.fixture
def start(folder):
    """Start a demo in this clone; those still running at the end are killed."""
    started = []

    def start(*arguments, port=None, **environment):
        started.append(Demo(folder, *arguments, port=port or free_port(), **environment))
        return started[-1]

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def running(first_start, tmp_path_factory):
    """A demo that runs for several tests, none of which ends it; its environment has a variable named like a header."""
    folder = shutil.copytree(first_start.folder, tmp_path_factory.mktemp("running") / "clone", symlinks=True)
    demo = Demo(folder, port=free_port(), HTTP_ACCEPT="image/png")
    demo.wait()
    demo.folder = folder
    yield demo
    demo.end(signal.SIGKILL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def passwords(output):
    return dict(re.findall(r"^  (\w+) +(\S{8,})$", output, re.MULTILINE))


def refusal(demo):
    """The one line it ends with instead of serving."""
    status, _, errors = demo.result()
    assert status == 1
    assert errors.startswith("authcompare: ")
    assert errors.count("\n") == 1
    return errors


def test_it_makes_its_data_once_keeps_its_passwords_and_forgets_them_on_reset(first_start, start):
    assert (first_start.health, first_start.status, first_start.errors) == (200, 0, "")
    assert "Creating the database" in first_start.output
    assert f"http://127.0.0.1:{first_start.port}/" in first_start.output
    assert f"http://127.0.0.1:{first_start.port}/admin/" in first_start.output
    cast = passwords(first_start.output)
    assert {"alice", "bob", "mallory"} < cast.keys()

    second = start()
    second.wait()
    alice = {"username": "alice", "password": cast["alice"]}
    assert second.post("/tokens/api/login/", alice) == 200
    _, output, _ = second.end()
    assert "Creating the database" not in output
    assert passwords(output) == cast

    anew = start("--reset")
    anew.wait()
    assert anew.post("/tokens/api/login/", alice) == 401
    _, output, _ = anew.end()
    assert not set(passwords(output).values()) & set(cast.values())


def test_it_deletes_expired_data_by_itself(first_start, start, folder):
    assert first_start.sandbox == 201
    database = folder / "var" / "db.sqlite3"
    assert throwaway(database, "UPDATE accounts_sandbox SET expires_at = '2026-01-01' WHERE expires_at NOT NULL") == 1
    start().wait()
    deadline = time.monotonic() + PATIENCE
    while throwaway(database) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert throwaway(database) == 0


def throwaway(database, change=None):
    """Return the number of sandboxes that can expire, after this change."""
    with contextlib.closing(sqlite3.connect(database)) as opened, opened:
        if change:
            opened.execute(change)
        return opened.execute("SELECT count(*) FROM accounts_sandbox WHERE expires_at NOT NULL").fetchone()[0]


def start_second_server(demo):
    second = httpx.post(f"http://127.0.0.1:{demo.port}/lab/api/twin/", json={"same_database": False}, timeout=PATIENCE)
    address = urlsplit(second.json()["url"])
    assert listens(address)
    return address


def ends(address):
    """Return True as soon as no process listens at this address any more."""
    deadline = time.monotonic() + PATIENCE
    while listens(address) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not listens(address)


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_ends_it_cleanly_with_its_second_servers_whatever_is_still_connected(start, with_signal):
    demo = start()
    demo.wait()
    second = start_second_server(demo)
    idle = http.client.HTTPConnection("127.0.0.1", demo.port)  # as a browser's tab keeps one
    with contextlib.closing(idle), socket.create_connection(("127.0.0.1", demo.port)) as stalled:
        idle.request("GET", "/healthz")
        idle.getresponse().read()
        head = "POST /tokens/api/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        stalled.sendall(f"{head}Content-Length: 50\r\n\r\nhello".encode())  # a request that never ends
        demo.get()
        status, output, errors = demo.end(with_signal)
    assert (status, errors) == (0, "")
    assert output.endswith("Stopped.\n")
    assert ends(second)


def test_killed_it_leaves_no_process_and_starts_again_at_once(start):
    demo = start()
    demo.wait()
    second = start_second_server(demo)
    demo.process.kill()
    demo.result()  # no process holds its output any more
    assert ends(second)
    again = start(port=demo.port)
    assert again.wait() == 200


def listens(address):
    with socket.socket() as client:
        return client.connect_ex((address.hostname, address.port)) == 0


def test_a_worker_that_dies_is_replaced_and_ctrl_c_still_ends_all(start):
    demo = start()
    demo.wait()
    others = workers(demo)
    killed = others.pop()
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while not workers(demo) - {killed} > others and time.monotonic() < deadline:
        time.sleep(0.02)
    assert workers(demo) - {killed} > others
    assert demo.wait() == 200
    assert demo.end()[0] == 0


def workers(demo):
    found = subprocess.run(["pgrep", "-P", str(demo.process.pid), "-f", "spawn_main"], capture_output=True, text=True)
    return {int(pid) for pid in found.stdout.split()}


def test_a_taken_port_is_named_together_with_a_free_one(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        line = refusal(start(port=taken))
    assert f"port {taken} is taken" in line
    assert int(re.search(r"try --port (\d+)", line)[1]) > taken


@pytest.mark.parametrize("port", [70000, -1])
def test_a_port_that_cannot_be_is_refused(start, port):
    assert "from 1 to 65535" in refusal(start(port=port))


def test_its_data_belongs_to_one_demo_at_a_time(running):
    for arguments in ((), ("--reset",)):
        assert "another demo is running" in refusal(Demo(running.folder, *arguments, port=free_port()))


def test_reset_spares_a_database_that_is_not_the_demos_own(start, tmp_path):
    elsewhere = tmp_path / "precious.sqlite3"
    elsewhere.write_text("")
    assert "DATABASE_URL" in refusal(start("--reset", DATABASE_URL=f"sqlite:///{elsewhere}"))
    assert elsewhere.exists()


def test_data_of_an_earlier_version_need_a_reset(start, folder):
    database = folder / "var" / "db.sqlite3"
    shutil.rmtree(database.parent)
    database.parent.mkdir()
    with contextlib.closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app, name, applied)")
        opened.execute("INSERT INTO django_migrations VALUES (1, 'authcompare', '0001_initial', '2026-11-26')")
    assert "earlier version" in refusal(start())
    with contextlib.closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT name FROM sqlite_master").fetchall() == [("django_migrations",)]
    assert not (folder / "var" / "cast.json").exists()
    assert start("--reset").wait() == 200


def test_a_database_that_cannot_be_opened_is_one_line(start):
    assert "the database cannot be used" in refusal(start(DATABASE_URL="sqlite:////nowhere/db.sqlite3"))


def test_data_that_cannot_be_written_is_one_line(start, folder):
    (folder / "var" / "demo.lock").unlink()
    (folder / "var" / "demo.lock").mkdir()  # even root cannot open it for writing
    assert f"cannot write in {folder / 'var'}" in refusal(start())


@pytest.mark.parametrize("verb", ["demo", "migrate", "check"])
def test_a_wrong_environment_value_is_one_line_naming_the_variable(folder, verb):
    wrong = subprocess.run(
        [folder / ".venv" / "bin" / "python", "manage.py", verb],
        env={"LAB": "1", "JWT_ALGORITHM": "none"},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert wrong.returncode == 1
    assert wrong.stdout == ""
    assert wrong.stderr.startswith("authcompare: JWT_ALGORITHM: ")
    assert wrong.stderr.count("\n") == 1


def test_on_the_network_it_answers_to_its_names_there_and_says_what_that_means(start):
    demo = start("--lan")
    demo.wait()
    names = [*network.lan_addresses(), socket.gethostname(), "localhost"]
    assert {demo.get(host=name) for name in names} == {200}
    assert demo.get(host="elsewhere.example") == 400
    _, output, _ = demo.end()
    assert "On this network" in output
    assert "Everyone on this network can reach the demo" in output
    assert re.search(r"To teach a class, open http://[\d.]+:\d+/classroom/\nand sign in as teacher", output)
    for address in network.lan_addresses():
        assert f"http://{address}:{demo.port}/" in output


def test_without_lan_it_answers_to_no_name_but_its_own(running):
    assert running.get(host=socket.gethostname()) == 400


def test_open_opens_the_page_once_it_answers(start, tmp_path):
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f"#!/bin/sh\necho $1 > {seen}.part; mv {seen}.part {seen}\n")
    browser.chmod(0o755)
    demo = start("--open", BROWSER=f"{browser} %s")
    deadline = time.monotonic() + PATIENCE
    while not seen.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert seen.read_text() == f"http://127.0.0.1:{demo.port}/\n"
    assert demo.get() == 200


def test_the_environment_adds_no_header_to_a_request(running):
    assert running.get("/api/") == 200  # and not 406


def test_this_machine_is_not_known_on_the_network_by_an_address_only_it_can_reach():
    addresses = network.lan_addresses()
    assert len(addresses) == len(set(addresses))
    assert not [address for address in addresses if address.startswith(("127.", "169.254."))]


def test_a_machine_without_network_has_no_address_there(monkeypatch):
    monkeypatch.setattr(network.ifaddr, "get_adapters", list)
    assert network.lan_addresses() == []
