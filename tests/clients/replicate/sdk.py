"""Replicate by its SDK, PyPI `replicate`."""

import io

from replicate import Client
from replicate.exceptions import ReplicateError
from replicate.webhook import WebhookSigningSecret, Webhooks

from support import BASE_URL, SECRET, Receiver, check_video, equal, fetch, poll, raised


def client(key):
    # The SDK appends the version itself.
    return Client(api_token=key, base_url=BASE_URL.removesuffix("/v1"))


api = client("sk-client")
model = "bytedance/seedance-2.0"
STATUSES = ("starting", "processing")

# Create, poll, result; its webhook is signed.
receiver = Receiver()
created = api.predictions.create(
    version=model,
    input={
        "prompt": "a kite above the dunes", "duration": 4, "resolution": "480p", "aspect_ratio": "16:9", "seed": 7,
        "generate_audio": True,
    },
    webhook=receiver.url, webhook_events_filter=["completed"],
)  # fmt: skip
assert created.status in STATUSES, created.status
equal((created.model, created.input["duration"], created.output, created.error), (model, 4, None, None))
assert created.urls["get"].endswith(f"/predictions/{created.id}"), created.urls
done = poll(lambda: api.predictions.get(created.id), lambda task: task.status not in STATUSES)
equal((done.id, done.status, done.error), (created.id, "succeeded", None))
assert done.metrics["predict_time"] > 0, done.metrics
assert done.created_at < done.started_at < done.completed_at, done
check_video(fetch(done.output), width=854, height=480, seconds=4, audio=True)
headers, body = receiver.event()
Webhooks.validate(headers=headers, body=body, secret=WebhookSigningSecret(key=SECRET), tolerance=300)
assert created.id in body and '"succeeded"' in body, body

# The client's own wait.
waited = api.predictions.create(version=model, input={"prompt": "a kite", "resolution": "480p", "duration": 4})
waited.wait()
equal(waited.status, "succeeded")

# Cancel.
slow = api.predictions.create(version=model, input={"prompt": "a kite sim:slow"})
equal(api.predictions.cancel(slow.id).status, "canceled")
slow.reload()
equal((slow.status, slow.output), ("canceled", None))

# List, newest first.
page = api.predictions.list()
equal([task.id for task in page], [slow.id, waited.id, created.id])
equal(page.next, None)

# An uploaded file.
pixel = io.BytesIO(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
    )
)
pixel.name = "pixel.png"
file = api.files.create(pixel, content_type="image/png")
equal((file.content_type, file.size), ("image/png", len(pixel.getvalue())))
moved = api.predictions.create(version=model, input={"prompt": "it moves sim:slow", "image": file.urls["get"]})
equal(moved.input["image"], file.urls["get"])

# A failed prediction.
refused = api.predictions.create(version=model, input={"prompt": "a kite sim:moderated"})
failed = poll(lambda: api.predictions.get(refused.id), lambda task: task.status not in STATUSES)
equal((failed.status, failed.output), ("failed", None))
assert "E005" in failed.error, failed.error

# Errors.
error = raised(ReplicateError, lambda: api.predictions.create(version=model, input={"prompt": "a kite", "duration": 99}))
equal((error.status, error.title), (422, "Input validation failed"))
assert "duration" in error.detail, error.detail
error = raised(ReplicateError, lambda: api.predictions.get("0000000000000000000000none"))
equal(error.status, 404)
error = raised(ReplicateError, lambda: client("sk-sim-401").predictions.create(version=model, input={"prompt": "a kite"}))
equal((error.status, error.title), (401, "Unauthenticated"))
error = raised(ReplicateError, lambda: client("sk-sim-402").predictions.create(version=model, input={"prompt": "a"}))
equal((error.status, error.title), (402, "Insufficient credit"))
