"""Whether a photo that is new comes through the pipeline, and what a user sees where it does not."""

import secrets

from kubeface.errors import KubefaceError, Missing
from kubeface.kube import Cluster
from kubeface.pipeline import Pipeline, Result
from kubeface.pipeline.photos import photos_folder

PICTURE, PERSON = "unknown_people/obama2.jpg", "Barack Obama"


def lost(cluster: Cluster, *, within_s: float) -> str:
    """What a user sees of a new photo that does not come through; empty when it does, with its name.

    It is sent as a picture, so that nothing has to run in the cluster but the pipeline.

    Raises:
        Missing: there is no photo to send.
    """
    pipeline = Pipeline(cluster)
    try:
        number = pipeline.upload(_new_picture())
    except Missing:
        raise
    except KubefaceError:
        return "A photo is not taken"
    try:
        pipeline.picture("known_people/obama.jpg")
    except KubefaceError:
        return "A photo is taken, and the page shows nothing"
    try:
        (result,) = pipeline.wait_until_done([number], timeout_s=within_s)
    except KubefaceError:
        return f"A photo is taken, and has no name after {within_s:g} s"
    return _told(result)


def _told(result: Result) -> str:
    if result.person == PERSON:
        return ""
    return f"A photo of {PERSON} is taken, and comes out as {result.status}, {result.person or 'nobody'}"


def _new_picture() -> bytes:
    """A photo whose bytes nobody has sent yet: what follows the end of a JPEG is not looked at."""
    path = photos_folder() / PICTURE
    if not path.is_file():
        raise Missing(f"There is no photo {path}.", try_next="kubeface lesson restore photos")
    return path.read_bytes() + secrets.token_bytes(8)
