"""Set-up for the lab's commands: a virtual environment, its packages, and a browser for the tests.

No package is installed yet when this module runs, so it imports the standard library only. An old Python has to parse
it to print the error about its version, so it uses no syntax newer than Python 2.7.
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

VERBS = ("demo", "test", "compare", "measure", "handout")  # they run in the lab unless LAB=0
OLDEST_PYTHON = (3, 11)
WINDOWS = os.name == "nt"
BASE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNTIME = os.path.join(BASE, "requirements.txt")
DEVELOPMENT = os.path.join(BASE, "requirements-dev.txt")  # includes the other file
VENV = os.path.join(BASE, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")

NETWORK_ERRORS = ("connection broken by", "Max retries exceeded", "ConnectionError", "name resolution")  # of pip

# Prints the Python version of a virtual environment. Fails unless that Python is new enough and has pip.
PROBE = (
    "import os, pip, sys; "
    "print('%d.%d' % sys.version_info[:2]); "
    "sys.exit(sys.version_info < {} or not os.path.samefile(sys.prefix, sys.argv[1]))"
).format(OLDEST_PYTHON)


def require_python(version):
    if tuple(version[:2]) < OLDEST_PYTHON:
        fail("this is Python %d.%d, but at least %d.%d is needed" % (tuple(version[:2]) + OLDEST_PYTHON))


def run(verb, arguments):
    """Set up, then continue in the virtual environment. Return only if this process runs in it and is not `test`."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # print "?" for characters that the console lacks
    os.environ.setdefault("LAB", "1")
    os.environ.pop("PYTHONHOME", None)  # it would give the virtual environment another Python's library
    try:
        set_up(DEVELOPMENT if verb == "test" or "--browser" in arguments else RUNTIME)
        if verb == "test":
            if "--quick" not in arguments:  # it runs no browser (tests/conftest.py)
                offer_browser()
            os.chdir(BASE)
            hand_over([PYTHON, "-m", "pytest"] + arguments)
        elif not os.path.samefile(sys.prefix, VENV):
            hand_over([PYTHON, os.path.join(BASE, "manage.py"), verb] + arguments)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the server handles Ctrl-C
    except KeyboardInterrupt:
        say("\nInterrupted. The next start continues from here.\n")
        sys.exit(130)
    except OSError as error:
        fail("%s: %s" % (error.filename or "setting up", error.strerror))


def set_up(requirements):
    """Create the virtual environment if necessary, and install a requirements file unless it is installed."""
    for path in (RUNTIME, requirements):
        if not os.path.isfile(path):
            fail("there is no %s" % path)
    if is_set_up(requirements):
        return
    with exclusive(os.path.join(BASE, ".venv.lock")):
        if is_set_up(requirements):  # another process has finished it meanwhile
            return
        if working_version() is None:
            create_venv()
        install(requirements)


def is_set_up(requirements):
    version = working_version()
    return version is not None and read(marker(requirements)) == fingerprint(requirements, version)


def marker(requirements):
    """Return the path of the file that says what is installed. It is missing during an installation."""
    return os.path.join(VENV, os.path.basename(requirements).replace(".txt", ".sha256"))


