// Helpers of the tests in Node.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

/** The base URL of the vendor under test at the simulator. */
export const BASE_URL = process.argv[2];
/** The secret of the webhooks that the simulator signs. */
export const SECRET = 'whsec_c2ltdWxhdG9y';

/** Calls `get` until its value is done, and returns that. */
export async function poll(get, isDone, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  let value;
  while (Date.now() < end) {
    value = await get();
    if (isDone(value)) return value;
    await setTimeout(200);
  }
  assert.fail(`not done after ${seconds} s: ${JSON.stringify(value)}`);
}

/** The error of exactly this kind that a promise is rejected with. */
export async function rejected(kind, promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    assert.equal(error?.constructor?.name, kind.name, `expected ${kind.name}, got ${error?.stack}`);
    return error;
  }
  assert.fail(`expected ${kind.name}, got ${JSON.stringify(value)}`);
}

/** The content of a file, requested without a key. */
export async function fetchFile(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Checks an MP4 file by ffprobe. */
export function checkVideo(content, { width, height, seconds, audio }) {
  const folder = mkdtempSync(join(tmpdir(), 'videogen-client-'));
  try {
    const file = join(folder, 'video.mp4');
    writeFileSync(file, content);
    const shown = execFileSync('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', file], { encoding: 'utf8' });
    const streams = Object.fromEntries(JSON.parse(shown).streams.map((stream) => [stream.codec_type, stream]));
    const { codec_name, width: w, height: h, duration } = streams.video;
    assert.deepEqual([codec_name, w, h], ['h264', width, height]);
    assert.equal(Math.round(duration * 10) / 10, seconds);
    assert.equal('audio' in streams, audio);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Receives webhooks at `url`; `event` is the first one. */
export async function receiver() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const event = once(server, 'request').then(async ([request, response]) => {
    const body = await text(request);
    response.writeHead(204).end();
    server.close();
    return { headers: request.headers, body };
  });
  return { url: `http://127.0.0.1:${server.address().port}/`, event };
}
