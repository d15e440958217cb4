"""One JSON line an event, so that one photo can be followed through all services by its image_id."""

import json
import logging
import sys
from datetime import UTC, datetime

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """A record as JSON: time, level, service, event, and whatever the event carries in `extra`.

    An event that befell many photos at once carries a list `each`, one dict a photo, and becomes as many
    lines: `log.info("published", extra={"each": [{"image_id": 7}, {"image_id": 8}]})`.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service
        self._encode = json.JSONEncoder(default=str).encode

    def format(self, record: logging.LogRecord) -> str:
        """One line, or one for each; a traceback is a field of it."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _PLAIN},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        each = line.pop("each", None) or [{}]
        return "\n".join(self._encode({**line, **one}) for one in each)


def start_logging(service: str, package: str) -> None:
    """Every logger and every warning of the process as JSON lines on standard output.

    Args:
        service: The name in each line: "image-processor".
        package: Whose events are told from INFO on ("image_processor"); of libraries only warnings are.
    """
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(JsonLines(service))
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
    for name in (package, "common"):
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)
