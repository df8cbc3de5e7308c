// Starts the program in a folder of its own, on a port that is free.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/// A server without tokens for the VC-API; `profiles` are its issuers by name.
export async function startConformance() {
  const house = await start('conformance', ['--json'], {}, (house) => JSON.parse(house.printed()));
  house.profiles = Object.fromEntries(house.facts.issuers.map((issuer) => [issuer.profile, issuer]));
  return house;
}

/// The product with its programme of invented people. `environment`: its configuration, ITQAN_*.
export async function startDemo({ environment = {} } = {}, ...options) {
  const house = await start('demo', ['--quiet', ...options], environment, (house) => JSON.parse(readFileSync(join(house.data, 'demo.json'), 'utf8')));
  house.command = (...words) => JSON.parse(execFileSync(process.env.ITQAN, [...words, '--data', house.data, '--json']).toString());
  return house;
}

async function start(command, options, environment, readFacts) {
  const folder = mkdtempSync(join(tmpdir(), 'itqan-interop-'));
  const port = await freePort();
  const data = join(folder, 'data');
  const child = spawn(process.env.ITQAN, [command, '--data', data, '--listen', `127.0.0.1:${port}`, ...options], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  process.once('exit', () => child.kill());
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (complaints += text));
  const ended = new Promise((done) => child.once('exit', done));
  /// In MiB: what the program holds now.
  const memory = () => Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
  const house = { data, port, memory, base: `https://localhost:${port}`, printed: () => printed };
  house.request = requester(house);
  house.post = (path, body, token) => house.request('POST', path, { body, token });
  house.submit = (path, fields) => house.request('POST', path, { form: new URLSearchParams(fields).toString() });
  house.stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = Date.now() + 60_000; ; ) {
    try {
      house.facts = readFacts(house);
      house.ca = readFileSync(house.facts.caCertificate);
      if ((await house.request('GET', '/readyz')).status === 200) return house;
    } catch { /* not yet */ }
    if (child.exitCode !== null || Date.now() > end) {
      await house.stop();
      throw new Error(`itqan ${command} did not become ready:\n${complaints}`);
    }
    await new Promise((next) => setTimeout(next, 100));
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

function requester(house) {
  return (method, path, { token, body, form } = {}) =>
    new Promise((resolve, reject) => {
      const text = form ?? (body && JSON.stringify(body));
      const headers = text && { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json', 'content-length': Buffer.byteLength(text), origin: house.base };
      if (token) headers.authorization = 'Bearer ' + token;
      const request = https.request({ host: 'localhost', port: house.port, method, path, ca: house.ca, headers }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve({ status: answer.statusCode, type: answer.headers['content-type'], bytes, text: bytes.toString(), get json() { return JSON.parse(bytes.toString()); } });
        });
      });
      request.on('error', reject);
      request.end(text);
    });
}

/// The answer to a request that must succeed.
export async function granted(request, status) {
  const answer = await request;
  assert.equal(answer.status, status, answer.text);
  return answer.json;
}
