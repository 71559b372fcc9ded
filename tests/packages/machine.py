"""A Debian of its own that boots, in which packages are installed as on a server."""

import os
import signal
import subprocess
import time
from pathlib import Path

PATIENCE = 120  # seconds; only something that is broken takes as long


class Machine:
    """Runs systemd in `root` without a network; what is changed is forgotten when it stops."""

    def __init__(self, root: Path, packages: Path):
        self._init = None
        self._nspawn = subprocess.Popen(
            ["systemd-nspawn", "--boot", "--quiet", "--volatile=overlay", f"--directory={root}", "--private-network",
             "--register=no", "--keep-unit", "--console=pipe", "--link-journal=no", f"--bind-ro={packages}:/packages"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            self._init = until("systemd runs", self._find_init)
            until("it has booted", self._has_booted)
        except BaseException:
            self.stop()
            raise

    def _find_init(self) -> str | None:
        assert self._nspawn.poll() is None, "systemd-nspawn ended"
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text().split()
        named = [child for child in children if Path(f"/proc/{child}/comm").read_text().strip() == "systemd"]
        return next(iter(named), None)

    def _has_booted(self) -> bool:
        state = self.attempt("systemctl is-system-running").stdout.strip()
        return state in ("running", "degraded")

    def attempt(self, script: str, given: str = "") -> subprocess.CompletedProcess:
        """Runs a script of the shell as root, which reads `given`, whatever comes of it."""
        return subprocess.run(
            ["nsenter", f"--target={self._init}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--root", "--wd",
             "env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
             "sh", "-euc", script],
            input=given, capture_output=True, text=True, timeout=PATIENCE)

    def run(self, script: str, given: str = "") -> str:
        """Runs a script that has to succeed, and gives what it prints."""
        done = self.attempt(script, given)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}\n{self.journal()}"
        return done.stdout.strip()

    def journal(self) -> str:
        return self.attempt("journalctl --unit data-adapter --output cat --no-pager").stdout

    def write(self, path: str, text: str):
        self.run(f"umask 027; cat >'{path}'", text)

    def exists(self, path: str) -> bool:
        return self.attempt(f"test -e '{path}'").returncode == 0

    def stop(self):
        # Its first process takes all others along; systemd-nspawn would leave them behind when it is killed.
        if self._init:
            os.kill(int(self._init), signal.SIGKILL)
        else:
            self._nspawn.terminate()
        self._nspawn.wait()


def until(what: str, condition):
    """Waits for a condition, and gives what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE} seconds: {what}")
