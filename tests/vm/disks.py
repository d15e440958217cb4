"""The two disks of the machine: a stock Debian 12, and the home of the person who works there.

The system is made from Debian's packages and kept until what it is made of changes. The home is made anew
each time: this checkout, its Python environment, and what `kubeface setup` has put into the cache here; or,
where the image is to be proved, the archive of it alone.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kubeface import places
from kubeface.images.storage import Storage
from kubeface.linux import mounts, packages
from kubeface.local.toolchain import COMPONENTS, Toolchain
from kubeface.places import SOURCE
from kubeface.util.process import find, run

Say = Callable[[str], None]

SUITE = "bookworm"
USER, USER_ID = "learner", 1000
HOME = f"/home/{USER}"
#: Room for what `kubeface doctor` asks for beside what is there. Sparse: stored is the content alone.
DISK_SIZE = "24G"
#: What a login has of its own.
_SESSION = ("dbus", "libpam-systemd")
#: What a stock machine has: its kernel, sudo, AppArmor, a firewall that is off. And make, with Python's venv.
STOCK = ("linux-image-cloud-amd64", "sudo", "apparmor", "nftables", "curl", "make", "python3-venv", *_SESSION)
#: What somebody with Docker has, and needs of all that.
ENGINE = ("linux-image-cloud-amd64", "sudo", "apparmor", "iptables", "python3", "docker.io", *_SESSION)
#: Where an ordinary user's cache is filled as far as `kubeface setup` fills it.
CACHED = ("storage", "registry", "base", "photos")

_FSTAB = """\
LABEL=system / ext4 defaults 0 1
LABEL=home /home ext4 defaults 0 2
"""
_NETWORK = """\
auto lo eth0
iface lo inet loopback
iface eth0 inet dhcp
"""
#: The person sits at the serial console; sudo asks for no password, as on machines of clouds and of CI.
_LOGIN = f"""\
[Service]
ExecStart=
ExecStart=-/sbin/agetty --autologin {USER} --keep-baud 115200 - $TERM
"""
_SUDO = f"""\
{USER} ALL=(ALL) NOPASSWD: ALL
Defaults use_pty
"""
#: The proof is told on a line of its own, and the machine is switched off whatever becomes of it.
_PROFILE = """\
exec 3>/dev/ttyS1
cd ~/{folder} && {command} >&3
sudo systemctl poweroff
"""
GUEST = Path(__file__).parent / "guest"
_FILES = {
    "etc/fstab": _FSTAB,
    "etc/hostname": "stock\n",
    "etc/hosts": "127.0.0.1 localhost\n127.0.1.1 stock\n",
    "etc/network/interfaces": _NETWORK,
    f"etc/sudoers.d/{USER}": _SUDO,
    "etc/systemd/system/serial-getty@ttyS0.service.d/login.conf": _LOGIN,
}
_PERSON = f'chroot "$1" useradd --create-home --uid {USER_ID} --shell /bin/bash --groups sudo,dialout {USER}'
#: The Python environment is made where it will be, by the Python that will run it.
_SYNC = """\
mkdir -p "$1/var/cache/uv"
mount --bind "$3" "$1/var/cache/uv"
mount --bind /etc/ssl/certs "$1/etc/ssl/certs"
mount --bind "$(readlink -f /etc/resolv.conf)" "$1/etc/resolv.conf"
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc"
touch "$1/usr/local/bin/uv"
mount --bind "$2" "$1/usr/local/bin/uv"
exec chroot "$1" env HOME=/root UV_LINK_MODE=copy UV_CACHE_DIR=/var/cache/uv \\
  uv sync --locked --quiet --python /usr/bin/python3 --project "$4"
