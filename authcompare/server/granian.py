"""The demo's server: Granian, set up so that its workers end with it, however it ends."""

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import resource_tracker
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

# A process uses one core. Its threads let other requests pass a slow client or a password hash.
WORKERS = 1 if sys.platform == "win32" else 2
THREADS = 16


class DemoServer(Server):
    """Granian whose workers ignore Ctrl-C. A terminal sends SIGINT to all processes; only the server handles it."""

    def _spawn_workers(self, *arguments: Any) -> None:
        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()  # starting it later would unblock the signal
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # new processes inherit the mask
        super()._spawn_workers(*arguments)
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def serve(address: str, port: int) -> None:
    """Serve until Ctrl-C, SIGTERM, or the terminal closes."""
    multiprocessing.set_start_method("spawn")  # the same on all systems; each worker reads the settings afresh
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
        def end_with_terminal() -> None:  # Granian would reload on SIGHUP
            signal.signal(signal.SIGHUP, server.signal_handler_interrupt)

    server.serve(target_loader=load_application)


def load_application(target: str) -> Any:
    """Return the WSGI application in a worker, and tie the worker to its server."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # the server forwards signals; a worker that gets one twice hangs
    threading.Thread(target=end_with_server, daemon=True).start()
    remove_http_variables()

    from authcompare.wsgi import application

    return application


def end_with_server() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def remove_http_variables() -> None:
    """Remove HTTP_* variables: Granian adds the environment to each request, where they would look like headers."""
    for name in list(os.environ):
        if name.startswith("HTTP_"):
            del os.environ[name]
