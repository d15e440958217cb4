# One database user a service, each with the least that it needs.
# Works with MariaDB and with the upstream mysql image, which sources this file: hence the subshell.
(
  set -eu

  # A value as an SQL string, whatever characters a password holds.
  quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }

  receiver=$(quoted "${RECEIVER_PASSWORD:?RECEIVER_PASSWORD is not set}")
  image_processor=$(quoted "${IMAGE_PROCESSOR_PASSWORD:?IMAGE_PROCESSOR_PASSWORD is not set}")
  frontend=$(quoted "${FRONTEND_PASSWORD:?FRONTEND_PASSWORD is not set}")

  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root "$MYSQL_DATABASE" <<SQL
CREATE USER 'receiver'@'%' IDENTIFIED BY $receiver;
GRANT SELECT, INSERT ON images TO 'receiver'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO 'receiver'@'%';

CREATE USER 'image_processor'@'%' IDENTIFIED BY $image_processor;
GRANT SELECT, UPDATE ON images TO 'image_processor'@'%';
GRANT SELECT ON person TO 'image_processor'@'%';
GRANT SELECT ON person_images TO 'image_processor'@'%';

CREATE USER 'frontend'@'%' IDENTIFIED BY $frontend;
GRANT SELECT ON images TO 'frontend'@'%';
GRANT SELECT ON person TO 'frontend'@'%';
GRANT SELECT ON person_images TO 'frontend'@'%';
SQL
)
