"""The real servers that the tests start, for benchmarks: MariaDB, nsqd, a receiver, an API server."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kubeface import places

if TYPE_CHECKING:
    from real_queue import Nsqd
    from real_servers import Mariadb

    from kubeface.kube import Cluster

SOURCE = Path(__file__).resolve().parents[1]
_TESTS = ("tests", "tests/services", "tests/unit")


def use_test_servers() -> None:
    """From here on the tests' `real_servers`, `real_queue`, `real_plane`, `photos` can be imported."""
    for folder in (str(SOURCE / name) for name in _TESTS):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    from kubeface.local.toolchain import Toolchain

    built = Toolchain(places.cache())
    os.environ.setdefault("KUBEFACE_NSQ_BIN", str(built.folder("nsq")))
    os.environ.setdefault("KUBEFACE_ETCD", str(built.folder("etcd") / "server"))
    os.environ.setdefault("KUBEFACE_K8S_BIN", str(built.folder("kubernetes")))


@contextlib.contextmanager
def api_server() -> Iterator["Cluster"]:
    """A new API server without controllers: what is written stays as it was written."""
    use_test_servers()
    from real_plane import api_server as started

    from kubeface.kube import Cluster

    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as kubeconfig:
        yield Cluster.connect(kubeconfig)


@contextlib.contextmanager
def mariadb() -> Iterator["Mariadb"]:
    """A new MariaDB with the database `kube`, whose commits reach the disk; gone afterwards."""
    use_test_servers()
    from real_servers import Mariadb, own_folder

    with own_folder("bench-mariadb") as folder:
        folder.chmod(0o755)
        server = Mariadb(folder, is_durable=True).start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def nsqd() -> Iterator["Nsqd"]:
    """A new nsqd, registered with an nsqlookupd of its own; both gone afterwards."""
    use_test_servers()
    from real_queue import Nsqd, Nsqlookupd
    from real_servers import own_folder

    lookup = Nsqlookupd().start()
    try:
        with own_folder("bench-nsqd") as folder:
            server = Nsqd(folder, lookup).start()
            try:
                yield server
            finally:
                server.stop()
    finally:
        lookup.stop()


@contextlib.contextmanager
def service(package: str, folder: str, env: Mapping[str, str]) -> Iterator[int]:
    """`python -m PACKAGE` of images/FOLDER as a process of its own; the port it listens on."""
    use_test_servers()
    from real_servers import Program

    from free_ports import free_port

    port = free_port()
    path = os.pathsep.join(str(SOURCE / "images" / name) for name in ("common", folder))
    told = {**env, "LISTEN": f"127.0.0.1:{port}", "PYTHONPATH": path}
    program = Program([sys.executable, "-m", package], ready=['"listening"'], env=told).start()
    try:
        yield port
    finally:
        program.stop()
