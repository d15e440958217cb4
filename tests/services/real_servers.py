"""The servers that the services speak to, for real: MariaDB, nsqlookupd and nsqd as child processes.

Each listens on loopback only, keeps its files in a folder of its own, says when it is ready by its own
log, and can be stopped and started again on the same ports, as a database in a cluster is.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pymysql
import pymysql.cursors

from free_ports import free_port
from kubeface.errors import Crashed, Missing, NotReady
from kubeface.util.waiting import wait_until

ROOT = Path(__file__).parents[2]
INIT_FILES = ROOT / "manifests/mysql/init"


class Program:
    """A child process that is ready once each of `ready` has stood in a line of its log."""

    def __init__(self, command: Sequence[str], *, ready: Sequence[str], env: Mapping[str, str] | None = None):
        self.command = list(command)
        self.env = {**os.environ, **(env or {})}
        self.log: list[str] = []
        self._missing = set(ready)
        self._settled = threading.Event()  # ready, or ended

    def start(self, timeout_s: float = 60) -> "Program":
        """Ready, or an error that holds the end of its log. A child never outlives the tests."""
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self.command],
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        settled = self._settled.wait(timeout_s)
        if self._missing:
            self.stop(timeout_s=5)
            failure, what = (
                (Crashed, "ended") if settled else (NotReady, f"was not ready after {timeout_s} s")
            )
            raise failure(f"{self.command[0]} {what}", seen="\n".join(self.log[-20:]))
        return self

    def stop(self, timeout_s: float = 20) -> int:
        """The exit code after SIGTERM; negative if it had to be killed."""
        self.process.terminate()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
        code = self.process.wait()
        self._reader.join(5)
        return code

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.log.append(line.rstrip("\n"))
                self._missing = {part for part in self._missing if part not in line}
                if not self._missing:
                    self._settled.set()
        self._settled.set()


@contextlib.contextmanager
def own_folder(name: str, user: str | None = None) -> Iterator[Path]:
    """A temporary folder that belongs to `user`; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"kubeface-{name}-"))
    try:
        if user:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder)


def _user_for_mariadb() -> str | None:
    """MariaDB refuses to run as root; as anyone else the tests run it as themselves."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("mysql").pw_name
    return "nobody"


def until(holds: Callable[[], object], what: str, timeout_s: float = 60, every_s: float = 0.05) -> None:
    """Returns once `holds()` is true; after `timeout_s` it raises and says `what` did not come to be."""
    wait_until(holds, what=f"It was not seen that {what}", timeout_s=timeout_s, every_s=every_s)


class Mariadb:
    """A MariaDB started by the image's own entrypoint, with the manifests' init files.

    is_durable: a commit is on the disk when it is answered, as in the cluster.
    host, port, name: where the database is. passwords: user → password (root only through `socket`).
    """

    host = "127.0.0.1"
    name = "kube"

    def __init__(self, folder: Path, *, init_files: Path = INIT_FILES, is_durable: bool = False):
        self.folder = folder
        self.is_durable = is_durable
        self.init_files = init_files
        self.port = free_port()
        self.socket = folder / "run/mysqld.sock"
        users = ("root", "receiver", "image_processor", "redeemer", "frontend")
        self.passwords = {user: f"{user}'s \\ secret" for user in users}  # to see that quoting holds
        self.user = _user_for_mariadb()
        self.program: Program | None = None

    def start(self) -> "Mariadb":
        """Starts it; the first time this also makes the database."""
        if not shutil.which("mariadbd"):
            raise Missing("mariadbd is not on PATH", try_next="apt-get install mariadb-server")
        for name in ("data", "run"):
            (self.folder / name).mkdir(exist_ok=True)
            if self.user:
                shutil.chown(self.folder / name, self.user)
        # The user of the server may not be let into the checkout.
        shutil.rmtree(self.folder / "init", ignore_errors=True)
        shutil.copytree(self.init_files, self.folder / "init")
        entrypoint = shutil.copy(ROOT / "images/mariadb/entrypoint.sh", self.folder)
        shutil.copy(ROOT / "images/mariadb/upgrade.sql", self.folder)
        command = [*self._as_user(), "sh", str(entrypoint), f"--port={self.port}"]
        command += [
            f"--bind-address={self.host}",
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M",
        ]
        if not self.is_durable:
            command += ["--innodb-flush-method=nosync"]  # a test pulls no plug: a killed server loses nothing
        self.program = Program(command, ready=[f"port: {self.port}"], env=self._env()).start()
        return self

    def is_down(self) -> bool:
        """Nothing runs."""
        return self.program is None or self.program.process.poll() is not None

    def stop(self) -> int:
        """The exit code of a clean stop."""
        assert self.program is not None
        return self.program.stop()

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self.program is not None
        self.program.kill()

    def env_for(self, user: str) -> dict[str, str]:
        """The environment by which a service finds the database."""
        where = {"MYSQL_HOST": self.host, "MYSQL_PORT": str(self.port), "MYSQL_DATABASE": self.name}
        return {**where, "MYSQL_USER": user, "MYSQL_PASSWORD": self.passwords[user]}

    def connect(self, user: str = "root") -> "pymysql.Connection[pymysql.cursors.DictCursor]":
        """A connection that commits each statement and gives rows as dicts; close it."""
        where = (
            {"unix_socket": str(self.socket)} if user == "root" else {"host": self.host, "port": self.port}
        )
        return pymysql.connect(
            user=user,
            password=self.passwords[user],
            database=self.name,
            autocommit=True,
            cursorclass=pymysql.cursors.DictCursor,
            init_command="SET time_zone = '+00:00'",
            **where,
        )

    def rows(self, sql: str, *values: object) -> list[dict[str, object]]:
        """What root sees."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    def clear(self) -> None:
        """Tables as they were after the first start."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            for table in ("outbox", "parked", "images", "person_images", "person"):
                cursor.execute(f"TRUNCATE {table}")
            cursor.execute("SET foreign_key_checks = 1")
            for statement in (self.init_files / "20-people.sql").read_text().split(";"):
                if statement.strip():
                    cursor.execute(statement)

    def _as_user(self) -> list[str]:
        user = self.user
        return (
            ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--pdeathsig", "KILL"]
            if user
            else []
        )

    def _env(self) -> dict[str, str]:
        passwords = {
            f"{user.upper()}_PASSWORD": word for user, word in self.passwords.items() if user != "root"
        }
        return {
            "MYSQL_DATA_DIR": str(self.folder / "data"),
            "MYSQL_RUN_DIR": str(self.folder / "run"),
            "MYSQL_UPGRADE_FILE": str(self.folder / "upgrade.sql"),
            "MYSQL_INIT_DIR": str(self.folder / "init"),
            "MYSQL_ROOT_PASSWORD": self.passwords["root"],
            "MYSQL_DATABASE": self.name,
            **passwords,
        }
