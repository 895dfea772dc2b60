"""`manage.py demo`: prepare the data, print the address and the passwords, and serve."""

import io
import os
import shutil
import socket
import threading
import time
import webbrowser
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

from authcompare.server import network
from authcompare.server.bootstrap import fail, lock

PURGE_SECONDS = 10 * 60  # between two purges
LOOPBACK = "127.0.0.1"


class Command(BaseCommand):
    help = "Prepares the demo's data, prints its address and passwords, and serves until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port to listen at (default: 8000)")
        parser.add_argument("--lan", action="store_true", help="accept connections from the local network")
        parser.add_argument("--reset", action="store_true", help="start afresh: delete accounts, notes and passwords")
        parser.add_argument("--open", action="store_true", help="open a browser when the demo answers")

    def handle(self, *, port: int, lan: bool, reset: bool, open: bool, **options: Any) -> None:
        locked = lock(settings.VAR / "demo.lock")
        if locked is None:
            fail(f"another demo is running on the data in {settings.VAR}; stop it first (Ctrl-C in its window)")
        with locked:
            address = "0.0.0.0" if lan else LOOPBACK  # noqa: S104  --lan asks for it
            check_port(address, port)
            if reset:
                delete_data()
            self.announce(self.prepare(), port, lan)
            if open:
                threading.Thread(target=open_browser, args=(port,), daemon=True).start()
            threading.Thread(target=purge_regularly, daemon=True).start()
            from authcompare.server.granian import serve  # imported late, so that errors above appear at once

            serve(address, port)
        self.stdout.write("Stopped.")

    def prepare(self) -> list[tuple[str, str]]:
        """Migrate the database and return the cast: [(username, password), ...]."""
        from authcompare.accounts.sandbox import seed_cast

        try:
            executor = MigrationExecutor(connection)
            if is_from_earlier_version(executor):
                fail("the demo's data are from an earlier version; delete them and start afresh with --reset")
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                is_new = not executor.loader.applied_migrations
                self.stdout.write("Creating the database" if is_new else "Updating the database")
                call_command("migrate", verbosity=0, interactive=False)
            return seed_cast()
        except DatabaseError as error:
            fail(f"the database cannot be used ({' '.join(str(error).split())})")
        finally:
            connection.close()

    def announce(self, cast: list[tuple[str, str]], port: int, lan: bool) -> None:
        url = f"http://{LOOPBACK}:{port}/"
        self.stdout.write(f"\nauthcompare  {url}\nadmin        {url}admin/\n\n")
        width = max(len(username) for username, _ in cast)
        for username, password in cast:
            self.stdout.write(f"  {username:{width}}  {password}")
        if lan:
            self.announce_lan(port)
        self.stdout.write("\nCtrl-C stops it.")
        self.stdout.flush()

    def announce_lan(self, port: int) -> None:
        """Allow this machine's names on the network, and print them with a warning."""
        from authcompare.accounts.sandbox import TEACHER

        addresses, name = network.lan_addresses(), socket.gethostname().lower()
        hosts = [*settings.ALLOWED_HOSTS, *addresses, name, f"{name}.local"]
        os.environ["ALLOWED_HOSTS"] = ",".join(dict.fromkeys(hosts))  # for the worker processes
        self.stdout.write("\nOn this network:")
        for address in addresses:
            self.stdout.write(f"  http://{address}:{port}/")
        if not addresses:
            self.stdout.write("  no address found: is this machine connected?")
        classroom = f"http://{addresses[0] if addresses else LOOPBACK}:{port}/classroom/"
        self.stdout.write(
            f"\nTo teach a class, open {classroom}\nand sign in as {TEACHER} with the password above. "
            "The page of a new class shows the join code, the address and the QR code for your learners.\n\n"
            "Everyone on this network can reach the demo. Others on the network can read plain HTTP.\n"
            "The lab accounts are weak on purpose: do not use a real password here."
        )


def is_from_earlier_version(executor: MigrationExecutor) -> bool:
    """Return True if the database has migrations that this version does not know, or lacks one that they depend on."""
    loader = executor.loader
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory:
        return True
    return not loader.disk_migrations.keys() >= loader.applied_migrations.keys()


def purge_regularly() -> None:
    """Delete expired data again and again: a demo has no cron job, and classes must be deleted on time."""
    while True:
        with suppress(DatabaseError):  # the database is busy: try again next time
            call_command("purge", stdout=io.StringIO())
        connection.close()
        time.sleep(PURGE_SECONDS)


def check_port(address: str, port: int) -> None:
    if not 0 < port < 65536:
        fail(f"--port {port}: a port is a number from 1 to 65535")
    try:
        network.check_port(address, port)
    except PermissionError:
        fail(f"--port {port}: this user may not listen there; use a port above 1023")
    except OSError as error:
        other = network.free_port_after(address, port)
        fail(f"port {port} is taken ({error.strerror}); try --port {other}")


def delete_data() -> None:
    """Delete the database, the passwords of the cast and the cache. Keys and logs stay."""
    database = settings.DATABASES["default"]
    path = Path(str(database["NAME"]))
    if not database["ENGINE"].endswith("sqlite3") or path.parent != settings.VAR:
        fail(f"--reset deletes files in {settings.VAR} only, but DATABASE_URL names another database")
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        (settings.VAR / "cast.json").unlink(missing_ok=True)
        shutil.rmtree(settings.VAR / "cache", ignore_errors=True)
    except OSError as error:
        fail(f"{error.filename} cannot be deleted ({error.strerror})")


def open_browser(port: int) -> None:
    """Open the start page in a browser when the server answers."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if network.responds(LOOPBACK, port):
            webbrowser.open(f"http://{LOOPBACK}:{port}/")
            return
        time.sleep(0.1)
