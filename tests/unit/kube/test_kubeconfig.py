"""Several kubeconfigs are merged as kubectl merges them: it is asked itself."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from kubeface.errors import ApiError, BadInput, Missing
from kubeface.kube import Cluster, find_kubectl, kubectl
from kubeface.kube.contexts import connect_to
from kubeface.kube.kubeconfig import files_of, merged
from kubeface.kube.transport import ConnectionFailed


def write(path, *, current=None, **lists):
    """A kubeconfig with the entries named: `clusters={"one": {...}}`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config = {"apiVersion": "v1", "kind": "Config"} | ({"current-context": current} if current else {})
    for part, word in (("clusters", "cluster"), ("contexts", "context"), ("users", "user")):
        config[part] = [{"name": name, word: body} for name, body in lists.get(part, {}).items()]
    path.write_text(yaml.safe_dump(config))
    return path


def by_kubectl(*files):
    """What kubectl makes of the files."""
    done = subprocess.run(
        [find_kubectl(), "config", "view", "--raw", "--output", "json"],
        env=os.environ | {"KUBECONFIG": ":".join(map(str, files)), "KUBERC": "off"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def split(kubeconfig, tmp_path):
    """One context over three files, whose certificates are named relative to their own file."""
    config = yaml.safe_load(kubeconfig.read_text())
    plane = kubeconfig.parent
    for name in ("ca.crt", "admin.crt", "admin.key"):
        home = tmp_path / ("users" if name.startswith("admin") else "clusters")
        home.mkdir(exist_ok=True)
        (home / name).write_bytes((plane / name).read_bytes())
    server = config["clusters"][0]["cluster"]["server"]
    user = {"client-certificate": "admin.crt", "client-key": "./admin.key"}
    return [
        write(
            tmp_path / "contexts" / "c", contexts={"far": {"cluster": "one", "user": "me", "namespace": "x"}}
        ),
        write(tmp_path / "users" / "u", current="far", users={"me": user}),
        tmp_path / "nobody",
        write(
            tmp_path / "clusters" / "k",
            clusters={"one": {"server": server, "certificate-authority": "ca.crt"}},
        ),
    ]


def test_objects_in_several_files_make_one_cluster(split):
    cluster = Cluster.connect(":".join(map(str, split)))
    assert (cluster.context, cluster.namespace, cluster.kubeconfig) == ("far", "x", split[0])
    assert cluster.version().startswith("v1.")


def test_kubectl_is_given_all_of_them_too(split, capsys):
    kubectl("get namespace default -o name", cluster=Cluster.connect(":".join(map(str, split))))
    assert capsys.readouterr().out == "namespace/default\n"


def test_a_context_of_KUBECONFIG_is_found_over_its_files(split, monkeypatch, tmp_path):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, split)))
    assert connect_to("far").version().startswith("v1.")


def test_of_each_name_the_first_file_counts_as_for_kubectl(tmp_path):
    one = {"server": "https://one"}
    first = write(
        tmp_path / "a" / "first",
        clusters={"same": one, "a": one},
        contexts={"same": {"cluster": "same", "user": "u"}},
        users={"u": {"token": "first"}},
    )
    second = write(
        tmp_path / "b" / "second",
        current="second",
        clusters={"same": {"server": "https://two", "tls-server-name": "x"}},
        contexts={
            "same": {"cluster": "a", "user": "v", "namespace": "space"},
            "second": {"cluster": "a", "user": "v"},
        },
        users={
            "u": {"username": "x"},
            "v": {"token": "second"},
        },
    )
    third = write(tmp_path / "third", current="same", users={"v": {"token": "third"}, "w": {"token": "w"}})
    files = (tmp_path / "missing", first, second, third)
    ours, theirs = merged(files), by_kubectl(*files)
    assert ours.current == theirs["current-context"] == "second"
    assert ours.clusters == {one["name"]: one["cluster"] for one in theirs["clusters"]}
    assert ours.contexts == {one["name"]: one["context"] for one in theirs["contexts"]}
    assert ours.users == {one["name"]: one["user"] for one in theirs["users"]}


