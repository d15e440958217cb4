"""What kubectl prints compares while ages, hashes, addresses, nodes and widths differ, and only then."""

import pytest

from kubeface.views.kubectl_text import steady

PODS = """\
NAME                          READY   STATUS    RESTARTS     AGE   IP           NODE    NOMINATED NODE
nsqd-4z6t8                    1/1     Running   0            19s   10.244.2.5   node3   <none>
receiver-64d8859544-q62vf     1/1     Running   1 (3s ago)   5m2s  10.244.1.5   node2   <none>
"""
LATER = """\
NAME                        READY   STATUS    RESTARTS      AGE    IP            NODE    NOMINATED NODE
nsqd-tzbwl                  1/1     Running   0             2d3h   10.244.0.14   node1   <none>
receiver-7c57858886-7gwfj   1/1     Running   1 (11m ago)   12s    10.244.1.6    node1   <none>
"""
SERVICE = """\
NAME       TYPE       CLUSTER-IP     EXTERNAL-IP   PORT(S)          AGE
frontend   NodePort   10.96.101.25   <none>        8081:30801/TCP   7s
"""
DESCRIBED = """\
Name:             faulty
Node:             node2/172.31.1.12
Start Time:       Sun, 29 Nov 2026 13:06:31 +0000
Status:           Failed
IP:               10.244.1.7
    Container ID:  containerd://{hash}
      Exit Code:    3
Events:
  Type    Reason     Age   From               Message
  ----    ------     ----  ----               -------
  Normal  Scheduled  {age}default-scheduler  Successfully assigned lesson-02/faulty
"""


def described(letter: str, age: str) -> str:
    return DESCRIBED.format(hash=letter * 64, age=age)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PODS, LATER),
        (SERVICE, SERVICE.replace("10.96.101.25", "10.96.0.7   ").replace("7s", "3d")),
        (described("a", "3s    "), described("b", "<1m   ").replace("<1m", "61s")),
        (
            'pod "nsqd-4w54t" deleted from face namespace\npod "nsqd-8gclx" deleted from face namespace',
            'pod "nsqd-5qfdn" deleted from face namespace\npod "nsqd-4w54t" deleted from face namespace',
        ),
        (
            "LAST SEEN             TYPE      REASON   OBJECT           MESSAGE\n"
            "2s (x3 over 10s)      Warning   Failed   Pod/web-x2x9z    dial 10.244.1.7:8000: refused\n",
            "LAST SEEN   TYPE      REASON   OBJECT         MESSAGE\n"
            "9s          Warning   Failed   Pod/web-bbbbb  dial 10.244.0.9:8000: refused\n",
        ),
        (
            "NAME   REFERENCE         TARGETS         MINPODS   MAXPODS   REPLICAS   AGE\n"
            "busy   Deployment/busy   cpu: 305%/50%   1         4         1          30s\n",
            "NAME   REFERENCE         TARGETS       MINPODS   MAXPODS   REPLICAS   AGE\n"
            "busy   Deployment/busy   cpu: 9%/50%   1         4         1          30s\n",
        ),
        (
            "--- /tmp/LIVE-123/v1.Pod.a\t2026-11-29 13:06:31.12 +0000",
            "--- /tmp/LIVE-9/v1.Pod.a\t2026-11-30 13:06:31.9 +0000",
        ),
    ],
)
def test_what_differs_in_every_run_is_no_difference(one: str, other: str) -> None:
    assert one != other
    assert steady(one) == steady(other)


@pytest.mark.parametrize(
    ("text", "was", "is_now"),
    [
        (PODS, "Running   0", "Pending   0"),
        (PODS, "1/1     Running   1", "0/1     Running   1"),
        (PODS, "1 (3s ago)", "2 (3s ago)"),
        (PODS, "1 (3s ago)", "1         "),
        (PODS, "nsqd-4z6t8", "nsql-4z6t8"),
        (PODS, "receiver-64d8859544-q62vf", "reciever-64d8859544-q62vf"),
        (PODS, PODS.splitlines(keepends=True)[1], ""),
        (PODS, PODS.splitlines(keepends=True)[1], PODS.splitlines(keepends=True)[1] * 2),
        (PODS, "10.244.2.5   node3 ", "<none>       node3 "),
        (PODS, "10.244.2.5   node3 ", "10.244.2.5   <none>"),
        (PODS, "NOMINATED NODE", "NOMINATED TOAD"),
        (SERVICE, "NodePort ", "ClusterIP"),
        (SERVICE, "8081:30801", "8081:30802"),
        (SERVICE, "10.96.101.25", "None        "),
        (SERVICE, "frontend", "backend "),
        (described("a", "3s    "), "Exit Code:    3", "Exit Code:    1"),
        (described("a", "3s    "), "Failed", "Succeeded"),
        (described("a", "3s    "), "Normal  Scheduled", "Warning Scheduled"),
    ],
)
def test_what_a_reader_goes_by_is_compared(text: str, was: str, is_now: str) -> None:
    assert was in text
    assert steady(text) != steady(text.replace(was, is_now))


def test_an_image_that_was_fetched_and_one_that_was_there_are_alike() -> None:
    head = "LAST SEEN   REASON    MESSAGE\n"
    fetched = (
        '9s          Pulling   Pulling image "registry/web:v1"\n'
        '7s          Pulled    Successfully pulled image "registry/web:v1" in 2.1s. Image size: 382 bytes.\n'
    )
    there = '7s          Pulled    Container image "registry/web:v1" already present on machine\n'
    assert steady(head + fetched) == steady(head + there)
    assert steady(head + there) != steady(head + there.replace("v1", "v2"))
    assert steady(head + there) != steady(head + there.replace("Pulled", "Failed"))


def test_what_is_no_table_stays_as_it_is() -> None:
    said = "namespace/face serverside-applied\nNAME\n42   1   2026\n\n  indented   text\n"
    assert steady(said) == said


def test_a_table_ends_where_its_columns_do() -> None:
    text = f"$ kubectl get service frontend\n{SERVICE}$ kubectl logs web-x2x9z\nREADY 3s ago   fine\n"
    *_, first, last, empty = steady(text).split("\n")
    assert (first, last, empty) == ("$ kubectl logs web-x2x9z", "READY 3s ago   fine", "")
