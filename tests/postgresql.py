"""A PostgreSQL of one's own for as long as a command runs: python -m tests.postgresql COMMAND …

Uses Debian's server programs and a folder that goes away; nothing is asked of a server that already runs.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 60
# Nothing here has to outlive a power cut.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": "127.0.0.1"}


def server_programs() -> Path:
    """The newest server's folder of programs; Debian keeps them out of PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    if found is None and (initdb := shutil.which("initdb")):
        found = Path(initdb).resolve().parent
    if found is None:
        sys.exit("找不到 PostgreSQL 的服务器程序，请执行：apt-get install -y --no-install-recommends postgresql")
    return found


def owner() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """The DATABASE_URL of a fresh server, which is stopped and removed at the end."""
    programs, user, port = server_programs(), owner(), free_port()
    home = Path(tempfile.mkdtemp(prefix="zhijiao-pg-"))
    try:
        if user:
            shutil.chown(home, user)
        data = home / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            check=True, user=user, cwd=home, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options: list[str] = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", home, "-p", port, *options],
                user=user, cwd=home, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            wait_until_ready(programs, home, port, server)
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def wait_until_ready(programs: Path, home: Path, port: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while subprocess.run([programs / "pg_isready", "-q", "-h", home, "-p", port], check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit("PostgreSQL 没有启动：\n" + (home / "log").read_text(errors="replace"))
        time.sleep(0.1)


def main() -> int:
    if len(sys.argv) < 2:
        sys.exit("用法：python -m tests.postgresql 命令 …")
    # A signal ends the `with` as an exception, so that the server is stopped then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running() as url:
        environment = {**os.environ, "DATABASE_URL": url, "PGOPTIONS": ""}
        return subprocess.run(sys.argv[1:], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
