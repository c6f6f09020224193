"""ModelArk by BytePlus's SDK, PyPI `byteplus-python-sdk-v2`."""

from support import BASE_URL, check_video, equal, fetch, poll, raised


def check(sdk, errors, model):
    """Volcengine's SDK is the same under another name."""
    client = sdk(base_url=BASE_URL, api_key="sk-client", max_retries=0)
    tasks = client.content_generation.tasks
    text = [{"type": "text", "text": "a kite above the dunes"}]
    slow = [{"type": "text", "text": "a kite in the rain sim:slow"}]

    # Create, poll, result. It sends each parameter that is not given as null.
    created = tasks.create(
        model=model, content=text, resolution="480p", ratio="16:9", duration=4, generate_audio=True,
        return_last_frame=True,
    )  # fmt: skip
    assert created.id.startswith("cgt-"), created.id
    first = tasks.get(task_id=created.id)
    assert first.status in ("queued", "running"), first.status
    equal((first.id, first.model), (created.id, model))
    done = poll(lambda: tasks.get(task_id=created.id), lambda task: task.status not in ("queued", "running"))
    equal(done.status, "succeeded")
    equal((done.resolution, done.ratio, done.duration, done.framespersecond), ("480p", "16:9", 4, 24))
    equal((done.generate_audio, done.draft), (True, False))
    assert done.updated_at > done.created_at > 1_600_000_000, (done.created_at, done.updated_at)
    # The size that is billed; the simulator's clip is a little smaller.
    equal(done.usage.completion_tokens, 864 * 496 * 24 * 4 // 1024)
    check_video(fetch(done.content.video_url), width=854, height=480, seconds=4, audio=True)
    equal(fetch(done.content.last_frame_url)[:4], b"\x89PNG")

    # Cancel while queued; not twice.
    queued = tasks.create(model=model, content=slow)
    tasks.delete(task_id=queued.id)
    equal(tasks.get(task_id=queued.id).status, "cancelled")
    equal(raised(errors.ArkBadRequestError, lambda: tasks.delete(task_id=queued.id)).status_code, 400)

    # List, newest first.
    page = tasks.list(page_num=1, page_size=1)
    equal((page.total, [task.id for task in page.items]), (2, [queued.id]))
    page = tasks.list(page_num=2, page_size=1)
    equal((page.total, [task.id for task in page.items]), (2, [created.id]))
    page = tasks.list(status="succeeded")
    equal((page.total, [task.id for task in page.items]), (1, [created.id]))

    # A failed task.
    refused = tasks.create(model=model, content=[{"type": "text", "text": "a kite sim:moderated"}])
    failed = poll(lambda: tasks.get(task_id=refused.id), lambda task: task.status not in ("queued", "running"))
    equal((failed.status, failed.error.code), ("failed", "OutputVideoSensitiveContentDetected"))

    # Delete the record of a finished task.
    tasks.delete(task_id=created.id)
    gone = raised(errors.ArkNotFoundError, lambda: tasks.get(task_id=created.id))
    equal((gone.status_code, gone.code), (404, "NotFound.Task"))

    # Errors.
    error = raised(errors.ArkBadRequestError, lambda: tasks.create(model=model, content=text, duration=99))
    equal((error.status_code, error.code, error.param), (400, "InvalidParameter", "duration"))
    error = raised(errors.ArkNotFoundError, lambda: tasks.get(task_id="cgt-20200101000000-none"))
    equal(error.code, "NotFound.Task")
    stranger = sdk(base_url=BASE_URL, api_key="sk-sim-401", max_retries=0).content_generation.tasks
    error = raised(errors.ArkAuthenticationError, lambda: stranger.create(model=model, content=text))
    equal((error.status_code, error.code), (401, "AuthenticationError"))
    busy = sdk(base_url=BASE_URL, api_key="sk-sim-429", max_retries=0).content_generation.tasks
    error = raised(errors.ArkRateLimitError, lambda: busy.create(model=model, content=text))
    equal((error.status_code, error.code), (429, "ModelAccountRpmRateLimitExceeded"))


if __name__ == "__main__":
    from byteplussdkarkruntime import Ark, _exceptions

    check(Ark, _exceptions, "dreamina-seedance-2-0-260128")
