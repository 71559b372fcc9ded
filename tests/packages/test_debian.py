"""The package for Debian, on a machine that boots."""

import json
import re
import subprocess

import pytest

from conftest import script
from machine import until

CONFIGURATION = "/etc/data-adapter/data-adapter.toml"
URL = "http://127.0.0.1:8080"
# What the file of the package leaves to whoever installs it.
OWN = """
[backends.memory]
users_file = "/etc/data-adapter/users.toml"

[sms]
default_region = "CZ"

[[sms.gateways]]
id = "primary"
[sms.gateways.http]
url = "http://127.0.0.1:9/messages"
"""


def install(machine, package: str) -> str:
    return machine.run(f"dpkg --install --force-confold /packages/{package}.deb 2>&1")


def configure(machine):
    """What README.Debian says, with one user."""
    machine.run("umask 027; openssl rand -base64 32 >/etc/data-adapter/otp.key")
    command = "echo 'correct horse' | runuser -u data-adapter -- data-adapter hash-password"
    machine.write("/etc/data-adapter/users.toml", f"""
[[users]]
id = "10001"
username = "jane"
organization = "RETAIL"
given_name = "Jane"
phone = "+420000000009"
password_hash = "{machine.run(command)}"
""")
    machine.write(CONFIGURATION, machine.run(f"cat {CONFIGURATION}") + OWN)


def log_in(machine, password: str, user: str = "10001") -> dict:
    body = {"requestObject": {"userId": user, "organizationId": "RETAIL", "password": password,
                              "operationContext": {"id": "login-1", "name": "login"}}}
    command = f"curl -sS {URL}/api/auth/user/authenticate -H 'Content-Type: application/json' -d @-"
    return json.loads(machine.run(command, json.dumps(body)))["responseObject"]


def state(machine) -> str:
    return machine.attempt("systemctl is-active data-adapter").stdout.strip()


def process(machine) -> str:
    return machine.run("systemctl show --property MainPID --value data-adapter")


def modes(machine, *paths: str) -> list[str]:
    return machine.run(f"stat --format '%a %U:%G' {' '.join(paths)}").splitlines()


def beside(machine, command: str) -> str:
    """A command beside the service, as README.Debian says it."""
    return machine.run(f"cd /var/lib/data-adapter; runuser -u data-adapter -- data-adapter --config {CONFIGURATION} {command}")


def test_a_fresh_install_is_enabled_and_not_started_and_says_in_a_sentence_what_it_misses(machine):
    install(machine, "new")
    assert machine.run("systemctl is-enabled data-adapter") == "enabled"
    assert state(machine) == "inactive"
    assert machine.attempt("systemctl start data-adapter").returncode != 0
    assert state(machine) == "failed"
    assert machine.run("systemctl show --property ExecMainStatus --value data-adapter") == "78"
    assert machine.run("systemctl show --property NRestarts --value data-adapter") == "0"
    assert "no SMS gateway is configured" in machine.journal()
    assert machine.attempt(f"curl -sS {URL}/health/live").returncode == 7, "nothing listens, no sandbox either"


def test_it_logs_people_in_once_it_is_configured(machine):
    install(machine, "new")
    configure(machine)
    assert beside(machine, "config check").endswith("The configuration is fine.")
    machine.run("systemctl start data-adapter")
    # systemctl waits until it listens.
    assert log_in(machine, "correct horse")["authenticationResult"] == "VERIFIED_SUCCEEDED"
    assert log_in(machine, "wrong")["authenticationResult"] == "VERIFIED_FAILED"
    assert machine.attempt(f"curl -sSf {URL}/sandbox/inbox").returncode == 22, "there is no sandbox"
    assert '"event":"authentication"' in machine.run("cat /var/log/data-adapter/audit.jsonl")


def test_only_the_service_reads_what_it_keeps_and_it_writes_no_configuration(machine):
    install(machine, "new")
    configure(machine)
    machine.run("systemctl start data-adapter")
    folders = modes(machine, "/etc/data-adapter", "/var/lib/data-adapter", "/var/log/data-adapter")
    assert folders == ["2750 root:data-adapter", "700 data-adapter:data-adapter", "700 data-adapter:data-adapter"]
    files = modes(machine, "/etc/data-adapter/otp.key", "/var/lib/data-adapter/data-adapter.db", "/var/log/data-adapter/audit.jsonl")
    assert files == ["640 root:data-adapter", "600 data-adapter:data-adapter", "600 data-adapter:data-adapter"]
    assert machine.attempt("runuser -u nobody -- ls /etc/data-adapter").returncode != 0
    assert machine.attempt("runuser -u data-adapter -- touch /etc/data-adapter/new").returncode != 0
    assert machine.run("getent passwd data-adapter").endswith(":/var/lib/data-adapter:/usr/sbin/nologin")


def test_the_service_runs_with_no_more_rights_than_it_needs(machine):
    install(machine, "new")
    configure(machine)
    machine.run("systemctl start data-adapter")
    status = dict(line.split(":", 1) for line in machine.run(f"cat /proc/{process(machine)}/status").splitlines())
    assert status["Uid"].split() == [machine.run("id -u data-adapter")] * 4
    assert int(status["CapBnd"], 16) == 0
    assert int(status["NoNewPrivs"]) == 1
    assert int(status["Seccomp"]) == 2, "its system calls are filtered"
    # What systemd itself says about it, from 0.0 to 10.0; a service without any of this has 9.6.
    machine.run("systemd-analyze security --no-pager --threshold=15 data-adapter.service")
    machine.run("systemd-analyze verify /usr/lib/systemd/system/data-adapter.service")


