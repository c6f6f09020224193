// fal by its SDK, npm `@fal-ai/client`. The queue has no list.

import assert from 'node:assert/strict';

import { ApiError, ValidationError, createFalClient } from '@fal-ai/client';

import { BASE_URL, checkVideo, fetchFile, poll, rejected } from '../support.mjs';

// The SDK has no base URL; its requests can be sent elsewhere.
const client = (credentials) =>
  createFalClient({
    credentials,
    requestMiddleware: async (request) => ({ ...request, url: request.url.replace('https://queue.fal.run', BASE_URL) }),
  });
const api = client('id:secret');
const text = 'bytedance/seedance-2.0/text-to-video';

// Create, poll, result.
const input = { duration: '5', resolution: '480p', aspect_ratio: '1:1', generate_audio: false };
const ticket = await api.queue.submit(text, { input: { prompt: 'a kite above the dunes', ...input } });
assert.equal(ticket.status, 'IN_QUEUE');
const requestId = ticket.request_id;
assert.equal(ticket.response_url, `${BASE_URL}/bytedance/seedance-2.0/requests/${requestId}`);
const early = await rejected(ApiError, api.queue.result(text, { requestId }));
assert.deepEqual([early.status, early.body.detail], [400, 'Request is still in progress']);
const seen = [];
const status = await api.queue.subscribeToStatus(text, {
  requestId,
  logs: true,
  pollInterval: 100,
  onQueueUpdate: (update) => seen.push(update.status),
});
assert.deepEqual([...new Set(seen)].slice(-2), ['IN_PROGRESS', 'COMPLETED']);
assert.ok(status.metrics.inference_time > 0);
const { data, requestId: answered } = await api.queue.result(text, { requestId });
assert.equal(answered, requestId);
const content = await fetchFile(data.video.url);
checkVideo(content, { width: 480, height: 480, seconds: 5, audio: false });
assert.ok([null, content.length].includes(data.video.file_size), data.video.file_size);

// Cancel while queued; not a request that has ended.
const slow = await api.queue.submit(text, { input: { prompt: 'a kite sim:slow' } });
await api.queue.cancel(text, { requestId: slow.request_id });
const cancelled = await poll(
  () => api.queue.status(text, { requestId: slow.request_id }),
  ({ status }) => status === 'COMPLETED',
);
assert.equal(cancelled.error_type, 'client_cancelled');
const late = await rejected(ApiError, api.queue.cancel(text, { requestId }));
assert.deepEqual([late.status, late.body], [400, { status: 'ALREADY_COMPLETED' }]);

// A failed request, submitted and awaited in one call.
const refused = await rejected(ValidationError, api.subscribe(text, { input: { prompt: 'sim:moderated' }, pollInterval: 100 }));
assert.equal(refused.fieldErrors[0].type, 'content_policy_violation');

// Errors.
const invalid = await rejected(ValidationError, api.queue.submit(text, { input: { prompt: 'a kite', duration: '99' } }));
assert.equal(invalid.status, 422);
assert.equal(invalid.getFieldErrors('duration').length, 1);
const unknown = '00000000-0000-0000-0000-000000000000';
assert.equal((await rejected(ApiError, api.queue.status(text, { requestId: unknown }))).status, 404);
const stranger = client('sk-sim-401').queue.submit(text, { input: { prompt: 'a kite' } });
assert.equal((await rejected(ApiError, stranger)).status, 401);
