"""Helpers of the tests in Python."""

import http.server
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

# The base URL of the vendor under test at the simulator.
BASE_URL = sys.argv[1]
# The secret of the webhooks that the simulator signs.
SECRET = "whsec_c2ltdWxhdG9y"


def equal(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def poll(get, is_done, seconds=60):
    """Calls `get` until its value is done, and returns that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = get()
        if is_done(value):
            return value
        time.sleep(0.2)
    raise AssertionError(f"not done after {seconds} s: {value!r}")


def raised(kind, call):
    """The exception of exactly this kind that a call raises."""
    try:
        value = call()
    except Exception as error:
        assert type(error) is kind, f"expected {kind.__name__}, got {type(error).__name__}: {error}"
        return error
    raise AssertionError(f"expected {kind.__name__}, got {value!r}")


def fetch(url):
    """The content of a file, requested without a key."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def check_video(content, width, height, seconds, audio):
    """Checks an MP4 file by ffprobe."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        shown = subprocess.run(
            ["ffprobe", "-v", "error", "-show_streams", "-of", "json", file.name],
            check=True, text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    streams = {stream["codec_type"]: stream for stream in json.loads(shown.stdout)["streams"]}
    video = streams["video"]
    equal((video["codec_name"], video["width"], video["height"]), ("h264", width, height))
    equal(round(float(video["duration"]), 1), seconds)
    equal("audio" in streams, audio)


class Receiver:
    """Receives webhooks."""

    def __init__(self):
        events = self.events = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                events.put(({name.lower(): value for name, value in self.headers.items()}, body.decode()))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"

    def event(self):
        """The headers and the body of the next event."""
        return self.events.get(timeout=60)
