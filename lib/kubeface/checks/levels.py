"""What an exercise asks of a learner: how much at once, and which kind of work."""

from enum import StrEnum


class Level(StrEnum):
    """The three rungs of the ladder."""

    ONE = "one idea"
    SEVERAL = "several ideas"
    ALONE = "on your own"


class Work(StrEnum):
    """What a learner does to reach the goal.

    To act is to change the cluster by a command. To write is to write or complete a manifest. To find is to
    diagnose: the text tells a symptom, and not its cause.
    """

    ACT = "act"
    WRITE = "write"
    FIND = "find"
