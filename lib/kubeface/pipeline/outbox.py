"""The outbox: what the receiver has written down to be published, as the database has it."""

from kubeface.errors import CommandFailed, NotReady
from kubeface.kube import Cluster
from kubeface.kube.kubectl import run
from kubeface.pipeline.deploy import NAMESPACE
from kubeface.util.audience import telling
from kubeface.util.waiting import attempts

QUESTION = "SELECT image_id, published_at IS NOT NULL FROM outbox ORDER BY id"
#: The password is in the container's environment, and stays there.
ASK = f'MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root -BN kube -e "{QUESTION}"'
LOOK_AGAIN_S = 0.5  # chosen: the table has no stream


def entries(cluster: Cluster) -> dict[int, bool]:
    """Whether the latest entry of each photo is published, by the photo's id.

    Raises:
        CommandFailed: the database cannot be asked.
    """
    inside = ["exec", "--namespace", NAMESPACE, "deployment/mysql", "--", "sh", "-c", ASK]
    rows = (line.split() for line in run(inside, cluster=cluster).splitlines())
    return {int(image_id): published == "1" for image_id, published in rows}


def wait_until_published(cluster: Cluster, ids: set[int], *, timeout_s: float) -> None:
    """Comes back when the latest entry of each of these photos is published.

    Raises:
        NotReady: one is not, in time.
    """
    waiting, seen = sorted(ids), ""
    with telling(f"{len(ids)} photos to be published", timeout_s) as tell:
        for _ in attempts(timeout_s=timeout_s, every_s=LOOK_AGAIN_S):
            try:
                found = entries(cluster)
                waiting = [number for number in sorted(ids) if not found.get(number)]
                seen = f"waiting: {', '.join(map(str, waiting[:10]))}"
            except CommandFailed as silence:
                waiting, seen = sorted(ids), silence.what
            if not waiting:
                return
            tell(seen)
        raise NotReady(f"{len(waiting)} photos were not published in time", seen=seen)
