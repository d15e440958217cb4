"""kubectl in a notebook's cells: inline, on the lesson's cluster only."""

import os
import re
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from kubeface.checks import session
from kubeface.kube import Cluster, find_kubectl, kubectl
from kubeface.kube.transport import open_transport
from kubeface.lesson import Lesson, LessonStopped, Plan, State, magics
from kubeface.lesson.magics import KubectlFailed, KubectlRefused, cell_magic, line_magic, refuse_elsewhere


@pytest.fixture
def lesson(here, space):
    """A lesson's cluster, in a namespace of the test's own; no notebook."""
    session.current.cluster = Cluster(here.kubeconfig, here.context, space, here.transport)
    return session.current.cluster


@pytest.fixture
def notebook(lesson, tmp_path, monkeypatch):
    """The IPython that runs a notebook's cells."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    magics.register()
    yield shell
    InteractiveShell.clear_instance()


def test_a_line_is_run_in_the_lessons_namespace_and_printed(lesson, capsys):
    line_magic("create configmap greeting --from-literal=to=you")
    line_magic("kubectl get configmaps -o name  # as in a terminal")
    assert capsys.readouterr().out == "configmap/greeting created\nconfigmap/greeting\n"
    assert lesson.get("cm/greeting").data.to == "you"


def test_what_it_warns_of_is_printed_too(capsys, lesson):
    line_magic("get pods")
    assert capsys.readouterr().out == f"No resources found in {lesson.namespace} namespace.\n"


def test_what_was_typed_is_noted_in_its_order(lesson):
    known = len(magics.TYPED)
    line_magic("get pods")
    cell_magic("", "get configmaps\nget services")
    assert [line for _, line in magics.TYPED[known:]] == [
        "kubectl get pods",
        "kubectl get configmaps",
        "kubectl get services",
    ]
    times = [at for at, _ in magics.TYPED[known:]]
    assert times == sorted(times)


def test_an_error_fails_the_cell_in_one_sentence_and_is_printed(lesson, capsys):
    with pytest.raises(KubectlFailed) as failed:
        line_magic("get configmap nobody")
    assert str(failed.value) == "kubectl get configmap nobody ended with 1"
    assert capsys.readouterr().out == 'Error from server (NotFound): configmaps "nobody" not found\n'


def test_a_line_that_does_not_end_is_ended(lesson, monkeypatch):
    monkeypatch.setattr(magics, "COMMAND_S", 1.0)
    with pytest.raises(KubectlFailed, match="--watch had not ended after 1 s"):
        line_magic("get pods --watch")


def test_a_cell_runs_its_lines_in_order_until_one_fails(lesson, capsys):
    cell = """
# three commands
kubectl create configmap one \\
  --from-literal=to=you
get configmap two -o name
create configmap three
"""
    with pytest.raises(KubectlFailed, match="get configmap two"):
        cell_magic("", cell)
    assert capsys.readouterr().out == (
        "$ kubectl create configmap one --from-literal=to=you\n"
        "configmap/one created\n"
        "$ kubectl get configmap two -o name\n"
        'Error from server (NotFound): configmaps "two" not found\n'
    )
    assert lesson.find("cm/three") is None


def test_a_manifest_that_is_not_complete_is_not_sent(lesson, tmp_path):
    file = tmp_path / "read.yaml"
    file.write_text("# Your turn: name it.\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ___}\n")
    with pytest.raises(LessonStopped, match="A part of read"):
        line_magic(f"apply --server-side --filename {file}")
    file.write_text(file.read_text().replace("___", "read"))
    line_magic(f"apply --server-side --filename {file}")
    assert lesson.get("cm/read").name == "read"


def test_a_cell_may_be_what_one_command_reads(lesson):
    cell_magic("apply -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: read}\n")
    assert lesson.find("cm/read")


@pytest.mark.parametrize(
    "line",
    [
        "get pods --context other",
        "--context=other get pods",
        "get pods --kubeconfig /tmp/other",
        "get pods --cluster other",
        "get pods --server https://other:6443",
        "get pods -s https://other:6443",
        "get pods -shttps://other:6443",
        "get pods -As=https://other:6443",
        "get pods --proxy-url=http://other",
        "config use-context other",
        "-n here config set-cluster other --server=x",
        "get pods --context",
    ],
)
def test_a_line_that_leads_to_another_cluster_is_refused(lesson, line, capsys):
    with pytest.raises(KubectlRefused) as refused:
        line_magic(line)
    assert str(refused.value).count("\n") == 1
    assert capsys.readouterr().out == ""


def test_the_refusal_says_which_words_and_whose_cluster(lesson):
    with pytest.raises(KubectlRefused) as refused:
        line_magic("get pods --context other")
    said = "--context other may lead to another cluster; this kubectl speaks to kube-face-cluster only."
    assert str(refused.value) == f"{said}\nTry: the same without it"


def test_the_guard_is_needed(lesson, kubeconfig, capsys):
    """Without it kubectl would follow the arguments: the course's file does not have this context."""
    line_magic(f"config current-context --kubeconfig {lesson.kubeconfig}")
    assert capsys.readouterr().out == "kube-face-cluster\n"
    magics.tell(["config", "current-context", "--kubeconfig", str(kubeconfig)], cluster=lesson)
    assert capsys.readouterr().out == "admin\n"


