"""The redeemer's SQL. Every age is judged by the database's clock: those of the Pods may differ."""

from common.database import Status
from sqlalchemy import bindparam, text

STATUSES = {status.name.lower(): status.value for status in Status}  # for every statement

# Not lost is what the relay still has to publish, or has published just now. Nor is a photo that waits in
# a long queue, and nobody can tell the two apart: so each further entry doubles the patience with a photo,
# at most 64 times, or a queue longer than a minute's work would grow by its own length each minute.
HANGING = text("""
    SELECT id, status, reason, updated_at, TIMESTAMPDIFF(SECOND, updated_at, NOW(3)) AS untouched_s
    FROM images
    WHERE status IN (:pending, :processing) AND updated_at < NOW(3) - INTERVAL :hanging_s SECOND AND (
      SELECT COUNT(*) = COUNT(published_at)
         AND GREATEST(images.updated_at, COALESCE(MAX(published_at), images.updated_at))
             < NOW(3) - INTERVAL :hanging_s * POW(2, LEAST(GREATEST(COUNT(*), 1) - 1, 6)) SECOND
      FROM outbox WHERE image_id = images.id)
    ORDER BY updated_at LIMIT :batch""")
MAY_PASS = text("""
    SELECT id, status, reason, updated_at, TIMESTAMPDIFF(SECOND, updated_at, NOW(3)) AS untouched_s
    FROM images
    WHERE status = :failed AND updated_at < NOW(3) - INTERVAL :retry_s SECOND
      AND passing = 1 AND redeemed < :most_retries
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE image_id = images.id AND published_at IS NULL)
    ORDER BY updated_at LIMIT :batch""")

# A statement of its own: a question that skips the locked rows of `images` might skip those of `outbox` too,
# and so overlook an entry that is just being published.
LOCK = text("SELECT id, updated_at FROM images WHERE id IN :ids FOR UPDATE SKIP LOCKED").bindparams(
    bindparam("ids", expanding=True)
)
# The status comes last: what stands before it still sees the old one. updated_at moves even when nothing
# else does, so that the next run leaves the row alone.
RESET = text("""
    UPDATE images SET redeemed = redeemed + (status = :failed), attempts = IF(status = :failed, 0, attempts),
        reason = NULL, passing = 0, updated_at = NOW(3), status = :pending
    WHERE id IN :ids""").bindparams(bindparam("ids", expanding=True))
ENTER = text("INSERT INTO outbox (image_id) VALUES (:id)")
FORGET = text("""
    DELETE FROM outbox WHERE published_at < NOW(3) - INTERVAL :keep_s SECOND
    ORDER BY published_at, id LIMIT :batch""")
