"""A small Debian in a folder, to be booted."""

import platform
import shutil
import subprocess
from pathlib import Path

WORK = Path(__file__).parents[2] / "target" / "packages-test"
# What a server has, and what the package depends on and recommends.
PACKAGES = "systemd-sysv,dbus,ca-certificates,curl,logrotate,openssl"


def small_debian() -> Path:
    """The release that this machine has, made once."""
    root, made = WORK / "debian", WORK / f"debian-{PACKAGES}"
    if not made.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(root, ignore_errors=True)
        release = platform.freedesktop_os_release()["VERSION_CODENAME"]
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", release, root]
        subprocess.run(command, check=True, timeout=900)
        made.touch()
    return root
