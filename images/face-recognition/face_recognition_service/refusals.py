"""The answers that are no: the picture will get the same one tomorrow.

Refusal
├── OutsideFolder     the path leads out of the photos folder
├── PhotoMissing      there is no such file
├── NotAPicture       the file cannot be read as a picture
│   └── PictureTooLarge   more pixels or bytes than we decode
├── NoFace            a picture without a face
└── SeveralFaces      a known photo that shows more than one person
"""


class Refusal(Exception):
    """A question that has no answer; the message is a sentence for people."""


class OutsideFolder(Refusal):
    """The path leads out of the photos folder."""


class PhotoMissing(Refusal):
    """There is no such file in the photos folder."""


class NotAPicture(Refusal):
    """The file cannot be read as a picture."""


class PictureTooLarge(NotAPicture):
    """More pixels or bytes than we decode; nothing has been decoded."""


class NoFace(Refusal):
    """The picture was read well, and no face was found in it."""