@pytest.mark.parametrize(
    "words",
    [
        ["get", "pods", "--context", "kube-face-cluster"],
        ["get", "pods", "--context=kube-face-cluster", "-n", "system", "-osjson"],
        ["exec", "pod", "--", "curl", "-s", "--server", "|"],
        ["create", "configmap", "config", "--from-literal=a=b"],
        ["logs", "pod", "--since=5m", "-l", "s=t"],
        ["config", "view"],
    ],
)
def test_what_stays_on_the_cluster_is_allowed(lesson, words):
    refuse_elsewhere(words, lesson)


def test_another_clusters_context_may_be_named_where_the_lesson_was_told_to_use_it(kubeconfig):
    transport, entry = open_transport(kubeconfig, "guest")
    refuse_elsewhere(["--context", "guest"], Cluster(kubeconfig, entry["name"], "default", transport))


@pytest.mark.parametrize(("line", "said"), [("get pods | grep x", "|"), ("get pods 'x", "No closing")])
def test_a_line_for_a_shell_is_refused(lesson, line, said):
    with pytest.raises(KubectlRefused) as refused:
        line_magic(line)
    assert said in str(refused.value)


def test_without_a_cluster_it_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(LessonStopped, match="kubeface up"):
        line_magic("get pods")


def test_a_persons_own_settings_of_kubectl_do_not_count(lesson, tmp_path, monkeypatch, capsys):
    rc = tmp_path / "kuberc"
    override = "{command: get, options: [{name: output, default: json}]}"
    rc.write_text(f"apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ndefaults: [{override}]\n")
    monkeypatch.setenv("KUBERC", str(rc))
    lesson.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}})
    line_magic("get configmap one --no-headers")
    assert capsys.readouterr().out.split()[:2] == ["one", "0"]


def test_a_lesson_that_opens_brings_the_magics_to_the_notebook(here, notebook, space, capsys):
    notebook.magics_manager.magics["line"].pop("kubectl")
    Lesson(Plan("99", "Greetings", state=State(), nodes=0, namespace=space), cluster=session.current.cluster)
    capsys.readouterr()
    done = notebook.run_cell("%kubectl get namespace default -o name")
    assert (done.success, done.result) == (True, None)
    assert capsys.readouterr().out == "namespace/default\n"


def test_python_in_braces_is_replaced_by_its_value(notebook, lesson, capsys):
    notebook.run_cell("name = 'greeting'")
    notebook.run_cell("%kubectl create configmap {name}").raise_error()
    notebook.run_cell("%%kubectl\nget configmap {name} -o name\nget cm $name -o name").raise_error()
    assert capsys.readouterr().out.splitlines()[2::2] == ["configmap/greeting"] * 2
    notebook.run_cell("%kubectl get configmap {name[:]} -o jsonpath={.kind}").raise_error()
    assert capsys.readouterr().out == "ConfigMap"


@pytest.mark.parametrize(
    "value", ["two words", 'it\'s "said"', "# no comment", "a\\b", "two\nlines", "{x} $y"]
)
@pytest.mark.parametrize("line", ["text={value}", "text=$value", '"text={value}"', "'text={value}'"])
def test_a_value_stays_one_argument_whatever_is_in_it(notebook, lesson, value, line):
    notebook.user_ns["value"] = value
    notebook.run_cell(f"%kubectl create configmap one --from-literal {line}").raise_error()
    assert lesson.get("cm/one").data.text == value


def test_a_line_in_a_function_sees_the_functions_variables(notebook, lesson):
    make = "def make(name):\n    %kubectl create configmap {name}\nmake('local')"
    notebook.run_cell(make).raise_error()
    assert lesson.find("cm/local")


