import pytest

from kubeface.views.names import message_without_hashes, name_without_hashes, short_name


@pytest.mark.parametrize(
    ("kind", "name", "short"),
    [
        ("Pod", "receiver-7d9c5b6f4-x2x9z", "receiver-…"),
        ("Pod", "image-processor-bcdfghjkl-zzzzz", "image-processor-…"),  # hashes may have letters only
        ("ReplicaSet", "receiver-7d9c5b6f4", "receiver-…"),
        ("Pod", "nsqd-x2x9z", "nsqd-…"),
        ("Pod", "mysql-0", "mysql-0"),
        ("Job", "redeemer-29387520", "redeemer-…"),
        ("Pod", "redeemer-29387520-x2x9z", "redeemer-…"),
        ("EndpointSlice", "receiver-h7k2p", "receiver-…"),
        ("Deployment", "receiver-7d9c5b6f4", "receiver-7d9c5b6f4"),
        ("Node", "node1", "node1"),
    ],
)
def test_random_parts_of_names_are_left_out(kind, name, short):
    assert name_without_hashes(name, kind) == short


def test_a_name_that_a_person_gave_stays():
    assert short_name({"kind": "Pod", "metadata": {"name": "debug-shlxz"}}) == "debug-shlxz"


@pytest.mark.parametrize(
    ("said", "steady"),
    [
        ("Created pod: nsqd-x2x9z", "Created pod: nsqd-…"),
        ("Deleted pod: receiver-7d9c5b6f4-x2x9z", "Deleted pod: receiver-…"),
        (
            "Back-off restarting failed container web in pod web-7d9c5b6f4-x2x9z_face"
            "(0c5bd6ca-4d0e-4a4e-9a4b-6f2f1c1d2e3f)",
            "Back-off restarting failed container web in pod web-…_face",
        ),
        ("Created job redeemer-29387520", "Created job redeemer-…"),
        ('Get "http://10.244.1.7:8000/readyz": dial', 'Get "http://…/readyz": dial'),
        ("0/3 nodes are available: 3 Insufficient cpu.", "0/3 nodes are available: 3 Insufficient cpu."),
    ],
)
def test_random_parts_of_messages_are_left_out(said, steady):
    assert message_without_hashes(said) == steady
