"""Modules of the kernel: loaded while they are needed, and unloaded again where nobody else wants them."""

from pathlib import Path

from kubeface.errors import CommandFailed, Missing
from kubeface.util import files
from kubeface.util.process import find, run

#: With it a bridge shows its packets to iptables, so that a Service works between Pods of one node too.
BRIDGE_NETFILTER = "br_netfilter"
#: Its switches, a set for each network namespace; where they are not, it is not there.
_SWITCHES = Path("/proc/sys/net/bridge")
_ON_BRIDGES = ("bridge-nf-call-arptables", "bridge-nf-call-ip6tables", "bridge-nf-call-iptables")


def can_load(name: str) -> bool:
    """True when this kernel has the module somewhere; it is not loaded."""
    try:
        run([find("modprobe"), "--dry-run", "--quiet", name], what=f"Looking for the module {name}")
    except (CommandFailed, Missing):
        return False
    return True


def has_bridge_netfilter() -> bool:
    """True when bridges can show their packets to iptables now."""
    return _SWITCHES.exists()


def have_bridge_netfilter(record: Path) -> None:
    """Load it where it is not there, for new network namespaces alone; `record` says that we did.

    The machine's own bridges go on as without it.
    """
    if has_bridge_netfilter():
        return
    run([find("modprobe"), BRIDGE_NETFILTER], what=f"Loading the kernel's module {BRIDGE_NETFILTER}")
    for switch in _ON_BRIDGES:
        (_SWITCHES / switch).write_text("0")
    files.write(record, BRIDGE_NETFILTER)


def give_back_bridge_netfilter(record: Path) -> None:
    """Unload it if we loaded it, unless somebody has switched it on for the machine since."""
    if not record.exists():
        return
    if has_bridge_netfilter() and all((_SWITCHES / name).read_text().strip() == "0" for name in _ON_BRIDGES):
        run([find("modprobe"), "--remove", BRIDGE_NETFILTER], what=f"Unloading {BRIDGE_NETFILTER}")
    record.unlink()
