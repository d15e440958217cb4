"""A connection to one cluster: get, list, create, patch, apply, delete, watch."""

import reprlib
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path
from typing import Any

from kubeface import places
from kubeface.errors import BadInput
from kubeface.kube.kubeconfig import files_of, merged
from kubeface.kube.overrides import ClusterOverrides, load_overrides
from kubeface.kube.transport import NotFound, Transport, Unavailable, open_transport
from kubeface.model.kinds import Kind, known, split_ref
from kubeface.model.objects import KubeObject
from kubeface.old_names import warn

Body = Mapping[str, Any]
Objects = list[KubeObject]
Selector = str | Mapping[str, str] | None

FIELD_MANAGER = "kubeface"


class Cluster:
    """One cluster, as one user, with a namespace to work in.

    Raises:
        ApiError: by every call that asks the API server: it said no, and why.
        ConnectionFailed: by every such call: nobody is there.

    In the examples `cluster` is one that runs; its namespace is empty at first.

    >>> cluster.get("namespace/default").name
    'default'
    """

    def __init__(
        self,
        kubeconfig: Path,
        context: str,
        namespace: str,
        transport: Transport,
        kubeconfigs: Sequence[Path] = (),
    ) -> None:
        self.kubeconfig = kubeconfig
        self.kubeconfigs = tuple(kubeconfigs) or (kubeconfig,)
        self.context = context
        self.namespace = namespace
        self.transport = transport

    @classmethod
    def connect(
        cls, kubeconfig: Path | str | None = None, context: str | None = None, namespace: str | None = None
    ) -> "Cluster":
        """A connection to the cluster of a kubeconfig; no request is sent yet.

        Args:
            kubeconfig: The file, or several with `:` between them, merged as kubectl merges those of
                KUBECONFIG; without one, the course's own.
            context: One of its contexts; without one, its current context.
            namespace: Where to look when a call names none; without one, the context's own.

        Raises:
            Missing: there is no such file.
            BadInput: it is not a kubeconfig, has no such context, or something that it names is not there.

        >>> here = Cluster.connect(cluster.kubeconfig, namespace="kube-system")
        >>> here.namespace
        'kube-system'
        """
        files = files_of(kubeconfig) if kubeconfig else (places.kubeconfig(),)
        transport, entry = open_transport(files, context)
        space = namespace or entry["context"].get("namespace") or "default"
        return cls(merged(files).homes[entry["name"]], entry["name"], space, transport, files)

    def get(self, ref: str, *, namespace: str | None = None) -> KubeObject:
        """The object that a ref such as `deployment/receiver` names.

        Raises:
            NotFound: there is none.

        >>> cluster.get("namespace/default").status.phase
        'Active'
        """
        return KubeObject(self.transport.json("get", self._path(ref, namespace), what=f"get {ref}"))

    def find(self, ref: str, *, namespace: str | None = None) -> KubeObject | None:
        """The object that a ref names, or None when there is none.

        >>> cluster.find("configmap/nobody") is None
        True
        """
        try:
            return self.get(ref, namespace=namespace)
        except NotFound:
            return None

    def list(
        self,
        kind: str,
        *,
        labels: Selector = None,
        fields: Selector = None,
        namespace: str | None = None,
        everywhere: bool = False,
    ) -> Objects:
        """All objects of a kind, by namespace and name.

        Args:
            kind: `pods`, `pod` or `po`.
            labels: Only those with these labels: a mapping, or a selector such as `"tier in (web)"`.
            fields: Only those with these fields, as far as the API server can select by them.
            namespace: Another namespace than the cluster's own.
            everywhere: In all namespaces.

        >>> cluster.list("pods")
        []
        >>> [one.name for one in cluster.list("namespaces", fields={"metadata.name": "default"})]
        ['default']
        """
        space = None if everywhere else namespace or self.namespace
        return self.snapshot(self.kind(kind), labels=labels, fields=fields, namespace=space)[0]

    def snapshot(
        self, kind: Kind, *, labels: Selector = None, fields: Selector = None, namespace: str | None = None
    ) -> tuple[Objects, str]:
        """The objects of a kind, by namespace and name, and the resourceVersion from which to watch on.

        >>> found, since = cluster.snapshot(cluster.kind("pods"), namespace=cluster.namespace)
        >>> found, since.isdigit()
        ([], True)
        """
        answer = self.transport.json(
            "get",
            kind.path(namespace=namespace),
            what=f"list {kind.plural}",
            label_selector=_selector(labels),
            field_selector=_selector(fields),
        )
        named = {"apiVersion": kind.api_version, "kind": kind.name}  # a list's items come without them
        found = [KubeObject({**named, **item}) for item in answer["items"]]
        found.sort(key=lambda one: (one.namespace or "", one.name))
        return found, answer["metadata"]["resourceVersion"]

    def watch(
        self,
        kind: Kind,
        *,
        since: str,
        timeout_s: float,
        labels: Selector = None,
        fields: Selector = None,
        namespace: str | None = None,
        bookmarks: bool = False,
    ) -> Iterator[tuple[str, KubeObject]]:
        """Every change after the resourceVersion `since`, as (ADDED | MODIFIED | DELETED, object).

        >>> pods = cluster.kind("pods")
        >>> _, since = cluster.snapshot(pods, namespace=cluster.namespace)
        >>> list(cluster.watch(pods, since=since, timeout_s=1, namespace=cluster.namespace))
        []

        Ends after `timeout_s`, or earlier when the server closes the stream or nothing comes for a while:
        then watch on from the resourceVersion of the last object, or take a snapshot again. With `bookmarks`,
        a BOOKMARK every minute has the resourceVersion reached, so that the last one known is never old.

        Raises:
            Expired: `since` is too old.
        """
        events = self.transport.events(
            kind.path(namespace=namespace),
            what=f"watch {kind.plural}",
            timeout_s=timeout_s,
            label_selector=_selector(labels),
            field_selector=_selector(fields),
            resource_version=since,
        )
        for event in events:
            if bookmarks or event["type"] != "BOOKMARK":
                yield event["type"], KubeObject(event["object"])

    def create(self, body: Body, *, namespace: str | None = None) -> KubeObject:
        """A new object.

        Raises:
            ApiError: it exists already.

        >>> new = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}}
        >>> cluster.create(new).ref
        'configmap/new'
        """
        kind, space = self._place(body, namespace)
        answer = self.transport.json(
            "post",
            kind.path(namespace=space),
            what=f"create {ref_of(body)}",
            body=self.overrides.rewrite(body),
            field_manager=FIELD_MANAGER,
        )
        return KubeObject(answer)

    def patch(
        self, ref: str, body: Body, *, namespace: str | None = None, strategic: bool = False
    ) -> KubeObject:
        """The object after merging `body` into it; a value of None removes a field.

        Args:
            ref: What to change.
            body: The fields that change.
            namespace: Where it is.
            strategic: Merge lists of containers, ports and the like by name, as `kubectl patch` does; without
                it a list replaces the one that was there.

        Raises:
            NotFound: there is none.

        >>> card = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "card"}}
        >>> one = cluster.apply(card | {"data": {"to": "you"}})
        >>> cluster.patch("configmap/card", {"data": {"to": None, "from": "me"}}).data
        from: me
        """
        answer = self.transport.json(
            "patch",
            self._path(ref, namespace),
            what=f"patch {ref}",
            body=self.overrides.rewrite(body),
            content_type=f"application/{'strategic-' if strategic else ''}merge-patch+json",
            field_manager=FIELD_MANAGER,
        )
        return KubeObject(answer)

    def apply(
        self, body: Body, *, namespace: str | None = None, force: bool = True, dry_run: bool = False
    ) -> KubeObject:
        """The object after a server-side apply of `body`: made, or changed in the fields that it names.

        Args:
            body: The object.
            namespace: Where, when the body does not say.
            force: Take over fields that somebody else has set; without it that is an error.
            dry_run: Let the server judge and answer, and change nothing.

        Raises:
            Conflict: `force` is off, and fields are somebody else's.

        >>> sign = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "sign"}}
        >>> cluster.apply(sign | {"data": {"way": "up"}}, dry_run=True).data.way
        'up'
        >>> cluster.find("configmap/sign") is None
        True
        """
        kind, space = self._place(body, namespace)
        answer = self.transport.json(
            "patch",
            kind.path(body["metadata"]["name"], space),
            what=f"apply {ref_of(body)}",
            body=self.overrides.rewrite(body),
            content_type="application/apply-patch+yaml",
            field_manager=FIELD_MANAGER,
            force_conflicts=force,
            dry_run="All" if dry_run else None,
        )
        return KubeObject(answer)

    def put(self, body: Body, **options: Any) -> KubeObject:
        """The old name of `apply`."""
        warn("Cluster.put", "Cluster.apply")
        return self.apply(body, **options)

    def delete(self, ref: str, *, namespace: str | None = None, grace_s: int | None = None) -> bool:
        """Delete an object; whether it existed. It may be Terminating for a while: `wait(…, for_="deleted")`.

        Args:
            ref: What to delete.
            namespace: Where it is.
            grace_s: How long a Pod may take to end, in seconds; without one, as its spec says.

        >>> cluster.delete("pod/nobody")
        False
        """
        body = {"propagationPolicy": "Background"} | (
            {} if grace_s is None else {"gracePeriodSeconds": grace_s}
        )
        try:
            self.transport.json("delete", self._path(ref, namespace), what=f"delete {ref}", body=body)
        except NotFound:
            return False
        return True

    def nodes(self) -> Objects:
        """The nodes, by name.

        >>> [node.name for node in cluster.nodes() if not node.is_ready]
        []
        """
        return self.list("nodes")

    def version(self) -> str:
        """The API server's version: `v1.37.2`.

        >>> cluster.version().startswith("v1.")
        True
        """
        return str(self.transport.json("get", "/version", what="ask for the version")["gitVersion"])

    def logs(
        self,
        pod: str,
        *,
        container: str | None = None,
        namespace: str | None = None,
        lines: int = 10,
        previous: bool = False,
    ) -> str:
        """The last lines that a container wrote.

        Args:
            pod: Its Pod's name.
            container: Its name, where the Pod has several.
            namespace: Where the Pod is, if not in the cluster's own namespace.
            lines: How many, at most.
            previous: Of the run before this one.

        Raises:
            NotFound: there is no such Pod.

        >>> def last_words(cluster: Cluster) -> dict[str, str]:
        ...     return {pod.name: cluster.logs(pod.name, lines=3) for pod in cluster.list("pods")}
        """
        query = {"container": container, "tailLines": lines, "previous": previous or None}
        given = {key: str(value).lower() for key, value in query.items() if value is not None}
        path = self._path(f"pod/{pod}", namespace) + "/log"
        return self.transport.text(path, what=f"read the log of pod/{pod}", **given)

    def kind(self, word: str, api_version: str | None = None) -> Kind:
        """The kind that a word means: from the table of the course's kinds, else as the server lists it.

        Raises:
            BadInput: nothing is called so.

        >>> cluster.kind("deploy").name
        'Deployment'
        """
        kind = known(str(word), api_version)
        if kind is None:
            kind = next((k for k in self._discovered if k.means(str(word), api_version)), None)
        if kind is None:
            self.__dict__.pop("_discovered", None)  # it may be defined in a moment: ask again next time
            raise BadInput(f"this cluster has no kind called {word!r}", try_next="kubectl api-resources")
        return kind

    @cached_property
    def overrides(self) -> ClusterOverrides:
        """What this cluster has in place of the course's registry and shared storage; sent bodies name it.

        Raises:
            BadInput: the notes of it are not readable.
        """
        return load_overrides(self.context)

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind of which objects can be listed and deleted, in the version that the API server prefers.

        >>> "Deployment" in {kind.name for kind in cluster.kinds()}
        True
        """
        groups = self.transport.json("get", "/apis", what="list the groups of the API")["groups"]
        paths = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
        return tuple(kind for path in paths for kind in self._kinds_at(path, verbs={"list", "delete"}))

    @cached_property
    def _discovered(self) -> tuple[Kind, ...]:
        groups = self.transport.json("get", "/apis", what="list the groups of the API")["groups"]
        versions = ["/api/v1", *(f"/apis/{v['groupVersion']}" for g in groups for v in g["versions"])]
        return tuple(kind for path in versions for kind in self._kinds_at(path))

    def _kinds_at(self, path: str, *, verbs: Set[str] = frozenset()) -> Iterator[Kind]:
        try:
            answer = self.transport.json("get", path, what=f"list the kinds of {path}")
        except Unavailable:
            return  # an API server behind this one, such as metrics-server, that does not run now
        for one in answer["resources"]:
            if "/" not in one["name"] and verbs <= set(
                one["verbs"]
            ):  # a slash marks a part, such as pods/log
                short = tuple(one.get("shortNames") or ())
                yield Kind(answer["groupVersion"], one["kind"], one["name"], one["namespaced"], short)

    def _path(self, ref: str, namespace: str | None) -> str:
        word, name = split_ref(ref)
        return self.kind(word).path(name, namespace or self.namespace)

    def _place(self, body: Body, namespace: str | None) -> tuple[Kind, str]:
        if not (isinstance(body, Mapping) and isinstance(body.get("metadata"), Mapping)):
            raise BadInput(f"{reprlib.repr(body)} is no object: it lacks metadata")
        kind = self.kind(str(body.get("kind")), body.get("apiVersion"))
        return kind, body["metadata"].get("namespace") or namespace or self.namespace

    def __repr__(self) -> str:
        return f"Cluster {self.context}, namespace {self.namespace}"


def ref_of(body: Body) -> str:
    """The ref of an object that need not exist yet: `deployment/receiver`."""
    return f"{str(body.get('kind', '?')).lower()}/{(body.get('metadata') or {}).get('name', '?')}"


def _selector(wanted: Selector) -> str | None:
    if wanted is None or isinstance(wanted, str):
        return wanted
    return ",".join(f"{key}={value}" for key, value in wanted.items())
