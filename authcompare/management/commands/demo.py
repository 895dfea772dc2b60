"""`manage.py demo`: prepares the data, says where to go and as whom, and serves."""

import http.client
import io
import os
import shutil
import socket
import threading
import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from authcompare.server import network
from authcompare.server.bootstrap import fail, lock

PURGE_EVERY = 10 * 60  # seconds


class Command(BaseCommand):
    help = "Prepares the demo's data, says where to go and as whom, and serves it until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="the port to listen at (default: 8000)")
        parser.add_argument("--lan", action="store_true", help="let others on the local network in")
        parser.add_argument("--reset", action="store_true", help="begin anew: forget all accounts, notes and passwords")
        parser.add_argument("--open", action="store_true", help="open a browser as soon as the demo answers")

    def handle(self, *, port, lan, reset, open, **options):
        held = lock(settings.VAR / "demo.lock")
        if held is None:
            fail(f"another demo is running on the data in {settings.VAR}; stop it first (Ctrl-C in its window)")
        with held:
            address = "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104  --lan asks for just that
            check_port(address, port)
            if reset:
                forget_data()
            self.announce(self.prepare(), port, lan)
            if open:
                threading.Thread(target=open_browser, args=(port,), daemon=True).start()
            threading.Thread(target=purge_now_and_then, daemon=True).start()
            from authcompare.server.granian import serve  # late: --help and every refusal do without Granian

            serve(address, port)
        self.stdout.write("Stopped.")

    def prepare(self):
        """Bring the database up to date and return the cast: [(username, password), ...]."""
        from authcompare.accounts.sandbox import seed_cast

        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                first = not executor.loader.applied_migrations
                self.stdout.write("Making the database" if first else "Bringing the database up to date")
                call_command("migrate", verbosity=0, interactive=False)
            return seed_cast()
        except DatabaseError as error:
            fail(f"the database can not be used ({' '.join(str(error).split())})")
        finally:
            connection.close()

    def announce(self, cast, port, lan):
        here = f"http://127.0.0.1:{port}/"
        self.stdout.write(f"\nauthcompare  {here}\nadmin        {here}admin/\n\n")
        width = max(len(username) for username, _ in cast)
        for username, password in cast:
            self.stdout.write(f"  {username:{width}}  {password}")
        if lan:
            self.announce_lan(port)
        self.stdout.write("\nCtrl-C stops it.")
        self.stdout.flush()

    def announce_lan(self, port):
        """Let the workers answer to the network's names for this machine, and say what that means."""
        from authcompare.accounts.sandbox import TEACHER

        addresses, name = network.lan_addresses(), socket.gethostname().lower()
        hosts = [*settings.ALLOWED_HOSTS, *addresses, name, f"{name}.local"]
        os.environ["ALLOWED_HOSTS"] = ",".join(dict.fromkeys(hosts))
        self.stdout.write("\nOn this network:")
        for address in addresses:
            self.stdout.write(f"  http://{address}:{port}/")
        if not addresses:
            self.stdout.write("  no address was found: is this machine connected?")
        entrance = f"http://{addresses[0] if addresses else '127.0.0.1'}:{port}/classroom/"
        self.stdout.write(
            f"\nTo teach a class, open {entrance}\nand sign in there as {TEACHER}, with the password above. "
            "Opening a class shows the code, the address and the QR code that learners join by.\n\n"
            "Everyone on this network can reach it, and others on it can read what plain HTTP carries.\n"
            "Its lab accounts are weak on purpose: use no real password here."
        )


def purge_now_and_then():
    """What has expired goes by itself, a class and its answers above all: nobody has a cron job for a demo."""
    while True:
        with suppress(DatabaseError):  # it is busy: then the next time
            call_command("purge", stdout=io.StringIO())
        connection.close()
        time.sleep(PURGE_EVERY)


def check_port(address, port):
    if not 0 < port < 65536:
        fail(f"--port {port}: a port is a number from 1 to 65535")
    try:
        network.try_port(address, port)
    except PermissionError:
        fail(f"--port {port}: this user may not listen there; use one above 1023")
    except OSError as error:
        other = network.free_port_after(address, port)
        fail(f"port {port} is taken ({error.strerror}); try --port {other}")


def forget_data():
    """Remove the database, the passwords of the cast and the cache; the keys stay, and so does the log."""
    database = settings.DATABASES["default"]
    name = Path(str(database["NAME"]))
    if not database["ENGINE"].endswith("sqlite3") or name.parent != settings.VAR:
        fail(f"--reset removes only what lies in {settings.VAR}; DATABASE_URL names a database elsewhere")
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            name.with_name(name.name + suffix).unlink(missing_ok=True)
        (settings.VAR / "cast.json").unlink(missing_ok=True)
        shutil.rmtree(settings.VAR / "cache", ignore_errors=True)
    except OSError as error:
        fail(f"{error.filename} can not be removed ({error.strerror})")


def open_browser(port):
    """Open the side-by-side page once the server answers."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            server.request("GET", "/healthz")
            if server.getresponse().status == 200:
                webbrowser.open(f"http://127.0.0.1:{port}/")
                return
        except OSError:
            time.sleep(0.1)
        finally:
            server.close()