def test_a_program_that_makes_credentials_is_beside_its_kubeconfig(tmp_path):
    users = {"a": {"exec": {"command": "bin/plugin"}}, "b": {"exec": {"command": "on-path"}}}
    found = merged([write(tmp_path / "config", users=users)]).users
    assert found["a"]["exec"]["command"] == str(tmp_path / "bin" / "plugin")
    assert found["b"]["exec"]["command"] == "on-path"


def test_without_a_current_context_one_may_be_named(kubeconfig, tmp_path):
    config = yaml.safe_load(kubeconfig.read_text())
    del config["current-context"]
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    assert Cluster.connect(path, context="admin").version().startswith("v1.")
    with pytest.raises(BadInput, match=r"(?s)no current context\nit has admin, guest\nTry: say which"):
        Cluster.connect(path)


@pytest.mark.parametrize("word", ["certificate-authority", "client-certificate", "client-key", "tokenFile"])
def test_a_file_that_is_not_there_is_named(kubeconfig, tmp_path, monkeypatch, word):
    config = yaml.safe_load(kubeconfig.read_text())
    body = config["clusters"][0]["cluster"] if word == "certificate-authority" else config["users"][0]["user"]
    body[word] = "gone.pem"
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    said = (
        rf"{tmp_path}/gone.pem cannot be read: No such file or directory\nit is the {word} of the .* {path}"
    )
    with pytest.raises(BadInput, match=said):
        Cluster.connect(path)
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("KUBECONFIG", str(path))
    with pytest.raises(BadInput, match=said):
        connect_to("admin")


@pytest.mark.parametrize("text", ["just words", "clusters: [1]", "a: [", "contexts: {a: b}"])
def test_a_file_that_is_no_kubeconfig_is_named_among_others(kubeconfig, tmp_path, monkeypatch, text):
    odd = tmp_path / "odd"
    odd.write_text(text)
    with pytest.raises(BadInput, match=rf"{odd} is not a usable kubeconfig"):
        Cluster.connect(f"{kubeconfig}:{odd}")
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(odd))
    monkeypatch.setenv("KUBECONFIG", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(BadInput, match=rf"(?s)There is no context 'far'.*{odd} is not a usable kubeconfig"):
        connect_to("far")


@pytest.mark.parametrize("word", ["cluster", "user"])
def test_a_context_that_names_what_is_not_there_is_told(tmp_path, word):
    context = {"cluster": "c", "user": "u"}
    lists = {"clusters": {"c": {"server": "https://x"}}, "users": {"u": {}}}
    lists[f"{word}s"] = {}
    path = write(tmp_path / "config", current="far", contexts={"far": context}, **lists)
    with pytest.raises(BadInput, match=f"a context names the {word} '{word[0]}', and there is none"):
        Cluster.connect(path)


def test_where_no_file_is_there_all_are_named():
    with pytest.raises(Missing, match="there is no kubeconfig at /none/a:/none/b"):
        Cluster.connect("/none/a:/none/b")


def test_a_path_with_a_colon_is_one_file(tmp_path):
    path = tmp_path / "a:b"
    path.touch()
    assert files_of(str(path)) == (path,)
    assert files_of("") == ()
    assert files_of("~/x::/y") == (Path.home() / "x", Path("/y"))


def test_credentials_that_are_not_accepted_are_explained(kubeconfig, tmp_path):
    config = yaml.safe_load(kubeconfig.read_text())
    config["users"][0]["user"] = {"token": "of-yesterday"}
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    with pytest.raises(
        ApiError, match=r"(?s)answered 401\nUnauthorized: it does not accept.*Try: sign in again"
    ):
        Cluster.connect(path).list("pods")


def test_a_certificate_of_somebody_elses_is_told_apart_from_silence(kubeconfig, tmp_path):
    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["certificate-authority"] = str(kubeconfig.with_name("guest.crt"))
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    with pytest.raises(ConnectionFailed, match="certificate verify failed"):
        Cluster.connect(path).version()
