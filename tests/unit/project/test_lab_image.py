"""The image kubeface/lab: the form of its Dockerfile, and what its entry point does from start to stop."""

import json
import re
import shlex
import signal
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
from tracked import ROOT

from kubeface.cli import lab
from kubeface.images import base
from kubeface.util.waiting import wait_until

LAB = ROOT / "lab"
TEXT = (LAB / "Dockerfile").read_text().replace("\\\n", " ")
LAST = TEXT.rpartition("\nFROM ")[2]
PAGES = ("README.md", "docs/start/docker.md", "lab/open.py")
#: Writes down what is asked of it, and runs as JupyterLab does until it is told to end.
IN_KUBEFACE_S_PLACE = """\
#!/bin/sh
echo "$@" >> {log}
[ "$1" = lab ] || exit 0
trap 'echo ended >> {log}; kill $!; exit 0' TERM
sleep 60 &
wait
"""


def instruction(word: str) -> str:
    return re.findall(rf"^{word} (.*)$", LAST, re.MULTILINE)[-1]


def test_every_stage_starts_from_the_base() -> None:
    assert set(re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)) == {base.NAME}


def test_no_setting_of_a_network_is_baked_in() -> None:
    assert not re.findall(r"https?://|--index-url|--trusted-host|_proxy|ssl/certs|pip\.conf", TEXT, re.I)


def test_what_a_learner_keeps_is_in_the_volume() -> None:
    settings = dict(word.split("=", 1) for word in shlex.split(instruction("ENV")))
    assert instruction("VOLUME") == "/var/lib/kubeface"
    assert Path(settings["HOME"]).is_relative_to("/var/lib/kubeface")
    assert not Path(settings["KUBEFACE_CACHE"]).is_relative_to("/var/lib/kubeface")  # a new image, a new one


def test_docker_s_signal_reaches_the_entry_point() -> None:
    """In the form of a list: a shell in between would keep the signal for itself."""
    command = json.loads(instruction("ENTRYPOINT"))
    assert command[0] == "catatonit"
    assert command[-1] == "/opt/kubeface/open.py"


def test_outside_of_a_container_nobody_else_reaches_the_page() -> None:
    assert ip_address(lab.LOOPBACK).is_loopback


@pytest.mark.parametrize("page", PAGES)
def test_the_documented_command_publishes_it_on_loopback_alone(page: str) -> None:
    text = (ROOT / page).read_text().replace("\\\n", " ")
    found = [line.split() for line in re.findall(r"docker run .*kubeface/lab\b", text)]
    assert found
    for words in found:
        published = [words[index + 1] for index, word in enumerate(words) if word == "-p"]
        assert [one.split(":")[0] for one in published] == ["127.0.0.1"]


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """The entry point, with something that writes down what is asked in kubeface's place."""
    for name, text in (("kubeface", IN_KUBEFACE_S_PLACE.format(log=tmp_path / "log")),):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "python").symlink_to(Path(sys.executable).resolve())
    return tmp_path


def start(entry: Path, *before: str) -> "subprocess.Popen[str]":
    command = [*before, entry / "python", "-P", LAB / "open.py"]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(entry / "home")}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def test_a_stop_ends_jupyterlab_and_then_the_cluster(entry: Path) -> None:
    log = entry / "log"
    with start(entry, "unshare", "--mount") as process:
        wait_until(log.exists, what="kubeface lab was not begun", timeout_s=20, pid=process.pid)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 0, said
    first, *rest = log.read_text().splitlines()
    assert re.fullmatch(r"lab --address [0-9.]+", first)
    assert sorted(rest) == ["down", "ended"]
    assert (entry / "home").is_dir()


def test_without_the_right_to_mount_it_says_how_to_start_it(entry: Path) -> None:
    with start(entry, "unshare", "--mount", "setpriv", "--bounding-set=-sys_admin") as process:
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 1
    assert "docker run --privileged" in said
    assert not (entry / "log").exists()
