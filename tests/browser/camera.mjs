// The camera of somebody who stands before a printed badge: a browser whose only camera shows a file with its code.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { startBrowser } from './house.mjs';
import { follow, go, look, visit } from './visit.mjs';

const width = 640;
const height = 480;

/// The picture in the middle of a white wall, as a video of one frame (YUV4MPEG2, 4:2:0 without colour).
function video(png) {
  const picture = PNG.sync.read(png);
  const light = Buffer.alloc(width * height, 235);
  const [left, top] = [Math.floor((width - picture.width) / 2), Math.floor((height - picture.height) / 2)];
  for (let y = 0; y < picture.height; y += 1)
    for (let x = 0; x < picture.width; x += 1) light[(top + y) * width + left + x] = 16 + Math.round((picture.data[4 * (y * picture.width + x)] * 219) / 255);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F25:1 Ip A1:1 C420jpeg\nFRAME\n`), light, Buffer.alloc((width * height) / 2, 128)]);
}

/// Needs a claimed badge in force.
export async function camera(visitor) {
  const { house } = visitor;
  const rows = (await house.request('GET', '/api/v1/credentials?limit=500', { token: house.facts.tokens.admin })).json.data;
  const row = rows.find((one) => one.claimState === 'claimed' && one.status === 'active');
  await go(visitor, row.shareUrl);
  const folder = mkdtempSync(join(tmpdir(), 'itqan-camera-'));
  const file = join(folder, 'code.y4m');
  writeFileSync(file, video(await visitor.page.locator('.qr .square img').screenshot()));
  const browser = await startBrowser(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`]);
  try {
    await visit(house, browser, { name: 'the camera', language: visitor.language, size: visitor.size }, async (scanner) => {
      const { page } = scanner;
      await go(scanner, '/verify');
      const button = page.locator('[data-camera]');
      await button.click();
      await page.waitForFunction(() => document.querySelector('video.camera').videoWidth > 0);
      await look(scanner, 'camera');
      // Where the browser scans by itself the page has left already.
      if (await button.count()) await follow(scanner, '[data-camera]');
      assert.match(await page.getAttribute('.verdict', 'class'), /good/);
    });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