def test_an_upgrade_keeps_settings_and_state_and_restarts_what_runs(machine):
    install(machine, "old")
    configure(machine)
    machine.run("systemctl start data-adapter")
    for _ in range(5):
        log_in(machine, "wrong")
    settings, first = machine.run(f"cat {CONFIGURATION}"), process(machine)
    install(machine, "new")
    assert machine.run("dpkg-query --show --showformat '${Version}' data-adapter") == "0.1.0-1"
    assert state(machine) == "active"
    assert process(machine) != first
    assert machine.run(f"cat {CONFIGURATION}") == settings
    assert log_in(machine, "correct horse")["authenticationResult"] == "VERIFIED_FAILED", "the block outlives the upgrade"
    assert "password: the attempts are counted from zero again." in beside(machine, "user unblock 10001")
    assert log_in(machine, "correct horse")["authenticationResult"] == "VERIFIED_SUCCEEDED"
    beside(machine, "audit verify /var/log/data-adapter/audit.jsonl")


@pytest.mark.parametrize("command", ["stop", "disable --now"])
def test_an_upgrade_starts_nothing_that_was_stopped(machine, command):
    install(machine, "old")
    configure(machine)
    machine.run("systemctl start data-adapter")
    enabled = machine.run(f"systemctl {command} data-adapter; systemctl is-enabled data-adapter || true")
    install(machine, "new")
    assert state(machine) == "inactive"
    assert machine.run("systemctl is-enabled data-adapter || true") == enabled


def test_a_reload_lets_a_new_user_in_and_one_that_can_not_be_used_fails_and_changes_nothing(machine):
    install(machine, "new")
    configure(machine)
    machine.run("systemctl start data-adapter")
    first, users = process(machine), machine.run("cat /etc/data-adapter/users.toml")
    machine.write("/etc/data-adapter/users.toml", users.replace('"10001"', '"10002"'))
    machine.run("systemctl reload data-adapter")
    assert log_in(machine, "correct horse", "10002")["authenticationResult"] == "VERIFIED_SUCCEEDED"
    machine.write("/etc/data-adapter/users.toml", "no TOML")
    assert machine.attempt("systemctl reload data-adapter").returncode != 0
    assert "users.toml" in machine.journal()
    assert log_in(machine, "correct horse", "10002")["authenticationResult"] == "VERIFIED_SUCCEEDED"
    assert process(machine) == first


def test_logrotate_moves_the_audit_log_away_and_no_line_is_lost(machine):
    install(machine, "new")
    configure(machine)
    machine.run("systemctl start data-adapter")
    log_in(machine, "correct horse")
    machine.run("logrotate --force /etc/logrotate.d/data-adapter")
    until("a new file", lambda: machine.attempt("test -s /var/log/data-adapter/audit.jsonl").returncode == 0)
    log_in(machine, "correct horse")
    chain = beside(machine, "audit verify /var/log/data-adapter/audit.jsonl-* /var/log/data-adapter/audit.jsonl")
    assert re.search(r"The chain is whole\. Lines: ([0-9]+), numbered 1 to \1\.", chain), chain
    assert machine.run("cat /var/log/data-adapter/audit.jsonl*").count('"event":"authentication"') == 2
    machine.run("systemctl stop data-adapter; rm /var/log/data-adapter/audit.jsonl-*")
    machine.run("logrotate --force /etc/logrotate.d/data-adapter")


def test_removing_it_keeps_what_it_kept_and_purging_it_does_not(machine):
    install(machine, "new")
    configure(machine)
    machine.run("systemctl start data-adapter")
    log_in(machine, "correct horse")
    kept = ["/var/lib/data-adapter/data-adapter.db", "/var/log/data-adapter/audit.jsonl", CONFIGURATION, "/etc/data-adapter/otp.key"]
    machine.run("dpkg --remove data-adapter")
    assert state(machine) == "inactive"
    assert all(machine.exists(path) for path in kept)
    assert not machine.exists("/usr/bin/data-adapter")
    machine.run("logrotate --force /etc/logrotate.d/data-adapter")

    install(machine, "new")
    machine.run("systemctl start data-adapter")
    assert log_in(machine, "correct horse")["authenticationResult"] == "VERIFIED_SUCCEEDED"

    machine.run("dpkg --purge data-adapter")
    gone = ["/var/lib/data-adapter", "/var/log/data-adapter", CONFIGURATION, "/etc/logrotate.d/data-adapter"]
    assert not any(machine.exists(path) for path in gone)
    assert machine.exists("/etc/data-adapter/otp.key"), "the keys are not the package's"
    assert machine.attempt("systemctl cat data-adapter").returncode != 0


def test_the_same_sources_give_the_same_package(debs, tmp_path):
    script("deb", "--fast", "--deb-version", "0.1.0-1", OUTPUT=str(tmp_path / "again.deb"))
    assert (tmp_path / "again.deb").read_bytes() == (debs / "new.deb").read_bytes()


def test_lintian_finds_no_fault(debs):
    said = subprocess.run(["lintian", "--allow-root", "--fail-on=error", debs / "new.deb"], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