def working_version():
    """Return the version of the virtual environment's Python, or None if the environment is missing or broken."""
    try:
        probe = subprocess.run([PYTHON, "-c", PROBE, VENV], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return probe.stdout.decode().strip() if probe.returncode == 0 else None


def fingerprint(requirements, version):
    """Return a hash of the requirements and the Python version. A change of either needs a new installation."""
    contents = hashlib.sha256(version.encode())
    for path in sorted({RUNTIME, requirements}):
        with open(path, "rb") as file:
            contents.update(file.read())
    return contents.hexdigest()


def create_venv():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail("this Python has no venv module; on Debian and Ubuntu: apt install python3-venv")
    say("Making a virtual environment in .venv\n")
    code, lines = lines_of([sys.executable, "-m", "venv", "--clear", VENV])
    if code or working_version() is None:
        fail("cannot make %s (%s); delete it and start again" % (VENV, last_error(lines)))


def install(requirements):
    """Install a requirements file with pip, which follows the user's configuration: index, proxy, folder of wheels."""
    name = os.path.basename(requirements)
    for path in (marker(RUNTIME), marker(DEVELOPMENT)):
        if os.path.exists(path):
            os.remove(path)
    say("Installing %s into .venv " % name)
    started_at = time.time()
    code, lines = lines_of(
        [PYTHON, "-m", "pip", "install", "--no-input", "--no-user", "--disable-pip-version-check", "-r", requirements],
        each=lambda line: line.startswith("Collecting ") and say("."),
    )
    if code == 0:
        say(" done in %d s\n" % (time.time() - started_at))
        for path in (RUNTIME, requirements):
            with open(marker(path), "w") as file:
                file.write(fingerprint(path, working_version() or ""))
        return
    say("\n")
    if any(error in line for error in NETWORK_ERRORS for line in lines):
        fail(
            "pip cannot reach the package index; the first start needs the network once, "
            "or a folder of wheels (PIP_NO_INDEX=1 PIP_FIND_LINKS=folder)"
        )
    fail("pip cannot install %s (%s)" % (name, last_error(lines)))


def offer_browser():
    """Find a Chromium for the tests, or install Playwright's. Set BROWSER_PATH to one that is not Playwright's."""
    configured = os.environ.get("BROWSER_PATH")
    if configured:
        if not shutil.which(configured):
            fail("BROWSER_PATH: there is no program %s" % configured)
        return
    if has_playwright_browser():
        return
    installed = system_browser()
    if installed:
        os.environ["BROWSER_PATH"] = installed
        return
    say("Installing a browser for the tests (Playwright's Chromium)\n")
    code, _ = lines_of([PYTHON, "-m", "playwright", "install", "--only-shell", "chromium"])
    if code:
        fail("no browser found, and none could be downloaded; install Chromium, or set BROWSER_PATH to one")


def system_browser():
    """Return the path of an installed Chromium or browser based on it, or None."""
    return next((path for path in map(shutil.which, browser_places()) if path and starts(path)), None)


def has_playwright_browser():
    """Return True if Playwright has installed its headless Chromium."""
    _, lines = lines_of([PYTHON, "-m", "playwright", "install", "--dry-run", "--only-shell", "chromium"])
    folders = [line.split(":", 1)[1].strip() for line in lines if line.startswith("Install location:")]
    return any("chromium" in name and os.path.exists(os.path.join(name, "INSTALLATION_COMPLETE")) for name in folders)


def browser_places():
    """Yield the names and paths of Chromium and browsers based on it, for Linux, macOS and Windows."""
    # The headless shell first: it starts fastest.
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
    """Return False for a stub that only prints what to install. On Windows, --version would open a window."""
    try:
        return WINDOWS or lines_of([browser, "--version"])[0] == 0
    except OSError:
        return False


def hand_over(command):
    """Replace this process by `command`. On Windows, run it, leave Ctrl-C to it, and exit with its status."""
    sys.stdout.flush()
    if WINDOWS:
        child = subprocess.Popen(command)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(child.wait())
    os.execv(command[0], command)


@contextlib.contextmanager
def exclusive(path):
    """Hold the lock at `path`; wait while another process holds it."""
    file = lock(path)
    if file is None:
        say("Another process is setting up .venv; waiting for it\n")
    while file is None:
        time.sleep(0.2)
        file = lock(path)
    with file:
        yield


def lock(path):
    """Return the file at `path`, locked until it is closed or this process ends; None if another process holds it."""
    try:
        file = open(path, "a")  # noqa: SIM115  the lock lasts while the file is open
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
        pass  # a file system without locks
    return file


def lines_of(command, each=lambda line: None):
    """Run `command` and return (exit status, lines of output). Call `each` with each line as it arrives."""
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
    """Return the last error in a command's output, or else its last line."""
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
