"""Sets up what the lab's commands need, then hands over: a virtual environment, packages, a browser for the tests.

It runs before anything is installed, so it uses the standard library alone; and an old Python must be able to read it
as far as the line that turns it away, so it uses no syntax that came after Python 2.7.
"""
# ruff: noqa: RUF005, S603, S606, UP031, UP032

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time

VERBS = ("demo", "test", "compare", "measure", "handout")  # in the lab, unless LAB says otherwise
OLDEST_PYTHON = (3, 11)
WINDOWS = os.name == "nt"
BASE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REQUIREMENTS = os.path.join(BASE, "requirements.txt")
VENV = os.path.join(BASE, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")
MARKER = os.path.join(VENV, "requirements.sha256")  # what is installed; absent while an installation is under way

NO_NETWORK = ("connection broken by", "Max retries exceeded", "ConnectionError", "name resolution")  # pip's words

# Prints the version of a virtual environment that works: one whose Python starts, is new enough, and has pip.
PROBE = (
    "import os, pip, sys; "
    "print('%d.%d' % sys.version_info[:2]); "
    "sys.exit(sys.version_info < {} or not os.path.samefile(sys.prefix, sys.argv[1]))"
).format(OLDEST_PYTHON)


def require_python(version):
    if tuple(version[:2]) < OLDEST_PYTHON:
        fail("this is Python %d.%d, but at least %d.%d is needed" % (tuple(version[:2]) + OLDEST_PYTHON))


def run(verb, arguments):
    """Set up and hand over to the virtual environment. Returns if this process runs in it already, never for `test`."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console that lacks a letter of some path shows "?" instead of failing
    os.environ.setdefault("LAB", "1")
    os.environ.pop("PYTHONHOME", None)  # it would point the virtual environment's Python at another one's library
    try:
        set_up()
        if verb == "test":
            if "--quick" not in arguments:  # it runs no browser (tests/conftest.py)
                offer_browser()
            os.chdir(BASE)
            hand_over([PYTHON, "-m", "pytest"] + arguments)
        elif not os.path.samefile(sys.prefix, VENV):
            hand_over([PYTHON, os.path.join(BASE, "manage.py"), verb] + arguments)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C just ends the demo, until its server listens for it
    except KeyboardInterrupt:
        say("\nInterrupted; the next start goes on from here.\n")
        sys.exit(130)
    except OSError as error:
        fail("%s: %s" % (error.filename or "setting up", error.strerror))


def set_up():
    """Make the virtual environment unless it works, and install requirements.txt unless exactly that is installed."""
    if not os.path.isfile(REQUIREMENTS):
        fail("there is no %s" % REQUIREMENTS)
    if is_set_up():
        return
    with only_one(os.path.join(BASE, ".venv.lock")):
        if is_set_up():  # by whoever held the lock before
            return
        if working_version() is None:
            make_venv()
        install()


def is_set_up():
    version = working_version()
    return version is not None and read(MARKER) == fingerprint(version)


def working_version():
    """The version of the virtual environment's Python, or None if there is none or it is broken."""
    try:
        probe = subprocess.run([PYTHON, "-c", PROBE, VENV], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return probe.stdout.decode().strip() if probe.returncode == 0 else None


def fingerprint(version):
    """What has to be installed again when it changes: requirements.txt, or the Python it was installed for."""
    with open(REQUIREMENTS, "rb") as file:
        return hashlib.sha256(file.read() + version.encode()).hexdigest()


def make_venv():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail("this Python has no venv module; on Debian and Ubuntu: apt install python3-venv")
    say("Making a virtual environment in .venv\n")
    code, lines = lines_of([sys.executable, "-m", "venv", "--clear", VENV])
    if code or working_version() is None:
        fail("cannot make %s (%s); delete it and start again" % (VENV, last_error(lines)))


def install():
    """Install requirements.txt with pip, which follows the user's own configuration of it: index, proxy, wheelhouse."""
    if os.path.exists(MARKER):
        os.remove(MARKER)
    say("Installing requirements.txt into .venv ")
    began = time.time()
    code, lines = lines_of(
        [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-r", REQUIREMENTS],
        each=lambda line: line.startswith("Collecting ") and say("."),
    )
    if code == 0:
        say(" done in %d s\n" % (time.time() - began))
        with open(MARKER, "w") as file:
            file.write(fingerprint(working_version() or ""))
        return
    say("\n")
    if any(sign in line for sign in NO_NETWORK for line in lines):
        fail(
            "pip reaches no package index; the first start needs the network once, "
            "or a folder of wheels (PIP_NO_INDEX=1 PIP_FIND_LINKS=folder)"
        )
    fail("pip cannot install requirements.txt (%s)" % last_error(lines))


def offer_browser():
    """Find a Chromium for the tests, or install Playwright's own. BROWSER_PATH names it unless it is Playwright's."""
    given = os.environ.get("BROWSER_PATH")
    if given:
        if not shutil.which(given):
            fail("BROWSER_PATH: there is no program %s" % given)
        return
    if has_playwright_browser():
        return
    found = system_browser()
    if found:
        os.environ["BROWSER_PATH"] = found
        return
    say("Installing a browser for the tests (Playwright's Chromium)\n")
    code, _ = lines_of([PYTHON, "-m", "playwright", "install", "--only-shell", "chromium"])
    if code:
        fail("no browser found, and none could be downloaded; install Chromium, or set BROWSER_PATH to one")


def system_browser():
    """The path of a Chromium or one of its kin that is installed here, or None."""
    return next((path for path in map(shutil.which, browser_places()) if path and starts(path)), None)


def has_playwright_browser():
    """Ask Playwright where its headless Chromium belongs, and look whether it is there."""
    _, lines = lines_of([PYTHON, "-m", "playwright", "install", "--dry-run", "--only-shell", "chromium"])
    folders = [line.split(":", 1)[1].strip() for line in lines if line.startswith("Install location:")]
    return any("chromium" in name and os.path.exists(os.path.join(name, "INSTALLATION_COMPLETE")) for name in folders)


def browser_places():
    """Names and paths under which Chromium and its kin are installed on Linux, macOS and Windows."""
    # The headless shell first: the others draw a whole browser's windows, which nobody sees, for each test.
    for name in (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ):
        yield name
    for name in ("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser", "brave"):
        yield name
    for name in ("Chromium", "Google Chrome", "Microsoft Edge", "Brave Browser"):
        for folder in ("/Applications", os.path.expanduser("~/Applications")):
            yield os.path.join(folder, name + ".app", "Contents", "MacOS", name)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        folder = os.environ.get(variable, "")
        yield os.path.join(folder, "Google", "Chrome", "Application", "chrome.exe")
        yield os.path.join(folder, "Chromium", "Application", "chrome.exe")
        yield os.path.join(folder, "Microsoft", "Edge", "Application", "msedge.exe")
        yield os.path.join(folder, "BraveSoftware", "Brave-Browser", "Application", "brave.exe")


def starts(browser):
    """Whether it is a browser, not a stub that only says what to install. (On Windows --version opens a window.)"""
    try:
        return WINDOWS or lines_of([browser, "--version"])[0] == 0
    except OSError:
        return False


def hand_over(command):
    """Become `command`; where the system cannot do that, run it, leave Ctrl-C to it, and end as it ends."""
    sys.stdout.flush()
    if WINDOWS:
        child = subprocess.Popen(command)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(child.wait())
    os.execv(command[0], command)


@contextlib.contextmanager
def only_one(path):
    """Hold the lock at `path`, waiting for whoever holds it now."""
    held = lock(path)
    if held is None:
        say("Another start is setting up .venv; waiting for it\n")
    while held is None:
        time.sleep(0.2)
        held = lock(path)
    with held:
        yield


def lock(path):
    """The open file at `path`, locked until it is closed or its process ends, however it ends; None if it is taken."""
    try:
        file = open(path, "a")  # noqa: SIM115  open is how it stays locked
    except OSError as error:
        fail("cannot write in %s (%s)" % (os.path.dirname(path), error.strerror))
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        file.close()
        return None
    except OSError:
        pass  # a file system without locks: better unguarded than not at all
    return file


def lines_of(command, each=lambda line: None):
    """Run `command` quietly: its exit status, and the lines it wrote, each shown to `each` as it comes."""
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    lines = []
    with child:
        for line in child.stdout:
            lines.append(line.strip())
            each(line)
    return child.returncode, lines


def last_error(lines):
    """The line that says most about why a command failed: its last error, or else the last it wrote."""
    written = [line for line in lines if line]
    errors = [line for line in written if line.lower().startswith("error")]
    return (errors or written or ["no reason given"])[-1].replace("ERROR: ", "").replace("Error: ", "")


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return None


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def fail(line):
    sys.exit("authcompare: " + line)
