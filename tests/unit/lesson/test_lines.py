"""A line for kubectl, taken apart as a shell does it, with the notebook's values put in afterwards."""

from types import SimpleNamespace

import pytest

from kubeface.lesson.lines import Unclear, commands, document, put_in

NAMES = {
    "name": "greeting",
    "text": 'it\'s "two" # words\n\\x',
    "n": 3,
    "end": "python",
    "pods": [SimpleNamespace(name="web")],
    "keys": {"a key": "b"},
}


def arguments(line):
    [command] = commands(line, NAMES)
    return [put_in(word, NAMES) for word in command]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{name} $name x{name}y", ["greeting", "greeting", "xgreetingy"]),
        ("--text={text} $text", [f"--text={NAMES['text']}", NAMES["text"]]),
        ("{pods[0].name} {n + 1} {text.upper()}", ["web", "4", str(NAMES["text"]).upper()]),
        ("""{', '.join(one.name for one in pods)} {keys["a key"]}""", ["web", "b"]),
        ("$name.yaml $name-1", ["greeting.yaml", "greeting-1"]),
        ("'{name}' \"{name} $name\"", ["greeting", "greeting greeting"]),
        # As written: no variable, of a shell, of a template, JSON, JSONPath, behind a backslash.
        ("{nobody} $nobody {nobody['x']}", ["{nobody}", "$nobody", "{nobody[x]}"]),
        ("'$name' \\$name \"\\$name\" \\{name}", ["$name", "$name", "$name", "{name}"]),
        ("${name} $(name) $$name $$", ["${name}", "$(name)", "$$name", "$$"]),
        ("sh -c 'echo $name'", ["sh", "-c", "echo $name"]),
        ('"{{$name}}{{.name}}{{name}}" {{name}}', ["{{$name}}{{.name}}{{name}}", "{{name}}"]),
        ('jsonpath={.items[*].x}{end}{"\\n"}', ["jsonpath={.items[*].x}{end}{\\n}"]),
        ("""'{"spec": {"replicas": {n}}}'""", ['{"spec": {"replicas": {n}}}']),
        # As a shell takes it apart.
        ("get pods # it's all", ["get", "pods"]),
        ("'#' a#b \"#\"", ["#", "a#b", "#"]),
        ("a\\ b 'c d'e '' \"f\\\"g\"", ["a b", "c de", "", 'f"g']),
        ("ä 'ö ü' 日本", ["ä", "ö ü", "日本"]),
        ("'a | b' \"c > d\" \\;", ["a | b", "c > d", ";"]),
        ("get \\\n pods", ["get", "pods"]),
    ],
)
def test_a_line_is_taken_apart_and_then_values_are_put_in(line, expected):
    assert arguments(line) == expected


def test_a_cell_is_a_command_a_line_and_quotes_go_on():
    cell = "get pods\n\n# nothing\npatch x -p '{\n \"a\": 1}'\nlogs \\\n  web # the end"
    found = [[word.text for word in one] for one in commands(cell, {})]
    assert found == [["get", "pods"], ["patch", "x", "-p", '{\n "a": 1}'], ["logs", "web"]]


@pytest.mark.parametrize(
    ("line", "said", "advice"),
    [
        ("get pods | grep x", "|", "Python"),
        ("exec web -- ls |grep x", "|grep", "Python"),
        ("get pods > file", ">", "Python"),
        ("get pods 2>/dev/null", "2>/dev/null", "Python"),
        ("apply -f - <<EOF", "<<EOF", "%%kubectl apply -f -"),
        ("get pods; get nodes", "pods;", "a command in each line"),
        ("get pods && get nodes", "&&", "a command in each line"),
        ("get 'pods", "No closing quotation", ""),
        ("get pods \\", "a backslash ends it", ""),
    ],
)
def test_what_a_shell_would_be_needed_for_is_refused(line, said, advice):
    with pytest.raises(Unclear) as refused:
        arguments(line)
    assert said in str(refused.value)
    assert advice in refused.value.try_next


def test_an_expression_that_fails_is_said_and_nothing_is_guessed():
    with pytest.raises(Unclear, match=r"(?s)\{pods\[7\]\} has no value.*IndexError"):
        arguments("get {pods[7]}")


@pytest.mark.parametrize(
    "text", ["a: $name {{ .x }} {name}", "{name: 1}", '{"kind": "X"}', "{}", "{nobody}\n"]
)
def test_a_document_stays_as_it_is_written(text):
    assert document(text, NAMES) == text


def test_a_document_may_be_one_expression():
    assert document("{name}\n", NAMES) == "greeting\n"
