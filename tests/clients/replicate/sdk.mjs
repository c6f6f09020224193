// Replicate by its SDK, npm `replicate`.

import assert from 'node:assert/strict';

import Replicate, { validateWebhook } from 'replicate';

import { BASE_URL, SECRET, checkVideo, fetchFile, receiver, rejected } from '../support.mjs';

const client = (auth) => new Replicate({ auth, baseUrl: BASE_URL });
const api = client('sk-client');
const version = 'bytedance/seedance-2.0';
const create = (input, at = api, others = {}) => at.predictions.create({ version, input, ...others });

// Create, poll, result; its webhook is signed.
const { url: webhook, event } = await receiver();
const created = await create(
  { prompt: 'a kite above the dunes', duration: 5, resolution: '480p', aspect_ratio: '1:1', generate_audio: false },
  api,
  { webhook, webhook_events_filter: ['completed'] },
);
assert.ok(['starting', 'processing'].includes(created.status), created.status);
assert.deepEqual([created.model, created.output, created.data_removed], [version, null, false]);
const done = await api.wait(created, { interval: 200 });
assert.deepEqual([done.id, done.status, done.error], [created.id, 'succeeded', null]);
assert.ok(done.metrics.predict_time > 0);
checkVideo(await fetchFile(done.output), { width: 480, height: 480, seconds: 5, audio: false });
const { headers, body } = await event;
assert.equal(await validateWebhook({ headers, body }, SECRET), true);
assert.equal(await validateWebhook({ headers, body: `${body} ` }, SECRET), false);
assert.equal(JSON.parse(body).id, created.id);

// Cancel.
const slow = await create({ prompt: 'a kite sim:slow' });
assert.equal((await api.predictions.cancel(slow.id)).status, 'canceled');
assert.equal((await api.predictions.get(slow.id)).status, 'canceled');

// List, newest first.
const pages = [];
for await (const page of api.paginate(api.predictions.list)) pages.push(...page);
assert.deepEqual(pages.map(({ id }) => id), [slow.id, created.id]);

// An uploaded file, by the client itself.
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const image = new File([Buffer.from(pixel, 'base64')], 'pixel.png', { type: 'image/png' });
const moved = await create({ prompt: 'it moves sim:slow', image });
assert.match(moved.input.image, /^http/);

// A failed prediction.
const refused = await create({ prompt: 'a kite sim:moderated' });
assert.match((await rejected(Error, api.wait(refused, { interval: 200 }))).message, /^Prediction failed: .*E005/);
const failed = await api.predictions.get(refused.id);
assert.deepEqual([failed.status, failed.output], ['failed', null]);

// Errors.
const ApiError = { name: 'ApiError' };
let error = await rejected(ApiError, create({ prompt: 'a kite', duration: 99 }));
assert.equal(error.response.status, 422);
assert.match(error.message, /input\.duration/);
error = await rejected(ApiError, api.predictions.get('0000000000000000000000none'));
assert.equal(error.response.status, 404);
error = await rejected(ApiError, create({ prompt: 'a kite' }, client('sk-sim-401')));
assert.equal(error.response.status, 401);
