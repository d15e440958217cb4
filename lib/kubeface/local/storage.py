"""Dynamic provisioning: local-path-provisioner beside the control plane, with two StorageClasses."""

import json

import yaml

from kubeface.linux.supervisor import Program
from kubeface.local.credentials import Credentials
from kubeface.local.spec import REGISTRY_HOST, ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.util import files

NAMESPACE = "kube-system"
#: The image that its helper Pods use: a shell, mkdir and rm.
HELPER_IMAGE = f"{REGISTRY_HOST}/busybox:v1.0"
#: As the nodes see them; /var/lib/shared is one folder on all nodes.
LOCAL_PATH, SHARED_PATH = "/var/lib/local-path", "/var/lib/shared"

_SETTINGS = {
    "storageClassConfigs": {
        "local-path": {"nodePathMap": [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [LOCAL_PATH]}]},
        "shared": {"sharedFileSystemPath": SHARED_PATH},
    }
}
_HELPER_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "helper-pod"},
    "spec": {
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "containers": [{"name": "helper-pod", "image": HELPER_IMAGE, "imagePullPolicy": "IfNotPresent"}],
    },
}


def provisioner(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The program that makes a PersistentVolume for each PersistentVolumeClaim."""
    folder = spec.folder / "storage"
    files.write(folder / "config.json", json.dumps(_SETTINGS))
    files.write(folder / "helper-pod.yaml", yaml.safe_dump(_HELPER_POD))
    program = tools.program("storage", "local-path-provisioner")
    flags = {
        "config": folder / "config.json",
        "kubeconfig": Credentials(spec).kubeconfig("storage"),
        "helper-image": HELPER_IMAGE,
        "helper-pod-file": folder / "helper-pod.yaml",
        "namespace": NAMESPACE,
        "configmap-name": "local-path-scripts",
        "service-account-name": "default",
    }
    command = (str(program), "start", *(f"--{name}={value}" for name, value in flags.items()))
    return Program("storage", command, stop_signal="KILL")
