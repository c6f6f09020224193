"""AllToken by its SDK, PyPI `alltoken`: its HTTP client and the types of its API. It has no calls for videos."""

import base64
import hashlib
import urllib.request

from alltoken import AllToken
from alltoken.generated import chat as types

from support import BASE_URL, check_video, equal, fetch, poll


def client(key):
    # The SDK appends the version itself.
    return AllToken(api_key=key, base_url=BASE_URL.removesuffix("/v1")).openai.raw


def read(kind, answer, status=200):
    """An answer as the SDK's type, which must have all its members."""
    equal(answer.status_code, status)
    body = answer.json()
    known = {field.alias or name for name, field in kind.model_fields.items()}
    equal(sorted(set(body) - known), [])
    return kind.model_validate(body)


def send(path, request, http=None, **query):
    body = request.model_dump(mode="json", exclude_none=True, by_alias=True)
    return (http or raw).post(path, json=body, params=query)


def refused(answer, status, kind, code, param=None):
    error = read(types.ErrorResponse, answer, status).error
    equal((error.type, error.code, error.param), (kind, code, param))
    return error


def ended(id):
    get = lambda: read(types.VideoTaskResponse, raw.get(f"/videos/generations/{id}"))  # noqa: E731
    return poll(get, lambda task: task.status.value not in ("queued", "processing"))


raw = client("sk-client")

# Create, poll, result.
request = types.VideoGenerationRequest(
    model="seedance-2.0-fast", prompt="a kite above the dunes", resolution="480p", ratio="9:16", duration=4,
    generate_audio=False, return_last_frame=True,
)  # fmt: skip
created = read(types.VideoTaskResponse, send("/videos/generations", request), 202)
assert created.status.value in ("queued", "processing"), created.status
equal((created.model, created.input_type.value, created.is_expired), ("seedance-2.0-fast", "text", False))
done = ended(created.id)
equal(done.status, types.Status3.completed)
equal((done.resolution, done.ratio, done.duration, done.fps, done.frames), ("480p", "9:16", 4, 24, 96))
equal((done.generate_audio, done.usage.completion_tokens), (False, 480 * 854 * 96 // 1024))
assert done.created_at < done.completed_at < done.video_url_expires_at
check_video(fetch(str(done.video_url)), width=480, height=854, seconds=4, audio=False)
equal(fetch(str(done.last_frame_url))[:4], b"\x89PNG")

# Cancel; not twice.
request = types.VideoGenerationRequest(model="seedance-1.5-pro", prompt="a kite sim:slow")
queued = read(types.VideoTaskResponse, send("/videos/generations", request), 202)
cancelled = read(types.VideoTaskResponse, raw.post(f"/videos/generations/{queued.id}/cancel"))
equal((cancelled.id, cancelled.status), (queued.id, types.Status3.cancelled))
refused(raw.post(f"/videos/generations/{queued.id}/cancel"), 409, "conflict_error", None)

# List, newest first.
page = read(types.VideoListResponse, raw.get("/videos/generations"))
equal((page.total, [task.id for task in page.items]), (2, [queued.id, created.id]))
page = read(types.VideoListResponse, raw.get("/videos/generations", params={"status": "completed"}))
equal((page.total, [task.id for task in page.items]), (1, [created.id]))

# A failed task.
request = types.VideoGenerationRequest(model="seedance-2.5", prompt="a kite sim:moderated", output_format="mov")
failed = ended(read(types.VideoTaskResponse, send("/videos/generations", request), 202).id)
equal((failed.status, failed.error.code), (types.Status3.failed, "upstream_content_violation"))

# Models.
models = {model.id: model for model in read(types.ModelList, raw.get("/videos/models")).data}
hints = models["seedance-2.5"].capabilities
equal((hints.duration.min, hints.duration.max, hints.duration.supports_auto), (4, 30, True))
equal(hints.resolutions.values, ["480p", "720p"])

# An uploaded file.
png = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
request = types.MediaUploadPresignRequest(
    purpose="video_input_image", content_type="image/png", content_length=len(png),
    content_md5=base64.b64encode(hashlib.md5(png).digest()), checksum_sha256=hashlib.sha256(png).hexdigest(),
)  # fmt: skip
presigned = read(types.MediaUploadPresignResponse, send("/uploads/presign", request))
headers = presigned.required_headers.model_dump(by_alias=True)
put = urllib.request.Request(str(presigned.upload_url), png, headers, method=presigned.method.value)
equal(urllib.request.urlopen(put, timeout=30).status, 200)
content = [types.VideoContentItem(type="image", upload_id=presigned.upload_id, role="first_frame")]
request = types.VideoGenerationRequest(model="seedance-2.0", prompt="it moves sim:slow", content=content)
animated = read(types.VideoTaskResponse, send("/videos/generations", request), 202)
equal(animated.input_type, types.InputType.image_first_frame)

# Assets.
request = types.CreateAssetGroupRequest(GroupType="AIGC", Name="people")
envelope = read(types.PortraitEnvelope, send("/portrait/", request, Action="CreateAssetGroup", Version="2024-01-01"))
equal((envelope.response_metadata.action, envelope.response_metadata.error), ("CreateAssetGroup", None))
assert envelope.result.id.startswith("group-"), envelope
envelope = read(types.PortraitEnvelope, raw.post("/portrait/", params={"Action": "GetAsset", "Version": "2024-01-01"}, json={}))
equal(envelope.response_metadata.error.code.root.split(".")[0], "MissingParameter")

# Errors.
request = types.VideoGenerationRequest(model="seedance-2.0", prompt="a kite", duration=99)
error = refused(send("/videos/generations", request), 400, "invalid_request_error", "invalid_request", "duration")
assert error.request_id, error
refused(raw.get("/videos/generations/vgen_none"), 404, "not_found_error", None, "id")
request = types.VideoGenerationRequest(model="seedance-2.0", prompt="a kite")
refused(send("/videos/generations", request, client("sk-sim-402")), 402, "insufficient_balance", None)
refused(send("/videos/generations", request, client("sk-sim-429")), 429, "rate_limit_error", None)
# The vendor's page shows a number as the code of this error, which the SDK's types do not take.
answer = send("/videos/generations", request, client("sk-sim-401"))
equal((answer.status_code, answer.json()["error"]["code"]), (401, 401))
