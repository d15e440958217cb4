"""The answers that are no: the picture will get the same one tomorrow."""

from common.photos import PathRefused
from common.pictures import NotAPicture


class NoFace(Exception):
    """A picture that was read well, and no face was found in it; the message is a sentence for people."""


REFUSALS = (PathRefused, NotAPicture, NoFace)
