"""Which photos get another turn, and why. Knows no SQL."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """When a photo gets another turn. Times are in seconds, by the database's clock."""

    hanging_s: int  # PENDING or PROCESSING, and nothing has touched it for so long: lost on its way
    retry_s: int  # FAILED for a passing reason so long ago: worth another try
    most_retries: int  # so often is a FAILED one tried again, then never more
    keep_s: int  # so long are published outbox entries kept


@dataclass(frozen=True)
class Redeemed:
    """A photo that is PENDING again and has an outbox entry; what it `was` before, as a status' name."""

    image_id: int
    was: str
    untouched_s: int
    reason: str | None

    @property
    def why(self) -> str:
        """Why it gets another turn, in words."""
        if self.was == "FAILED":
            return f"its reason may have passed in {self.untouched_s} s: {self.reason}"
        return f"{self.was} and untouched for {self.untouched_s} s"