def test_a_folder_may_have_a_space_in_its_name(notebook, lesson, tmp_path):
    folder = notebook.user_ns["folder"] = tmp_path / "a folder"
    folder.mkdir()
    (folder / "one.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n")
    (folder / "kustomization.yaml").write_text("resources: [one.yaml]\nnameSuffix: -two\n")
    notebook.run_cell("%kubectl apply --server-side --filename {folder}/one.yaml").raise_error()
    notebook.run_cell("%%kubectl\napply --kustomize $folder").raise_error()
    assert [one.name for one in lesson.list("configmaps")] == ["one", "one-two"]


DOCUMENT = """
apiVersion: v1
kind: ConfigMap
metadata: {name: shell}
data:
  script: |
    name=$name; echo "${name}" '$(name)' $$ {name} {{ $name }} {{ .name }} \\n # kept
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
"""


def test_a_document_arrives_as_it_is_written(notebook, lesson):
    notebook.user_ns["name"] = "python"
    notebook.run_cell(f"%%kubectl apply -f -\n{DOCUMENT}").raise_error()
    said = "name=$name; echo \"${name}\" '$(name)' $$ {name} {{ $name }} {{ .name }} \\n # kept\n"
    assert lesson.get("cm/shell").data.script == said
    assert lesson.find("cm/second")


def test_a_document_that_python_made_is_named_alone(notebook, lesson):
    notebook.user_ns["made"] = DOCUMENT
    notebook.run_cell("%%kubectl apply -f -\n{made}").raise_error()
    assert lesson.find("cm/second")


def test_a_template_arrives_as_it_is_written(notebook, lesson, capsys):
    notebook.user_ns.update(x="python", end="python", name="python")
    lesson.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}})
    for line in (
        "-o go-template='{{range .items}}{{$x := .metadata.name}}{{$x}}{{end}}'",
        '-o go-template="{{range .items}}{{$x := .metadata.name}}{{$x}}{{end}}"',
        "-o jsonpath='{range .items[*]}{.metadata.name}{end}'",
        "-o jsonpath={.items[*].metadata.name}",
    ):
        notebook.run_cell(f"%kubectl get configmaps {line}").raise_error()
        assert capsys.readouterr().out == "one"


def test_another_namespace_counts_more_than_the_lessons(notebook, lesson, tmp_path, capsys):
    other = f"{lesson.namespace[:50]}-other"
    notebook.user_ns.update(other=other, folder=tmp_path)
    document = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: there, namespace: {other}}}\n"
    (tmp_path / "there.yaml").write_text(document)
    (tmp_path / "kustomization.yaml").write_text("resources: [there.yaml]\nnameSuffix: -two\n")
    for line in (
        "create namespace {other}",
        "create -f {folder}/there.yaml",
        "apply -k {folder}",
        "diff -f {folder}/there.yaml",
        "replace -f {folder}/there.yaml",
        "delete -f {folder}/there.yaml",
        "create configmap a -n {other}",
        "create configmap b --namespace={other}",
        "create configmap c -n{other}",
        "--namespace {other} create configmap d",
    ):
        notebook.run_cell(f"%kubectl {line}").raise_error()
    notebook.run_cell(f"%%kubectl apply -f -\n{document}").raise_error()
    found = [one.name for one in lesson.list("configmaps", namespace=other)]
    assert found == ["a", "b", "c", "d", "there", "there-two"]
    assert lesson.list("configmaps") == []
    capsys.readouterr()
    notebook.run_cell("%kubectl get configmaps --all-namespaces -o name").raise_error()
    assert "configmap/there-two" in capsys.readouterr().out


def test_differences_are_no_failure(notebook, lesson, capsys):
    line_magic("create configmap one --from-literal=a=b")
    notebook.run_cell(
        "%%kubectl diff -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: c}\n"
    ).raise_error()
    assert "+  a: c" in capsys.readouterr().out
    with pytest.raises(KubectlFailed):
        line_magic("diff -f none.yaml")


def test_kubectl_alone_prints_its_help(notebook, capsys):
    notebook.run_cell("%kubectl").raise_error()
    assert "kubectl controls the Kubernetes cluster manager" in capsys.readouterr().out


def test_a_plugin_speaks_to_the_lessons_cluster_too(lesson, tmp_path, monkeypatch, capsys):
    plugin = tmp_path / "kubectl-where"
    plugin.write_text(f"#!/bin/sh\nexec {find_kubectl()} config view --minify -o jsonpath={{..namespace}}\n")
    plugin.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    line_magic("where")
    assert capsys.readouterr().out == lesson.namespace


