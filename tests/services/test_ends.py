"""Whoever is impatient and sends SIGTERM again and again has the same clean end."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from face_process import python_path
from processor_process import PYTHONPATH as PROCESSOR
from real_servers import ROOT, Program

from free_ports import free_port

IMAGES = ROOT / "images"
SERVICES = {
    "receiver": f"{IMAGES}/receiver:{IMAGES}/common",
    "frontend": f"{IMAGES}/frontend:{IMAGES}/common",
    "image_processor": PROCESSOR,
    "face_recognition_service": python_path(),
}
AGAIN_EVERY_S = 0.001


@pytest.mark.parametrize("package", SERVICES)
def test_sigterm_again_and_again_is_one_clean_end(package: str, tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"  # nothing that it needs is there, and it runs
    env = {
        "PYTHONPATH": SERVICES[package],
        "LISTEN": "127.0.0.1:0",
        "PHOTOS_DIR": str(tmp_path),
        "MYSQL_HOST": "127.0.0.1",
        "MYSQL_PORT": nowhere.partition(":")[2],
        "MYSQL_USER": "nobody",
        "MYSQL_PASSWORD": "secret",
        "NSQD_HTTP_ADDRESS": nowhere,
        "NSQLOOKUPD_HTTP_ADDRESSES": nowhere,
        "FACE_RECOGNITION_ADDRESS": nowhere,
        "DRAIN_SECONDS": "0.1",
    }
    program = Program([sys.executable, "-m", package], ready=['"listening"'], env=env).start()
    pause, sent = threading.Event(), 0
    while program.process.poll() is None and sent < 60 / AGAIN_EVERY_S:
        os.kill(program.process.pid, signal.SIGTERM)
        sent += 1
        pause.wait(AGAIN_EVERY_S)
    assert program.process.wait(30) == 0, program.log[-5:]
    assert sent > 10
