"""A service that speaks HTTP, as a child process that has no more rights than it has in a Pod."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping

from real_servers import ROOT, Program

from free_ports import free_port

# Root reads every file; without this leave it is refused as anybody is.
PLAIN = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def running(service: str, env: Mapping[str, str]) -> Iterator[int]:
    """`python -m SERVICE`; the port that it listens on. It has to end cleanly, whatever it was sent."""
    port = free_port()
    path = f"{ROOT}/images/common:{ROOT}/images/{service}"
    told = {**env, "LISTEN": f"127.0.0.1:{port}", "PYTHONPATH": path}
    program = Program([*PLAIN, sys.executable, "-m", service], ready=['"listening"'], env=told).start()
    try:
        yield port
    finally:
        assert program.stop(30) == 0, program.log[-20:]
    assert not [line for line in program.log if "Traceback" in line]
