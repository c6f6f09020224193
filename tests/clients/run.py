#!/usr/bin/env python3
"""Drives public clients of the vendors, unmodified, against the simulator.

Each file `<vendor>/<client>.py` or `<vendor>/<client>.mjs` is a test: a program that gets the simulator's base URL of its
vendor as its argument, and fails if the client does not read what the simulator answers. Run all, or those named:

    cargo build --bin videogen
    python3 tests/clients/run.py [ark] [ark/byteplus.py]

The clients are installed below target/clients/, in the versions of clients.txt, dependencies.txt and package-lock.json.
What cannot be installed here, because a language is missing or a package index cannot be reached, is skipped.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
INSTALLED = TARGET / "clients"
# The versions in dependencies.txt need this Python, the clients in package.json this Node.
PYTHON, NODE = (3, 11), 20
# Simulated seconds per second. A task takes two seconds; one with `sim:slow` stays queued for three.
SPEED = 10
# Seconds after which a test is stopped.
PATIENCE = 180
# What pip and npm print when they cannot reach an index. Anything else that stops them is a failure.
UNREACHABLE = (
    "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "NameResolutionError", "ProxyError", "SSLError",
    "ConnectionResetError", "ProtocolError", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT",
    "ENETUNREACH", "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "FETCH_ERROR", "HTTP error 5", "error responses", "E502", "E503",
    "E504",
)  # fmt: skip


class Skipped(Exception):
    """The tests of one language cannot run here."""


class Failed(Exception):
    """A test failed, or its client could not be installed."""


def command(*arguments, cwd=None):
    """Runs one step of an installation."""
    done = subprocess.run(
        [str(argument) for argument in arguments], cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        if any(word in done.stdout for word in UNREACHABLE):
            raise Skipped(f"the package index cannot be reached by {pathlib.Path(arguments[0]).name}")
        raise Failed(f"{' '.join(map(str, arguments))}\n{done.stdout.strip()}")
    return done.stdout


def once(folder, inputs, install):
    """Installs into a folder, unless it has just this. An interrupted installation is begun again."""
    stamp = folder / "installed"
    digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print(f"installing the clients into {folder}", flush=True)
        install()
        stamp.write_text(digest)


def python():
    """Installs the Python clients and returns how a test is started."""
    if sys.version_info < PYTHON:
        raise Skipped(f"Python {'.'.join(map(str, PYTHON))} or newer is needed, this is {sys.version.split()[0]}")
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise Skipped("Python's module venv is not installed (Debian: python3-venv)") from None
    folder = INSTALLED / "python"
    program = folder / "bin" / "python"

    def install():
        venv.create(folder, with_pip=True)
        pip = [program, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "20", "install", "-q"]
        command(*pip, "--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", HERE / "clients.txt")
        command(*pip, "-r", HERE / "dependencies.txt")
        command(program, "-m", "pip", "check")

    texts = [(HERE / name).read_text() for name in ("clients.txt", "dependencies.txt")]
    once(folder, [sys.version, str(folder), *texts], install)
    return lambda test: [program, test], {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}


def node():
    """Installs the Node clients and returns how a test is started."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Skipped("Node is not installed, or has no npm")
    version = command("node", "--version").strip()
    if int(version.lstrip("v").split(".")[0]) < NODE:
        raise Skipped(f"Node {NODE} or newer is needed, this is {version}")
    folder = INSTALLED / "node"
    lists = ("package.json", "package-lock.json")

    def install():
        for name in lists:
            shutil.copy(HERE / name, folder)
        command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", cwd=folder)

    once(folder, [version, *((HERE / name).read_text() for name in lists)], install)
    # Node looks for packages in the folders above a file.
    tests = folder / "tests"
    shutil.rmtree(tests, ignore_errors=True)
    for source in HERE.rglob("*.mjs"):
        copy = tests / source.relative_to(HERE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    return lambda test: ["node", tests / test.relative_to(HERE)], {}


LANGUAGES = {".py": python, ".mjs": node}


class Simulator:
    """`videogen sim` on a free port."""

    def __init__(self):
        binary = pathlib.Path(os.environ.get("VIDEOGEN", TARGET / "debug" / "videogen"))
        if not binary.is_file():
            sys.exit(f"{binary} is missing: run `cargo build --bin videogen`, or name it in VIDEOGEN")
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [binary, "sim", "--listen", "127.0.0.1:0", "--speed", str(SPEED), "--json"],
            text=True, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip
        text = ""
        for line in self.process.stdout:
            text += line
            if line.rstrip() == "}":
                break
        started = json.loads(text)
        self.address, self.base_urls = started["address"], started["base_urls"]

    def get(self, page):
        with urllib.request.urlopen(f"http://{self.address}/_sim/{page}", timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.seek(0)
        return self.log.read()


def run(test, start, environment):
    """Runs a test against its own simulator."""
    simulator = Simulator()
    reason = None
    try:
        try:
            base_url = simulator.base_urls[test.parent.name]
        except KeyError:
            raise Failed(f"the simulator has no vendor {test.parent.name}") from None
        try:
            done = subprocess.run(
                [str(part) for part in (*start(test), base_url)], env={**os.environ, **environment},
                text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired as stopped:
            output = (stopped.stdout or b"").decode(errors="replace")
            raise Failed(f"stopped after {PATIENCE} s\n{output}") from None
        if done.returncode != 0:
            raise Failed(done.stdout.strip())
        tasks = simulator.get("tasks")
        if not tasks:
            raise Failed("it created no task")
        unknown = sorted({member for task in tasks for member in task["unknown_members"]})
        if unknown:
            raise Failed(f"it sends members that the spec does not have: {', '.join(unknown)}")
    except Failed as failure:
        reason = failure
    log = simulator.stop()
    if reason:
        raise Failed(f"{reason}\nlog of the simulator:\n{log.strip()}")


def main(wanted):
    tests = sorted(path for path in HERE.glob("*/*") if path.suffix in LANGUAGES)
    names = {path: str(path.relative_to(HERE)) for path in tests}
    for word in wanted:
        if not any(word in (names[path], path.parent.name) for path in tests):
            sys.exit(f"there is no client {word}; there are {', '.join(names.values())}")
    tests = [path for path in tests if not wanted or names[path] in wanted or path.parent.name in wanted]
    passed, failed, skipped = 0, 0, 0
    for suffix, prepare in LANGUAGES.items():
        of_language = [path for path in tests if path.suffix == suffix]
        if not of_language:
            continue
        try:
            start, environment = prepare()
        except (Skipped, Failed) as reason:
            word = "skipped" if isinstance(reason, Skipped) else "failed"
            print(f"{word}: {', '.join(names[path] for path in of_language)}: {reason}", flush=True)
            if word == "skipped":
                skipped += len(of_language)
            else:
                failed += len(of_language)
            continue
        for path in of_language:
            try:
                run(path, start, environment)
            except Failed as reason:
                failed += 1
                print(f"failed: {names[path]}: {reason}", flush=True)
            else:
                passed += 1
                print(f"passed: {names[path]}", flush=True)
    print(f"clients: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
