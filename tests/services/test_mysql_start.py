"""How the database image's entrypoint starts: once from nothing, never from half, and with the data again."""

from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from real_servers import INIT_FILES, Mariadb, own_folder

from kubeface.errors import Crashed


@pytest.fixture
def init_files() -> Iterator[Path]:
    """A copy of the manifests' init files, to add to."""
    with own_folder("init") as folder:
        folder.chmod(0o755)
        for file in INIT_FILES.iterdir():
            (folder / file.name).write_text(file.read_text())
        yield folder


@pytest.fixture
def server(init_files: Path) -> Iterator[Mariadb]:
    """A MariaDB of this test alone, not started."""
    with own_folder("mariadb") as folder:
        folder.chmod(0o755)
        server = Mariadb(folder, init_files=init_files)
        yield server
        if not server.is_down():
            server.stop()


def log_of(server: Mariadb) -> str:
    assert server.program is not None
    return "\n".join(server.program.log)


def test_rows_are_there_after_a_restart_and_nothing_is_initialised_twice(server: Mariadb) -> None:
    server.start()
    server.rows("INSERT INTO images (path) VALUES ('unknown_people/x.jpg')")
    assert server.stop() == 0
    server.start()
    assert server.rows("SELECT path FROM images") == [{"path": "unknown_people/x.jpg"}]
    assert "entrypoint:" not in log_of(server)


def test_a_database_of_an_older_schema_is_brought_to_todays(server: Mariadb) -> None:
    server.start()
    for table, column, length in (("person", "name", 255), ("person_images", "image_name", 255)):
        server.rows(
            f"ALTER TABLE {table} MODIFY {column} VARCHAR({length}) COLLATE utf8mb4_general_ci NOT NULL"
        )
    with pytest.raises(pymysql.err.IntegrityError):
        server.rows("INSERT INTO person (name) VALUES ('Barack Obamá')")
    assert server.stop() == 0
    server.start()
    server.rows("INSERT INTO person (name) VALUES ('Barack Obamá'), ('Barack Obama ')")
    assert not server.rows("SELECT person_id FROM person_images WHERE image_name = 'OBAMA.jpg'")
    assert len(server.rows("SELECT person_id FROM person_images WHERE image_name = 'obama.jpg'")) == 1


def test_a_start_bears_that_a_table_is_gone(server: Mariadb) -> None:
    server.start()
    server.rows("DROP TABLE person_images")
    assert server.stop() == 0
    assert len(server.start().rows("SELECT * FROM person")) == 3


def test_rows_are_there_after_a_power_cut(server: Mariadb) -> None:
    server.start()
    server.rows("INSERT INTO images (path) VALUES ('unknown_people/x.jpg')")
    server.kill()
    assert server.start().rows("SELECT path FROM images") == [{"path": "unknown_people/x.jpg"}]


def test_a_first_start_that_was_cut_off_is_begun_again(server: Mariadb, init_files: Path) -> None:
    cut = init_files / "15-cut-off.sh"
    cut.write_text('kill -9 "$(cat "$MYSQL_RUN_DIR/initialising/pid")" $PPID\n')
    with pytest.raises(Crashed):
        server.start()
    cut.unlink()
    server.start()
    assert "cut off: starting over" in log_of(server)
    assert len(server.rows("SELECT * FROM person")) == 3
    server.connect("receiver").close()


def test_a_failing_init_file_is_never_served(server: Mariadb, init_files: Path) -> None:
    wrong = init_files / "15-wrong.sql"
    wrong.write_text("INSERT INTO nowhere VALUES (1);\n")
    for _ in range(2):
        with pytest.raises(Crashed, match="nowhere"):
            server.start()
    wrong.unlink()
    assert len(server.start().rows("SELECT * FROM person")) == 3


def test_the_first_start_asks_for_a_root_password(server: Mariadb) -> None:
    server.passwords["root"] = ""
    with pytest.raises(Crashed, match="MYSQL_ROOT_PASSWORD is not set"):
        server.start()
    assert [file.name for file in (server.folder / "data").iterdir()] == [".lock"]


def test_two_servers_never_share_a_data_folder(server: Mariadb, monkeypatch: pytest.MonkeyPatch) -> None:
    server.start()
    monkeypatch.setenv("MYSQL_LOCK_TIMEOUT_S", "0")
    with pytest.raises(Crashed, match="another server holds"):
        Mariadb(server.folder).start()
    assert len(server.rows("SELECT * FROM person")) == 3


def test_files_of_another_kind_are_named_and_ignored(server: Mariadb, init_files: Path) -> None:
    (init_files / "notes.txt").write_text("hello")
    server.start()
    assert "ignored: " in log_of(server)
