"""Serves the project with Granian so that nothing outlives it: however the server ends, its workers end as well."""

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import resource_tracker

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

# One process uses one core. Threads add no speed, but keep a slow client or a slow password hash from holding up
# everybody else of the same process.
WORKERS = 1 if sys.platform == "win32" else 2
THREADS = 16


class DemoServer(Server):
    """Granian, its workers deaf to Ctrl-C: a terminal sends it to every process, but only the server acts on it."""

    def _spawn_workers(self, *arguments):
        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()  # its own start would unblock the signal again
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which new processes inherit
        super()._spawn_workers(*arguments)
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def serve(address, port):
    """Serve until Ctrl-C, SIGTERM, or the terminal is closed."""
    multiprocessing.set_start_method("spawn")  # the same on every system, and each worker reads the settings afresh
    server = DemoServer(
        "authcompare.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=2,
    )
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:

        @server.on_startup
        def end_with_terminal():  # where Granian would reload
            signal.signal(signal.SIGHUP, server.signal_handler_interrupt)

    server.serve(target_loader=load_application)


def load_application(target):
    """In each worker: the WSGI application, in a process that ends with its server and holds no stray headers."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # a signal to the whole group is passed on by the server, and a worker told twice hangs
    threading.Thread(target=end_with_server, daemon=True).start()
    drop_stray_headers()

    from authcompare.wsgi import application

    return application


def end_with_server():
    multiprocessing.parent_process().join()
    os._exit(1)


def drop_stray_headers():
    """Forget HTTP_PROXY and its like: Granian adds the environment to each request's, where they pass for headers."""
    for name in list(os.environ):
        if name.startswith("HTTP_"):
            del os.environ[name]