"""
_BIND_AND_PACK = """\
while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done
shift
exec "$@"
"""


@dataclass(frozen=True)
class System:
    """A folder with a system that can be booted."""

    folder: Path

    @property
    def disk(self) -> Path:
        """Its file system."""
        return self.folder / "system.ext4"

    @property
    def kernel(self) -> Path:
        """What is booted."""
        return self.folder / "vmlinuz"

    @property
    def first_files(self) -> Path:
        """What the kernel starts with."""
        return self.folder / "initrd.img"

    @property
    def environment(self) -> Path:
        """The Python environment that belongs into the checkout."""
        return self.folder / "venv"


def work_folder() -> Path:
    """Where the disks are; in the cache, so that nothing large lies in the checkout."""
    return places.cache() / "vm"


def system(say: Say) -> System:
    """Of an ordinary user: a stock Debian, with the Python environment of the checkout."""
    needed = (one.debian for one in packages.PACKAGES if not one.tests_only)
    return _system("system", sorted({*STOCK, *needed}), _make_environment, say)


def engine(say: Say) -> System:
    """Of somebody with Docker: a stock Debian, with nothing of the course."""
    return _system("engine", sorted(ENGINE), lambda tree, target: None, say)


def _system(name: str, names: list[str], prepare: Callable[[Path, Path], None], say: Say) -> System:
    """The system, made where it is not there yet or what it is made of has changed."""
    wanted = work_folder() / f"{name}-{_recipe(names)}"
    if not wanted.exists():
        for old in work_folder().glob(f"{name}-*"):
            shutil.rmtree(old)
        aside = work_folder() / f"{name}.part"
        mounts.unmount(aside)  # one that was interrupted has /proc and /sys in it
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        say("Making a stock Debian with a kernel and a user, and what is needed in it (some minutes)")
        start = time.monotonic()
        _make_system(System(aside), names, prepare)
        aside.rename(wanted)
        say(f"Made it in {time.monotonic() - start:.0f} s")
    return System(wanted)


def home(made: System, say: Say) -> Path:
    """The disk of /home: the checkout as it is now, and the cache as `kubeface setup` leaves it."""
    start = time.monotonic()
    disk, stage = work_folder() / "home.ext4", work_folder() / "home"
    shutil.rmtree(stage, ignore_errors=True)
    person = stage / USER
    checkout, cache = person / "kubeface", person / ".cache" / "kubeface"
    _copy_checkout(checkout)
    prove = ".venv/bin/python tests/vm/guest/prove.py"
    (person / ".bash_profile").write_text(_PROFILE.format(folder="kubeface", command=prove))
    (cache / "uv" / "bin").mkdir(parents=True)
    shutil.copy2(places.cache() / "images.json", cache)
    shutil.copy2(_uv(), cache / "uv" / "bin" / "uv")
    _give(person)
    synced = made.environment / ".synced"  # says that it fits the checkout, which is newer
    synced.touch()
    _give(synced)
    pairs = {made.environment: checkout / ".venv"}
    pairs |= {places.cache() / name: cache / name for name in CACHED}
    tools = Toolchain(places.cache())
    pairs |= {tools.folder(name): cache / "toolchain" / tools.folder(name).name for name in COMPONENTS}
    for inside in pairs.values():
        inside.mkdir(parents=True)
    words = [str(path) for pair in pairs.items() for path in pair]
    pack = _mke2fs("home", stage, disk)
    command = ["unshare", "--mount", "sh", "-ec", _BIND_AND_PACK, "sh", *words, "--", *pack]
    with Storage(places.cache()).alone(say):  # nobody builds an image meanwhile
        run(command, what="Making the disk of the home", timeout_s=1200)
    shutil.rmtree(stage)
    say(f"Made the disk of the home in {time.monotonic() - start:.0f} s")
    return disk


def home_with_image(archive: Path, say: Say) -> Path:
    """The disk of /home where the archive of kubeface/lab is all that there is, and what proves it."""
    start = time.monotonic()
    disk, stage = work_folder() / "image.ext4", work_folder() / "image"
    shutil.rmtree(stage, ignore_errors=True)
    person = stage / USER
    shutil.copytree(GUEST, person / "proof")
    shutil.copy2(archive, person / "proof" / "lab.tar")
    profile = _PROFILE.format(folder="proof", command="python3 prove_image.py")
    (person / ".bash_profile").write_text(profile)
    _give(person)
    run(_mke2fs("home", stage, disk), what="Making the disk of the home", timeout_s=1200)
    shutil.rmtree(stage)
    say(f"Made the disk of the home in {time.monotonic() - start:.0f} s")
    return disk


def _recipe(names: list[str]) -> str:
    """A hash of everything that decides what the system is."""
    total = hashlib.sha256("\n".join([SUITE, *names, _PERSON, _SYNC, *_FILES.values()]).encode())
    for name in ("uv.lock", "pyproject.toml"):
        total.update((SOURCE / name).read_bytes())
    return total.hexdigest()[:12]


def _make_system(made: System, names: list[str], prepare: Callable[[Path, Path], None]) -> None:
    tree = made.folder / "tree"
    command = [find("mmdebstrap"), "--variant=important", f"--include={','.join(names)}"]
    run(
        [*command, f"--customize-hook={_PERSON}", SUITE, tree],
        what="Making a stock Debian",
        timeout_s=1800,
    )
    for name, text in _FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (tree / "etc/resolv.conf").write_text("")
    prepare(tree, made.environment)
    shutil.copy(next((tree / "boot").glob("vmlinuz-*")), made.kernel)
    shutil.copy(next((tree / "boot").glob("initrd.img-*")), made.first_files)
    shutil.rmtree(tree / "home" / USER)
    run(_mke2fs("system", tree, made.disk), what="Making the disk of the system", timeout_s=1200)
    shutil.rmtree(tree)


def _make_environment(tree: Path, target: Path) -> None:
    """What `make` does first, done while the network is there: uv sync, in the system itself."""
    checkout = f"{HOME}/kubeface"
    inside = tree / checkout.lstrip("/")
    _copy_checkout(inside)
    uv = _uv()
    cache = run([uv, "cache", "dir"], what="Asking uv for its cache").strip()
    Path(cache).mkdir(parents=True, exist_ok=True)
    command = ["unshare", "--mount", "sh", "-ec", _SYNC, "sh", tree, uv, cache, checkout]
    run(command, what="Making the Python environment", timeout_s=1800)
    (inside / ".venv").rename(target)
    (tree / "usr/local/bin/uv").unlink()
    _give(target)


def _copy_checkout(target: Path) -> None:
    """The files of this checkout as they are, changes included; nothing that git ignores."""
    command = ["git", "-C", SOURCE, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, run(command, what="Asking git for the files").split("\0")):
        if (SOURCE / name).is_file():  # else it was removed, and that not yet committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, target / name)


def _give(folder: Path) -> None:
    for path in _with_all_below(folder):
        os.chown(path, USER_ID, USER_ID, follow_symlinks=False)


def _with_all_below(folder: Path) -> Iterable[Path]:
    yield folder
    yield from folder.rglob("*")


def _mke2fs(label: str, content: Path, disk: Path) -> list[str]:
    disk.unlink(missing_ok=True)
    command = [str(find("mke2fs")), "-q", "-F", "-t", "ext4", "-L", label, "-d", str(content)]
    return [*command, str(disk), DISK_SIZE]


def _uv() -> Path:
    """The uv that `make` uses."""
    return Path(shutil.which("uv") or places.cache() / "uv" / "bin" / "uv")
