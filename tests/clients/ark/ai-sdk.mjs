// ModelArk by the AI SDK's provider, npm `@ai-sdk/bytedance`. It creates and polls; it neither cancels nor lists.

import assert from 'node:assert/strict';

import { createByteDance } from '@ai-sdk/bytedance';
import { APICallError, AISDKError } from '@ai-sdk/provider';
import { experimental_generateVideo as generateVideo } from 'ai';

import { BASE_URL, checkVideo, fetchFile, rejected } from '../support.mjs';

// By itself, it downloads no file from this machine.
const download = async ({ url }) => ({ data: await fetchFile(url), mediaType: 'video/mp4' });

function generate(prompt, options, apiKey = 'sk-client') {
  const model = createByteDance({ baseURL: BASE_URL, apiKey }).video('seedance-1-5-pro-251215');
  const { bytedance, ...others } = options;
  const providerOptions = { bytedance: { pollIntervalMs: 200, ...bytedance } };
  return generateVideo({ model, prompt, maxRetries: 0, download, providerOptions, ...others });
}

// Create, poll, result.
const { video, warnings, providerMetadata } = await generate('a kite above the dunes', {
  aspectRatio: '9:16',
  resolution: '480p',
  duration: 5,
  seed: 7,
  bytedance: { generateAudio: false, cameraFixed: true, watermark: false },
});
assert.deepEqual(warnings, []);
assert.match(providerMetadata.bytedance.taskId, /^cgt-/);
// The size that is billed; the simulator's clip is a little smaller.
assert.equal(providerMetadata.bytedance.usage.completion_tokens, (496 * 864 * 24 * 5) / 1024);
checkVideo(video.uint8Array, { width: 480, height: 854, seconds: 5, audio: false });

// Frames, one of them in the request.
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const { video: between } = await generate(
  { image: Buffer.from(pixel, 'base64'), text: 'the bud opens' },
  { resolution: '480p', aspectRatio: '1:1', duration: 4, bytedance: { lastFrameImage: 'https://media.example.com/b.png' } },
);
checkVideo(between.uint8Array, { width: 480, height: 480, seconds: 4, audio: true });

// A failed task.
const failed = await rejected(AISDKError, generate('a kite sim:moderated', {}));
assert.equal(failed.name, 'BYTEDANCE_VIDEO_GENERATION_FAILED');
assert.match(failed.message, /"status":"failed"/);

// Errors.
let error = await rejected(APICallError, generate('a kite', { duration: 99 }));
assert.equal(error.statusCode, 400);
assert.match(error.message, /duration/);
assert.equal(error.data.error.code, 'InvalidParameter');
error = await rejected(APICallError, generate('a kite', {}, 'sk-sim-401'));
assert.equal(error.statusCode, 401);
assert.equal(error.data.error.code, 'AuthenticationError');
error = await rejected(APICallError, generate('a kite', {}, 'sk-sim-429'));
assert.equal(error.statusCode, 429);
assert.equal(error.isRetryable, true);
