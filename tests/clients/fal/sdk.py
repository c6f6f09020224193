"""fal by its SDK, PyPI `fal-client`. The queue has no list."""

import fal_client
from fal_client import Completed, FalClientHTTPError, InProgress, Queued, SyncClient

from support import BASE_URL, check_video, equal, fetch, poll, raised

# The SDK has no base URL; it follows those of the answers.
fal_client.client.QUEUE_URL_FORMAT = f"{BASE_URL}/"

api = SyncClient(key="id:secret")
model = "bytedance/seedance-2.0"
text = f"{model}/text-to-video"
arguments = {"duration": "4", "resolution": "480p", "aspect_ratio": "16:9"}

# Create, poll, result.
handle = api.submit(text, {"prompt": "a kite above the dunes", **arguments, "generate_audio": True, "seed": 7})
for url in (handle.status_url, handle.response_url, handle.cancel_url):
    assert url.startswith(f"{BASE_URL}/{model}/requests/{handle.request_id}"), url
seen = []
for status in handle.iter_events(with_logs=True, interval=0.1):
    seen.append(type(status))
equal((seen[0], seen[-1]), (Queued, Completed))
assert InProgress in seen, seen
assert status.metrics["inference_time"] > 0, status
equal((status.error, status.error_type), (None, None))
result = handle.get()
equal((result["video"]["content_type"], result["seed"]), ("video/mp4", 7))
content = fetch(result["video"]["url"])
check_video(content, width=854, height=480, seconds=4, audio=True)
assert result["video"]["file_size"] in (None, len(content)), result

# By the id alone, and submitted and awaited in one call.
equal(type(api.status(text, handle.request_id)), Completed)
equal(api.result(text, handle.request_id), result)
veo = api.subscribe("fal-ai/veo3.1", {"prompt": "a kite", "duration": "4s", "resolution": "720p"}, interval=0.1)
check_video(fetch(veo["video"]["url"]), width=1280, height=720, seconds=4, audio=True)

# Cancel while queued; not a request that has ended.
slow = api.submit(text, {"prompt": "a kite sim:slow"}, priority="low", start_timeout=60)
slow.cancel()
cancelled = poll(slow.status, lambda status: isinstance(status, Completed))
equal(cancelled.error_type, "client_cancelled")
error = raised(FalClientHTTPError, handle.cancel)
equal((error.status_code, error.response.json()), (400, {"status": "ALREADY_COMPLETED"}))

# Files are inputs of other endpoints of the model.
framed = api.submit(
    f"{model}/image-to-video", {"prompt": "the bud opens sim:slow", "image_url": "https://media.example.com/bud.png"}
)
equal(type(framed.status()), Queued)

# A failed request.
refused = api.submit(text, {"prompt": "a kite sim:moderated"})
failed = poll(refused.status, lambda status: isinstance(status, Completed))
equal(failed.error_type, "content_policy_violation")
error = raised(FalClientHTTPError, refused.get)
equal((error.status_code, error.message[0]["type"]), (422, "content_policy_violation"))

# Errors.
error = raised(FalClientHTTPError, lambda: api.submit(text, {"prompt": "a kite", "duration": "99"}))
equal((error.status_code, error.message[0]["loc"]), (422, ["body", "duration"]))
error = raised(FalClientHTTPError, lambda: api.status(text, "00000000-0000-0000-0000-000000000000"))
equal(error.status_code, 404)
error = raised(FalClientHTTPError, lambda: SyncClient(key="sk-sim-401").submit(text, {"prompt": "a kite"}))
equal(error.status_code, 401)
