"""Programs under supervisord: started, watched, restarted, their logs kept."""

import contextlib
import http.client
import os
import subprocess
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import Faults, SupervisorTransport

from kubeface.errors import Crashed, NotReady
from kubeface.util import environment, files, signals
from kubeface.util.process import python
from kubeface.util.waiting import wait_for_exit, wait_until

#: Go programs collect when their heap is half as large again as what they use, not twice as large.
#: Measured, an idle cluster of three nodes: 1,374 MB instead of 1,445; starts take as long as before.
ENVIRONMENT = "GOGC=50"


@dataclass(frozen=True)
class Program:
    """One long-running program: what to run, and how to see that it serves."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    autostart: bool = False
    stop_signal: str = "TERM"

    def section(self, logs: Path) -> str:
        """Its part of a supervisord configuration."""
        variables = ",".join(f"{name}={_quote(value)}" for name, value in self.environment.items())
        return "\n".join(
            (
                f"[program:{self.name}]",
                f"command={' '.join(_quote(part) for part in self.command)}",
                f"environment={variables}",
                f"autostart={'true' if self.autostart else 'false'}",
                "autorestart=true",
                "startsecs=1",
                "startretries=1000",
                f"stopsignal={self.stop_signal}",
                "stopwaitsecs=20",
                "stopasgroup=false",
                "killasgroup=true",
                "redirect_stderr=true",
                f"stdout_logfile={_escape(str(logs / self.name))}.log",
                "stdout_logfile_maxbytes=20MB",
                "stdout_logfile_backups=2",
                "",
            )
        )


def configuration(programs: list[Program], *, folder: Path, logs: Path, socket: Path) -> str:
    """The text of a supervisord.conf; whoever may open `socket` (mode 0700) may control the programs."""
    return "\n".join(
        (
            "[supervisord]",
            f"logfile={logs}/supervisord.log",
            f"pidfile={socket.parent}/supervisord.pid",
            f"childlogdir={logs}",
            f"directory={folder}",
            f"environment={ENVIRONMENT}",
            *(["user=root"] if os.geteuid() == 0 else []),  # said aloud, or supervisord warns of it
            "[unix_http_server]",
            f"file={socket}",
            "chmod=0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
            "[supervisorctl]",
            f"serverurl=unix://{socket}",
            "",
            *(program.section(logs) for program in programs),
        )
    )


def command(conf: Path, *, foreground: bool) -> list[str]:
    """The command line that runs supervisord."""
    return python("-m", "supervisor.supervisord", *(["-n"] if foreground else []), "-c", conf)


class Supervisor:
    """The supervisord of one folder.

    Args:
        folder: Holds supervisord.conf and logs/.
        socket: Its control socket; a path of at most 107 characters (a limit of Unix sockets).
    """

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder = folder
        self.socket = socket
        self.conf = folder / "supervisord.conf"
        self.logs = folder / "logs"

    def configure(self, programs: list[Program]) -> bool:
        """Write the configuration; True when it differs from the one before."""
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = configuration(programs, folder=self.folder, logs=self.logs, socket=self.socket)
        return files.write(self.conf, text)

    def answers(self) -> bool:
        """True when supervisord runs and can be spoken to."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False

    def start(self, *, enter: Callable[[], None] = lambda: None) -> None:
        """Start supervisord; `enter` runs in its process first (to join a cgroup)."""
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        with signals.held(), (self.logs / "supervisord.err").open("ab") as errors:
            subprocess.run(  # ends at once: supervisord goes to the background by itself
                command(self.conf, foreground=False),
                preexec_fn=enter,
                env=environment.here(),  # all that it starts has it too
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                timeout=30,
            )
        wait_until(
            self.answers,
            what="supervisord does not answer",
            timeout_s=10,
            evidence=lambda: files.tail(self.logs / "supervisord.log"),
        )

    def programs(self) -> list[dict[str, Any]]:
        """One entry a program: name, statename, pid, description; empty when supervisord is down."""
        if not self.answers():
            return []
        return list(self._call("getAllProcessInfo"))

    def start_program(self, name: str) -> int:
        """Start a program unless it runs; its process id.

        Raises:
            Crashed: it cannot be started: there is no such file, say.
        """
        try:
            with _fine_if(Faults.ALREADY_STARTED):
                self._call("startProcess", name, False)
        except xmlrpc.client.Fault as fault:
            raise Crashed(
                f"{name} cannot be started", seen=fault.faultString, try_next=f"kubeface logs {name}"
            ) from fault
        wait_until(
            lambda: self._info(name)["pid"] != 0,
            what=f"{name} does not start",
            timeout_s=10,
            evidence=lambda: files.tail(self.logs / f"{name}.log"),
        )
        return int(self._info(name)["pid"])

    def stop_program(self, name: str) -> None:
        """Stop a program and keep it stopped."""
        with _fine_if(Faults.NOT_RUNNING):
            self._call("stopProcess", name, True)

    def add_program(self, name: str) -> None:
        """Take on a program that `configure` has written since supervisord was started."""
        self._call("reloadConfig")
        with _fine_if(Faults.ALREADY_ADDED):
            self._call("addProcessGroup", name)

    def remove_program(self, name: str) -> None:
        """Stop a program and forget it; `configure` must have left it out."""
        with _fine_if(Faults.BAD_NAME):  # it was forgotten already
            self.stop_program(name)
            self._call("reloadConfig")
            self._call("removeProcessGroup", name)

    def pid(self, name: str) -> int:
        """The process id of a program that runs.

        Raises:
            NotReady: it does not: it is stopped, or between two starts.
        """
        info = self._info(name)
        if not info["pid"]:  # 0 would mean our own group of processes to whoever sends a signal
            raise NotReady(f"{name} does not run", seen=f"it is {info['statename']}", try_next="kubeface up")
        return int(info["pid"])

    def shut_down(self, *, timeout_s: float = 20) -> None:
        """Stop every program and supervisord itself, and wait for its end. Fine when it does not run."""
        if self.answers():
            pid = int(self._call("getPID"))
            self._call("shutdown")
            wait_for_exit([pid], timeout_s=timeout_s)

    def wait_ready(
        self, name: str, ready: Callable[[], bool], *, timeout_s: float, try_next: str = ""
    ) -> None:
        """Wait until a program serves. Raises `Crashed` or `NotReady` with its last log lines."""
        pid = self.start_program(name)
        log = self.logs / f"{name}.log"
        try:
            wait_until(
                ready,
                what=f"{name} is not ready",
                timeout_s=timeout_s,
                pid=pid,
                evidence=lambda: files.tail(log),
                try_next=try_next or f"kubeface logs {name}",
            )
        except Crashed:
            if not ready():  # it may have been restarted and serve by now
                raise

    def _info(self, name: str) -> dict[str, Any]:
        return dict(self._call("getProcessInfo", name))

    def _call(self, method: str, *arguments: object) -> Any:
        """One call of supervisord's XML-RPC interface (its manual, chapter "XML-RPC API Documentation")."""
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        try:
            proxy = xmlrpc.client.ServerProxy("http://supervisor", transport=transport)
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()


@contextlib.contextmanager
def _fine_if(*codes: int) -> Iterator[None]:
    """Take these refusals of supervisord for what was wanted; every other one is an error."""
    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode not in codes:
            raise


def _escape(text: str) -> str:
    return text.replace("%", "%%")  # supervisord expands %(name)s


def _quote(text: str) -> str:
    return '"' + _escape(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
