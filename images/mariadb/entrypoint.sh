#!/bin/sh
# Starts MariaDB as the upstream image does: on an empty data folder it first makes the database,
# sets root's password and runs /docker-entrypoint-initdb.d/*.sql and *.sh, through a private socket
# that nobody else knows; only then does it listen.
#
# A file in the data folder marks an initialisation that has not ended. If it was cut off, the next
# start finds the mark, empties the folder and begins again: half a database is never served.
#
# upgrade.sql is run at each start, before anybody is let in: it brings a database that an older schema made
# to today's. A statement of it that fails is logged, and keeps nobody out.
set -eu

data=${MYSQL_DATA_DIR:-/var/lib/mysql}
run=${MYSQL_RUN_DIR:-/run/mysqld}
init=${MYSQL_INIT_DIR:-/docker-entrypoint-initdb.d}
mark=$data/.initialising
upgrade=${MYSQL_UPGRADE_FILE:-/usr/local/share/mysql/upgrade.sql}
private=$run/initialising
client=$(command -v mariadb || command -v mysql)
server=

# Flags of the server, and of the private one that initialises it.
# Names are not resolved, so that a probe that only knocks is never counted against a host.
flags="--no-defaults --datadir=$data --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci
  --default-time-zone=+00:00 --skip-name-resolve --ignore-db-dirs=lost+found"

say() { echo "entrypoint: $*" >&2; }
fail() { say "$*"; exit 1; }
as_root() { MYSQL_PWD=$MYSQL_ROOT_PASSWORD "$client" --user=root "$@"; }
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }

check_settings() {
  [ -n "${MYSQL_ROOT_PASSWORD:-}" ] || fail "MYSQL_ROOT_PASSWORD is not set: the first start needs it"
  [ -n "${MYSQL_DATABASE:-}" ] || fail "MYSQL_DATABASE is not set: the first start needs it"
  case $MYSQL_DATABASE in *[!A-Za-z0-9_]*) fail "MYSQL_DATABASE may hold letters, digits and _ only" ;; esac
}

hold_data_folder() {
  [ -w "$data" ] || fail "$data is not writable for uid $(id -u): set fsGroup to $(id -g)"
  exec 9>"$data/.lock"  # inherited by mariadbd: held for as long as the server lives
  flock --wait "${MYSQL_LOCK_TIMEOUT_S:-30}" 9 || fail "another server holds $data"
}

empty_data_folder() {
  find "$data" -mindepth 1 -maxdepth 1 ! -name .lock ! -name lost+found ! -name .initialising -exec rm -rf {} +
}

is_empty() { [ -z "$(find "$data" -mindepth 1 -maxdepth 1 ! -name .lock ! -name lost+found)" ]; }

start_private_server() {
  mkdir -p "$private"
  chmod 700 "$private"
  rm -f "$private/log"
  mkfifo "$private/log"
  printf '[client]\nsocket=%s\n' "$private/socket" >"$private/my.cnf"
  export MYSQL_HOME="$private"  # so every client that an init script starts finds the private server
  # shellcheck disable=SC2086
  mariadbd $flags --skip-networking --socket="$private/socket" --pid-file="$private/pid" 2>"$private/log" &
  server=$!
  exec 8<"$private/log"
  await_ready
}

# Passes the server's log on; returns at the line that says it is ready.
await_ready() {
  while IFS= read -r line <&8; do
    echo "$line" >&2
    case $line in *"ready for connections"*) cat <&8 >&2 & return ;; esac
  done
  fail "the private server ended before it was ready"
}

set_root_password() {
  "$client" --user=root <<SQL
DELETE FROM mysql.global_priv WHERE User NOT IN ('root', 'mariadb.sys') OR Host <> 'localhost';
DELETE FROM mysql.proxies_priv WHERE Host <> 'localhost';
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$MYSQL_ROOT_PASSWORD");
CREATE DATABASE \`$MYSQL_DATABASE\` CHARACTER SET utf8mb4;
SQL
}

run_init_files() {
  for file in "$init"/*; do
    case $file in
      *.sql) say "running $file"; as_root "$MYSQL_DATABASE" <"$file" ;;
      *.sh) say "running $file"; sh -eu "$file" ;;
      */\*) say "no files in $init" ;;
      *) say "ignored: $file" ;;
    esac
  done
}

stop_private_server() {
  kill -TERM "$server"
  wait "$server" || fail "the private server did not end cleanly"
  server=
  exec 8<&-
  unset MYSQL_HOME
  rm -rf "$private"
}

initialise() {
  check_settings
  say "initialising $data"
  : >"$mark"
  sync "$data"
  seen=$(mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal \
    --skip-test-db --force 2>&1) || fail "the system tables could not be made: $seen"
  start_private_server
  set_root_password
  run_init_files
  stop_private_server
  rm "$mark"
  sync "$data"
  say "initialised"
}

upgrade_flag() {
  [ -f "$upgrade" ] && [ -n "${MYSQL_DATABASE:-}" ] || return 0
  { echo "USE \`$MYSQL_DATABASE\`;"; cat "$upgrade"; } >"$run/upgrade.sql"
  echo "--init-file=$run/upgrade.sql"
}

end_early() { [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true; }
trap end_early EXIT
trap 'exit 143' TERM INT

hold_data_folder
if [ -e "$mark" ]; then
  say "an earlier initialisation was cut off: starting over"
  empty_data_folder
  initialise
elif is_empty; then
  initialise
fi
trap - EXIT TERM INT
# shellcheck disable=SC2086
exec mariadbd $flags $(upgrade_flag) --socket="$run/mysqld.sock" --pid-file="$run/mysqld.pid" --bind-address=0.0.0.0 "$@"
