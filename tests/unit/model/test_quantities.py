"""Quantities are read as Kubernetes reads them, by every room."""

from decimal import Decimal

import pytest
from kubernetes.utils.quantity import parse_quantity

from kubeface.errors import BadInput
from kubeface.model.quantities import amount
from kubeface.views.canned import node, pod
from kubeface.views.nodes import nodes


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("2", "2"),
        ("100m", "0.1"),
        ("1500000n", "0.0015"),
        ("2500u", "0.0025"),
        ("5k", "5000"),
        ("1e3", "1000"),
        ("2Gi", 2**31),
        ("1Pi", 2**50),
        ("1Ei", 2**60),
        ("1E", 10**18),
        ("128974848000m", "128974848"),
        (3, "3"),
    ],
)
def test_every_suffix_of_kubernetes_is_read_as_its_own_client_reads_it(quantity, number):
    assert amount(quantity) == Decimal(number)
    assert amount(quantity) == parse_quantity(quantity)


@pytest.mark.parametrize("text", ["lots", "Mi", "1.2.3", "", "1 Gi", "Infinity", "1_0", "1ki"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(BadInput, match="is no quantity"):
        amount(text)


@pytest.mark.parametrize("memory", ["1Pi", "1E", "128974848000m"])
def test_an_odd_pod_does_not_hide_the_picture_of_nodes(memory):
    odd = pod("odd", "node1")
    odd["spec"]["containers"][0]["resources"] = {"requests": {"memory": memory}}
    assert "odd" in repr(nodes([node("node1")], [odd]))
