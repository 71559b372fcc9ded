"""A container of the image, run by runc as a container runtime would run it."""

import json
import os
import subprocess
import time
import uuid
from pathlib import Path

from machine import until


class Container:
    """Runs the root file system that `umoci` unpacked, read-only, with a network of its own."""

    def __init__(self, bundle: Path, changes: dict | None = None, mounts: list[dict] | None = None):
        """`changes` go over `process` of the runtime's configuration, `mounts` behind those of the image."""
        self.name = f"data-adapter-{uuid.uuid4()}"
        configuration = json.loads((bundle / "config.json").read_text())
        configuration["process"] |= {"terminal": False} | (changes or {})
        configuration["root"] = {"path": str(bundle / "rootfs"), "readonly": True}
        given = {mount["destination"] for mount in mounts or []}
        kept = [mount for mount in configuration["mounts"] if mount["destination"] not in given]
        configuration["mounts"] = kept + (mounts or [])
        self._folder = bundle.parent / self.name
        self._folder.mkdir()
        (self._folder / "config.json").write_text(json.dumps(configuration))
        self._log = (self._folder / "log").open("w+")
        self._runc = subprocess.Popen(["runc", "run", "--bundle", self._folder, self.name], stdin=subprocess.DEVNULL,
                                      stdout=self._log, stderr=subprocess.STDOUT)

    def log(self) -> str:
        return Path(self._log.name).read_text()

    def wait_for_log(self, text: str):
        def is_there():
            found = text in self.log()
            assert found or self._runc.poll() is None, f"it ended:\n{self.log()}"
            return found
        until(text, is_there)

    def pid(self) -> int:
        state = subprocess.run(["runc", "state", self.name], check=True, capture_output=True, text=True)
        return json.loads(state.stdout)["pid"]

    def execute(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(["runc", "exec", self.name, *command], capture_output=True, text=True)

    def curl(self, *arguments: str) -> str:
        """From the network of the container; `curl` is that of this machine."""
        command = ["nsenter", f"--target={self.pid()}", "--net", "curl", "--silent", "--show-error", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def signal(self, name: str):
        subprocess.run(["runc", "kill", self.name, name], check=True)

    def exit_code(self) -> int:
        return until("it ends", lambda: None if self._runc.poll() is None else (self._runc.returncode,))[0]

    def stop(self):
        while self._runc.poll() is None:
            # There is none to kill before it has begun.
            subprocess.run(["runc", "kill", self.name, "KILL"], capture_output=True)
            time.sleep(0.1)
        self._log.close()


def bind(source: Path, destination: str, *options: str) -> dict:
    return {"destination": destination, "type": "bind", "source": str(source), "options": ["rbind", *options]}


def give(path: Path, text: str, user: int, group: int, mode: int):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.chown(path, user, group)
    path.chmod(mode)
