"""OpenRouter by its SDK, PyPI `openrouter`. It has no calls to cancel or list, as the API has none."""

from openrouter import OpenRouter, components, errors

from support import BASE_URL, check_video, equal, poll, raised


def videos(key):
    # Without retries, which by default last for an hour.
    return OpenRouter(api_key=key, server_url=BASE_URL, retry_config=None).video_generation


api = videos("sk-or-client")


def ended(job):
    return poll(lambda: api.get_generation(job_id=job.id), lambda job: job.status not in ("pending", "in_progress"))


# Create, poll, result.
created = api.generate(
    model="bytedance/seedance-2.0", prompt="a kite above the dunes", duration=4, resolution="480p", aspect_ratio="9:16",
    generate_audio=True, seed=7, user="customer-77",
)  # fmt: skip
equal(created.status, "pending")
assert created.id in created.polling_url, created
done = ended(created)
equal((done.id, done.status, done.error), (created.id, "completed", None))
assert done.generation_id, done
assert done.usage.cost > 0, done.usage
equal(done.usage.is_byok, False)
equal(len(done.unsigned_urls), 1)
content = api.get_video_content(job_id=created.id, index=0)
equal(content.headers["content-type"], "video/mp4")
check_video(content.read(), width=480, height=854, seconds=4, audio=True)
raised(errors.NotFoundResponseError, lambda: api.get_video_content(job_id=created.id, index=1))

# A job that has not ended has no content.
slow = api.generate(model="google/veo-3.1", prompt="a kite sim:slow", duration=8, resolution="720p", aspect_ratio="16:9")
equal(api.get_generation(job_id=slow.id).status, "pending")
raised(errors.ConflictResponseError, lambda: api.get_video_content(job_id=slow.id))

# Inputs, as types of the SDK.
def image(name):
    return {"type": "image_url", "image_url": {"url": f"https://media.example.com/{name}.png"}}


framed = api.generate(
    model="bytedance/seedance-2.0", prompt="the bud opens sim:slow", duration=5,
    frame_images=[image("a") | {"frame_type": "first_frame"}, image("b") | {"frame_type": "last_frame"}],
)  # fmt: skip
equal(framed.status, "pending")
references = [
    image("puppet"),
    {"type": "video_url", "video_url": {"url": "https://media.example.com/wave.mp4"}},
    {"type": "audio_url", "audio_url": {"url": "https://media.example.com/bell.mp3"}},
]
equal(api.generate(model="bytedance/seedance-2.0-fast", prompt="sim:slow", input_references=references).status, "pending")

# A failed job.
failed = ended(api.generate(model="bytedance/seedance-2.0", prompt="a kite sim:moderated"))
equal(failed.status, "failed")
assert failed.error, failed
equal(failed.unsigned_urls, None)

# Models.
models = {model.id: model for model in api.list_videos_models().data}
veo = models["google/veo-3.1"]
assert isinstance(veo, components.VideoModel), veo
equal(veo.supported_durations, [4, 6, 8])
equal(set(veo.supported_frame_images), {"first_frame", "last_frame"})

# Errors.
error = raised(errors.BadRequestResponseError, lambda: api.generate(model="google/veo-3.1", prompt="a kite", duration=5))
equal((error.data.error.code, error.data.error.metadata["error_type"]), (400, "invalid_request"))
assert "duration" in error.message, error.message
raised(errors.NotFoundResponseError, lambda: api.get_generation(job_id="gen-vid-1-none"))
error = raised(errors.UnauthorizedResponseError, lambda: videos("sk-sim-401").generate(model="google/veo-3.1", prompt="a kite"))
equal(error.data.error.code, 401)
raised(errors.PaymentRequiredResponseError, lambda: videos("sk-sim-402").generate(model="google/veo-3.1", prompt="a kite"))
raised(errors.TooManyRequestsResponseError, lambda: videos("sk-sim-429").generate(model="google/veo-3.1", prompt="a kite"))