@pytest.mark.parametrize(
    "line",
    [
        "edit configmap one",
        "-n default edit configmap one",
        "apply edit-last-applied configmap one",
        "create -f one.yaml --edit",
        "exec -it web -- sh",
        "exec web -ti -- sh",
        "attach --stdin --tty web",
        "run -it --rm x --image=busybox",
        "debug web -it --image=busybox",
    ],
)
def test_what_needs_a_terminal_is_refused_with_what_to_do(lesson, line, monkeypatch):
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("KUBE_EDITOR", raising=False)
    with pytest.raises(
        KubectlRefused, match=rf"(?s)needs a terminal.*in a terminal: kubectl {re.escape(line)}"
    ):
        line_magic(line)


@pytest.mark.parametrize(
    "line", ["exec web -- ls -t", "get pods -t x", "exec web --tty=false -- ls", "logs -it"]
)
def test_what_only_looks_like_a_terminal_is_not_refused(line):
    magics.refuse_a_terminal(line.split())


@pytest.mark.parametrize("variable", ["KUBE_EDITOR", "EDITOR"])
def test_an_editor_that_needs_no_terminal_edits(lesson, monkeypatch, variable):
    monkeypatch.delenv("KUBE_EDITOR", raising=False)
    monkeypatch.setenv(variable, "sed -i s/you/me/")
    line_magic("create configmap one --from-literal=to=you")
    line_magic("edit configmap one")
    assert lesson.get("cm/one").data.to == "me"


def test_a_word_of_the_shell_stops_a_cell_before_its_first_line(lesson, capsys):
    with pytest.raises(KubectlRefused, match="%%kubectl apply -f -"):
        cell_magic("", "create configmap one\napply -f - <<EOF\nkind: don't\nEOF\n")
    assert capsys.readouterr().out == ""
    assert lesson.find("cm/one") is None


def test_the_lessons_own_kubeconfig_may_be_named_and_changes_nothing(lesson, capsys):
    line_magic(f"create configmap one --kubeconfig {lesson.kubeconfig}")
    line_magic(f"--kubeconfig={lesson.kubeconfig} --context kube-face-cluster get configmaps -o name")
    assert capsys.readouterr().out.endswith("configmap/one\n")
    assert lesson.find("cm/one")


def test_the_python_kubectl_speaks_to_the_lessons_cluster(lesson, capsys):
    kubectl("create configmap one")
    assert lesson.find("cm/one")
    kubectl("config view --minify -o jsonpath={..namespace}")
    assert capsys.readouterr().out.endswith(lesson.namespace)


def test_braces_that_are_no_python_stay(notebook, lesson, capsys):
    lesson.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}})
    line = "%kubectl get configmaps -o jsonpath='{.items[0].metadata.name}'"
    notebook.run_cell(line).raise_error()
    assert capsys.readouterr().out.endswith("one")


def test_a_notebook_shows_no_traceback(notebook, capsys):
    done = notebook.run_cell("%kubectl get configmap nobody")
    assert isinstance(done.error_in_exec, KubectlFailed)
    shown = capsys.readouterr().out
    assert shown.endswith("kubectl get configmap nobody ended with 1\n")
    assert "magics.py" not in shown


def test_a_cell_shows_what_it_led_to_and_then_what_it_ends_in(notebook, lesson, capsys):
    done = notebook.run_cell("%%changes\n%kubectl create configmap one\nlength = len('four')\nlength")
    done.raise_error()
    assert (done.result, notebook.user_ns["length"]) == (4, 4)
    told = ["configmap/one created", "1  + created  configmap/one"]
    assert [line for line in capsys.readouterr().out.splitlines() if "one" in line][:2] == told


def test_a_cell_with_changes_takes_the_options_of_changes(notebook, lesson, capsys):
    notebook.run_cell("%%changes namespace='default', timeout_s=5\n%kubectl create cm one").raise_error()
    assert "(nothing has changed)" in capsys.readouterr().out


def test_an_error_in_a_cell_with_changes_fails_it(notebook, lesson):
    done = notebook.run_cell("%%changes\n%kubectl create configmap one\n%kubectl get cm nobody\nafter = 1")
    assert isinstance(done.error_in_exec, KubectlFailed)
    assert "after" not in notebook.user_ns


def test_outside_a_notebook_registering_does_nothing(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython")
    magics.register()
