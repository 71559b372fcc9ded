"""The demo with users of its own: instances of the program over one store."""

import os
import pathlib
import re
import subprocess
import tempfile
import time

PROGRAM = os.environ["FACTORS_PROGRAM"]
INSTANCES = int(os.environ["FACTORS_INSTANCES"])
# Longer than a start takes on a busy machine.
SECONDS = 60


class Program:
    """`users` are dictionaries of what a user of the users file has; `settings` are environment variables without their prefix."""

    def __init__(self, users, **settings):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.users = users
        names = {name: value for name, value in os.environ.items() if not name.startswith("DATA_ADAPTER")}
        own = {"STORE__URL": "sqlite:store.db", "BACKENDS__MEMORY__USERS_FILE": "users.toml"} | settings
        self.environment = names | {f"DATA_ADAPTER__{name}": value for name, value in own.items()}
        self.urls = []
        self.running = []

    def start(self):
        lines = []
        for user in self.users:
            lines += ["[[users]]", *(f"{name} = {'true' if value is True else repr(value)}" for name, value in user.items())]
        (self.path / "users.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for number in range(INSTANCES):
            self.urls.append(self._start(self.path / f"{number}.log"))

    def stop(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait()
        self.running.clear()
        self.urls.clear()

    def end(self):
        self.stop()
        self.folder.cleanup()

    def command(self, *arguments):
        """What a command of the program prints."""
        command = [PROGRAM, *arguments]
        return subprocess.check_output(command, cwd=self.path, env=self.environment, text=True, timeout=SECONDS).strip()

    def _start(self, log):
        command = [PROGRAM, "--port", "0"]
        with log.open("w") as stderr:
            process = subprocess.Popen(command, cwd=self.path, env=self.environment, stderr=stderr, stdout=subprocess.DEVNULL)
        self.running.append(process)
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if found := re.search(r"listening on (http:\S+)", log.read_text()):
                return found.group(1)
            time.sleep(0.02)
        raise AssertionError(f"the program does not start:\n{log.read_text()}")
