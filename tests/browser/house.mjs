// Starts the program with its demo in a folder of its own, and a browser beside it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import https from 'node:https';
import { chromium } from 'playwright-core';

export const pictures = new URL('../../out/pictures/', import.meta.url).pathname;
mkdirSync(pictures, { recursive: true });

export async function startDemo({ port = 18443, options = [] } = {}) {
  const data = join(mkdtempSync(join(tmpdir(), 'itqan-browser-')), 'data');
  const child = spawn(process.env.ITQAN, ['demo', '--data', data, '--listen', `127.0.0.1:${port}`, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise((done) => child.once('exit', (code, signal) => {
    said += `\nended with ${signal ?? code}\n`;
    done();
  }));
  const base = `https://localhost:${port}`;
  const house = { base, data, port, child, said: () => said };
  house.request = requester(house);
  for (const end = Date.now() + 30_000; ; ) {
    if (child.exitCode !== null) throw new Error('the demo ended by itself:\n' + said);
    try {
      house.facts = JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'));
      house.ca = readFileSync(house.facts.caCertificate);
      if ((await house.request('GET', '/readyz')).status === 200) break;
    } catch { /* not yet */ }
    if (Date.now() > end) throw new Error('the demo did not become ready:\n' + said);
    await new Promise((next) => setTimeout(next, 100));
  }
  // Mail leaves in the background. The folder is asked, not the page: who lists the mails must find them at once.
  house.mailTo = async (address) => {
    const folder = join(data, 'mail');
    const isThere = () => readdirSync(folder).some((name) => name.endsWith('.eml') && readFileSync(join(folder, name), 'latin1').includes(`<${address}>`));
    for (const end = Date.now() + 10_000; !isThere(); await new Promise((next) => setTimeout(next, 20)))
      if (Date.now() > end) throw new Error('no mail arrived for ' + address);
  };
  house.stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) console.log('The demo ended by itself:\n' + said);
    child.kill('SIGTERM');
    await ended;
    rmSync(join(data, '..'), { recursive: true, force: true });
  };
  return house;
}

function requester(house) {
  return (method, path, { token, body, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const request = https.request(
        { host: 'localhost', port: house.port, method, path, ca: house.ca, headers: { ...(token && { authorization: 'Bearer ' + token }), ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers } },
        (answer) => {
          const parts = [];
          answer.on('data', (part) => parts.push(part));
          answer.on('end', () => {
            const bytes = Buffer.concat(parts);
            resolve({ status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString(), get json() { return JSON.parse(bytes.toString()); } });
          });
        });
      request.on('error', reject);
      request.end(text);
    });
}

export async function startBrowser(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
  });
}
