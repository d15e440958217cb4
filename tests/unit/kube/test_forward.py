"""A way into a Pod is open while its block lasts, and what kubectl says instead is told."""

import threading
from pathlib import Path

import pytest

from kubeface import port_forward, wait_until
from kubeface.errors import BadInput, CommandFailed


@pytest.fixture
def kubectl(tmp_path, monkeypatch):
    """A program in the place of kubectl, which keeps its arguments and its number, then does as told."""

    def act(lines):
        program = tmp_path / "kubectl"
        program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/arguments\necho $$ >{tmp_path}/pid\n{lines}\n')
        program.chmod(0o755)
        monkeypatch.setenv("KUBEFACE_KUBECTL", str(program))
        return tmp_path

    return act


def is_running(folder):
    return Path("/proc", (folder / "pid").read_text().strip()).exists()


def open_way(cluster, **options):
    with port_forward(cluster, "service/mysql", 3306, **options) as port:
        return port


def test_it_is_open_while_the_block_lasts(cluster, kubectl):
    folder = kubectl("echo 'Forwarding from 127.0.0.1:40000 -> 3306'; exec tail -f /dev/null")
    with port_forward(cluster, "service/mysql", 3306, namespace="face") as port:
        assert port == 40000
        assert is_running(folder)
    assert not is_running(folder)
    told = (folder / "arguments").read_text().split()
    assert told[told.index("--namespace") + 1] == "face"
    assert told[-2:] == ["service/mysql", ":3306"]


def test_an_error_in_the_block_ends_it_too(cluster, kubectl):
    folder = kubectl("echo 'Forwarding from 127.0.0.1:40000 -> 3306'; exec tail -f /dev/null")
    with pytest.raises(ZeroDivisionError), port_forward(cluster, "service/mysql", 3306):
        _ = 1 / 0
    assert not is_running(folder)


def test_what_kubectl_says_of_each_connection_does_not_stop_it(cluster, kubectl, tmp_path):
    kubectl(
        "echo 'Forwarding from 127.0.0.1:40000 -> 3306'\n"
        "for n in $(seq 20000); do echo 'Handling connection for 40000'; done\n"
        f"touch {tmp_path}/through\nexec tail -f /dev/null"
    )
    with port_forward(cluster, "service/mysql", 3306):
        wait_until((tmp_path / "through").exists, what="it waits for a reader", timeout_s=60)


def test_what_kubectl_says_instead_is_told(cluster, kubectl):
    kubectl("echo 'Error from server (NotFound): services \"mysql\" not found' >&2; exit 1")
    with pytest.raises(CommandFailed, match="kubectl opened no way to service/mysql") as failure:
        open_way(cluster)
    assert failure.value.seen == 'Error from server (NotFound): services "mysql" not found'


def test_silence_ends_in_time(cluster, kubectl):
    folder = kubectl("exec tail -f /dev/null")
    with pytest.raises(CommandFailed) as failure:
        open_way(cluster, timeout_s=0.5)
    assert failure.value.seen == "it had said nothing after 0.5 s"
    assert not is_running(folder)


def test_a_real_kubectl_finds_no_such_service(cluster, space):
    with pytest.raises(CommandFailed) as failure:
        open_way(cluster, namespace=space)
    assert 'services "mysql" not found' in failure.value.seen


def test_a_call_that_does_not_fit_is_answered_with_one_that_does(cluster):
    with pytest.raises(BadInput, match="port is a str, not a int"):
        port_forward(cluster, "service/mysql", "3306")


def test_ways_leave_no_thread_behind(cluster, kubectl):
    kubectl("echo 'Forwarding from 127.0.0.1:40000 -> 3306'; exec tail -f /dev/null")
    before = set(threading.enumerate())
    open_way(cluster)
    for one in set(threading.enumerate()) - before:
        one.join(10)
    assert set(threading.enumerate()) <= before
