# One database user a service, each with the least that it needs.
# Works with MariaDB and with the upstream mysql image, which sources this file: hence the subshell.
(
  set -eu

  # A value as an SQL string, whatever characters a password holds.
  quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }

  receiver=$(quoted "${RECEIVER_PASSWORD:?RECEIVER_PASSWORD is not set}")
  image_processor=$(quoted "${IMAGE_PROCESSOR_PASSWORD:?IMAGE_PROCESSOR_PASSWORD is not set}")
  redeemer=$(quoted "${REDEEMER_PASSWORD:?REDEEMER_PASSWORD is not set}")
  frontend=$(quoted "${FRONTEND_PASSWORD:?FRONTEND_PASSWORD is not set}")

  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root "$MYSQL_DATABASE" <<SQL
-- It adds rows and notes what is published. It deletes nothing.
CREATE USER 'receiver'@'%' IDENTIFIED BY $receiver;
GRANT SELECT, INSERT ON images TO 'receiver'@'%';
GRANT SELECT, INSERT, UPDATE ON outbox TO 'receiver'@'%';

-- It writes answers, and parks messages that name no photo.
CREATE USER 'image_processor'@'%' IDENTIFIED BY $image_processor;
GRANT SELECT, UPDATE ON images TO 'image_processor'@'%';
GRANT SELECT ON person TO 'image_processor'@'%';
GRANT SELECT ON person_images TO 'image_processor'@'%';
GRANT INSERT ON parked TO 'image_processor'@'%';

-- It gives rows another turn, and deletes outbox entries that are long published.
CREATE USER 'redeemer'@'%' IDENTIFIED BY $redeemer;
GRANT SELECT, UPDATE ON images TO 'redeemer'@'%';
GRANT SELECT, INSERT, DELETE ON outbox TO 'redeemer'@'%';

-- It only reads.
CREATE USER 'frontend'@'%' IDENTIFIED BY $frontend;
GRANT SELECT ON images TO 'frontend'@'%';
GRANT SELECT ON person TO 'frontend'@'%';
GRANT SELECT ON person_images TO 'frontend'@'%';
SQL
)
