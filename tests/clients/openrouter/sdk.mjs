// OpenRouter by its SDK, npm `@openrouter/sdk`. It has no calls to cancel or list, as the API has none.

import assert from 'node:assert/strict';

import { OpenRouter } from '@openrouter/sdk';
import * as errors from '@openrouter/sdk/models/errors';

import { BASE_URL, checkVideo, poll, rejected } from '../support.mjs';

// Without retries, which by default last for an hour.
const videos = (apiKey) => new OpenRouter({ apiKey, serverURL: BASE_URL, retryConfig: { strategy: 'none' } }).videoGeneration;
const api = videos('sk-or-client');
const create = (videoGenerationRequest, at = api) => at.generate({ videoGenerationRequest });
const ended = ({ id }) =>
  poll(() => api.getGeneration({ jobId: id }), ({ status }) => !['pending', 'in_progress'].includes(status));

// Create, poll, result.
const created = await create({
  model: 'bytedance/seedance-2.0',
  prompt: 'a kite above the dunes',
  duration: 5,
  resolution: '480p',
  aspectRatio: '1:1',
  generateAudio: false,
});
assert.equal(created.status, 'pending');
assert.ok(created.pollingUrl.includes(created.id), created.pollingUrl);
const done = await ended(created);
assert.deepEqual([done.id, done.status, done.error], [created.id, 'completed', undefined]);
assert.ok(done.generationId);
assert.ok(done.usage.cost > 0);
assert.equal(done.unsignedUrls.length, 1);
const stream = await api.getVideoContent({ jobId: created.id, index: 0 });
const content = new Uint8Array(await new Response(stream).arrayBuffer());
checkVideo(content, { width: 480, height: 480, seconds: 5, audio: false });

// The content has no other address than OpenRouter's, which needs the key.
assert.equal((await fetch(done.unsignedUrls[0])).status, 401);
const withKey = await fetch(done.unsignedUrls[0], { headers: { authorization: 'Bearer sk-or-client' } });
assert.deepEqual(new Uint8Array(await withKey.arrayBuffer()), content);

// A failed job.
const failed = await ended(await create({ model: 'bytedance/seedance-2.0', prompt: 'a kite sim:fail' }));
assert.equal(failed.status, 'failed');
assert.ok(failed.error);

// Models.
const { data } = await api.listVideosModels();
const veo = data.find((model) => model.id === 'google/veo-3.1');
assert.deepEqual(veo.supportedDurations, [4, 6, 8]);

// Errors.
let error = await rejected(errors.BadRequestResponseError, create({ model: 'google/veo-3.1', prompt: 'a', duration: 5 }));
assert.equal(error.statusCode, 400);
assert.equal(error.error.metadata.error_type, 'invalid_request');
await rejected(errors.NotFoundResponseError, api.getGeneration({ jobId: 'gen-vid-1-none' }));
error = await rejected(errors.UnauthorizedResponseError, create({ model: 'google/veo-3.1', prompt: 'a' }, videos('sk-sim-401')));
assert.equal(error.error.code, 401);
await rejected(errors.TooManyRequestsResponseError, create({ model: 'google/veo-3.1', prompt: 'a' }, videos('sk-sim-429')));
