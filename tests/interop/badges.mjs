// Badges of the product itself, as a stranger gets them: files, keys and status lists over https.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { verify, verifyCredential } from '@digitalbazaar/vc';
import * as jose from 'jose';
import { PNG } from 'pngjs';
import { changed, documents } from './documents.mjs';
import { granted } from './house.mjs';
import { loader } from './loader.mjs';
import { ours } from './ours.mjs';
import { presenting } from './presentations.mjs';
import { assertRefused, assertVerified, notRevoked, signature2020, suites, theirs } from './theirs.mjs';

const issuerId = 'nakhla';
const achievementId = 'ach-01';
const registered = ['iss', 'sub', 'jti', 'nbf', 'exp', 'iat'];
const without = (object, members) => Object.fromEntries(Object.entries(object).filter(([name]) => !members.includes(name)));

export async function badges(house, check) {
  const us = ours(house);
  const { admin } = house.facts.tokens;
  const suite = new DataIntegrityProof({ cryptosuite });
  /// With the status list as it is served now.
  const judge = (credential) => verifyCredential({ credential: structuredClone(credential), suite, documentLoader: loader({ house }), checkStatus: notRevoked });
  const award = awarding(house);
  const badge = await claimed(house, await award());
  const other = await claimed(house, await award());
  const file = async (row, ending, type) => {
    const answer = await house.request('GET', `/credentials/${row.id}${ending}`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.type, type);
    return answer;
  };
  const document = async (row) => (await file(row, '.json', 'application/vc')).json;

  await check('a badge of the product: its .json with @digitalbazaar/vc, keys and status over https', async () => {
    const credential = await document(badge);
    assert.equal(credential.id, badge.url);
    assert.match(credential.issuer.id, /^did:web:localhost%3A\d+:issuers:/);
    assert.equal(credential.credentialStatus.type, 'BitstringStatusListEntry');
    const result = assertVerified(await judge(credential));
    assert.deepEqual(result.statusResult.results.map(({ status }) => status), [false]);
    assertRefused(await judge(changed(credential, '/credentialSubject/achievement/name')), /Invalid signature/);
  });

  await check('a badge of the product: its .jwt with jose and the key at kid', async () => {
    const token = (await file(badge, '.jwt', 'application/vc+jwt')).text;
    const { payload } = await verifyToken(house, token, 'RS256');
    assert.deepEqual(without(payload, registered), without(await document(badge), ['proof']));
  });

  await check('a badge of the product: its .png is a picture that carries the same bytes', async () => {
    const { bytes } = await file(badge, '.png', 'image/png');
    assert.ok(PNG.sync.read(bytes).width >= 90);
    assert.deepEqual(carried(bytes), [(await file(badge, '.json', 'application/vc')).text]);
  });

  await check('a badge of the product: presented with a proof of a holder, to @digitalbazaar/vc and to us', async () => {
    const { issuers } = await granted(house.request('GET', '/vc-api/issuers'), 200);
    const holder = issuers.find(({ profile }) => profile === 'eddsa-rdfc-2022').id;
    const asked = { challenge: 'z8Jt4-challenge', domain: 'https://employer.example' };
    const signed = await us.prove(presenting(holder, [await document(badge)]), asked);
    const present = (presentation, expected) => verify({ presentation: structuredClone(presentation), suite, documentLoader: loader({ house }), checkStatus: notRevoked, ...expected });
    assertVerified(await present(signed, asked));
    assertRefused(await present(signed, { ...asked, challenge: 'another' }), /challenge is not as expected/);
    await us.acceptsPresentation(signed, asked);
    const forged = changed(signed, '/verifiableCredential/0/credentialSubject/achievement/name');
    assertRefused(await present(forged, asked), /Invalid signature/);
    await us.refusesPresentation(forged, asked);
  });

  await check('a badge of the product: its issuer changes keys, and the one before and the next verify', async () => {
    for (const type of ['ed25519', 'rsa']) house.command('key', 'rotate', '--issuer', issuerId, '--type', type);
    const next = await claimed(house, await award('?proof=jwt'));
    const methods = [];
    for (const row of [badge, next]) {
      const credential = await document(row);
      methods.push(credential.proof.verificationMethod);
      assertVerified(await judge(credential));
      await verifyToken(house, (await file(row, '.jwt', 'application/vc+jwt')).text, 'RS256');
    }
    assert.notEqual(methods[0], methods[1]);
  });

  await check('a badge of the product: withdrawn, and its status is seen by @digitalbazaar/vc-bitstring-status-list', async () => {
    const credential = await document(badge);
    await us.accepts(credential);
    await granted(house.post(`/api/v1/credentials/${badge.id}/revoke`, { reason: 'issued-in-error' }, admin), 200);
    let result = await judge(credential);
    for (const end = Date.now() + 10_000; result.verified && Date.now() < end; result = await judge(credential)) await new Promise((next) => setTimeout(next, 200));
    assert.equal(result.verified, false, 'the served list does not say it');
    assert.deepEqual(result.results.map(({ verified }) => verified), [true], 'the proof stays good');
    assert.deepEqual(result.statusResult.results.map(({ status }) => status), [true]);
    await us.refuses(credential, /status-revoked/);
    assertVerified(await judge(await document(other)));
  });
}

/// What people without the VC-API ask: POST /api/v1/verify, as the page /verify does.
export async function strangers(house, check) {
  const verdict = async (credential) => granted(house.post('/api/v1/verify', { input: JSON.stringify(credential) }), 200);
  for (const [name, suite] of Object.entries({ ...suites, Ed25519Signature2020: signature2020 }))
    await check(`${name}, a badge of theirs: with the product's verifier`, async () => {
      const them = await theirs(suite);
      const { credentialStatus, ...credential } = documents['Open Badges 3.0'].make(them.did);
      const signed = await them.issue(credential);
      assert.equal((await verdict(signed)).headlineCode, 'valid');
      const forged = await verdict(changed(signed, '/credentialSubject/result/0/value'));
      assert.equal(forged.verdict, 'invalid');
      assert.deepEqual(forged.checks.filter(({ outcome }) => outcome === 'fail').map(({ code }) => code), ['proof.bad-signature']);
    });
}

/// The product signs its tokens with one kind of key, RS256 unless it is told otherwise.
export const tokensOf = (alg) => async (house, check) => {
  await check(`a badge of the product: its .jwt with jose, ${alg}`, async () => {
    const { jwt } = await awarding(house)('?proof=jwt');
    await verifyToken(house, jwt, alg);
  });
};

/// With the JWK that the address in `kid` answers with, which the issuer's DID document lists.
async function verifyToken(house, token, alg) {
  const header = jose.decodeProtectedHeader(token);
  assert.equal(header.alg, alg);
  assert.ok(header.kid.startsWith(house.base + '/'), header.kid);
  const jwk = await granted(house.request('GET', new URL(header.kid).pathname), 200);
  const key = await jose.importJWK(jwk, alg);
  const verified = await jose.compactVerify(token, key);
  const payload = JSON.parse(new TextDecoder().decode(verified.payload));
  const slug = payload.issuer.id.split(':').pop();
  const did = await granted(house.request('GET', `/issuers/${slug}/did.json`), 200);
  assert.equal(did.id, payload.issuer.id);
  const [head, body, signed] = token.split('.');
  const other = Buffer.from(JSON.stringify({ ...payload, name: payload.name + '!' })).toString('base64url');
  await assert.rejects(jose.compactVerify([head, other, signed].join('.'), key), jose.errors.JWSSignatureVerificationFailed);
  return { payload };
}

/// Awards one achievement by hand, each time to a learner who has no badge of it yet, as its issuer does.
function awarding(house) {
  const learners = Object.keys(house.facts.tokens.learner);
  return async (query = '') => {
    for (;;) {
      const learnerId = learners.shift();
      assert.ok(learnerId, 'everybody has it');
      const answer = await house.post('/api/v1/credentials' + query, { achievementId, learnerId }, house.facts.tokens.issuer[issuerId]);
      if (answer.status === 201) return answer.json;
      assert.equal(answer.json.code, 'already-awarded', answer.text);
    }
  };
}

/// Follows the link of the mail that the award sent, as the learner does: what is not claimed is nobody else's to see.
async function claimed(house, row) {
  const folder = join(house.data, 'mail');
  const mail = () => readdirSync(folder).filter((name) => /^[^.].*\.eml$/.test(name)).map((name) => readFileSync(join(folder, name), 'latin1')).find((text) => text.includes(`<${row.learnerId}@`));
  for (const end = Date.now() + 10_000; !mail(); await new Promise((next) => setTimeout(next, 50))) assert.ok(Date.now() < end, 'no mail for ' + row.learnerId);
  const parts = [...mail().matchAll(/base64\r?\n\r?\n([\w+/=\s]+)/g)].map(([, part]) => Buffer.from(part, 'base64').toString());
  const [, link] = parts.join().match(/https:\/\/localhost:\d+(\/claim\/[\w-]+)/);
  const answer = await house.submit(link, { action: 'claim', visibility: 'link', language: 'en', credential: row.id });
  assert.equal(answer.status, 303, answer.text);
  return row;
}

/// The texts of the iTXt chunks named openbadgecredential (Open Badges 3.0, section 5.3.1), uncompressed.
function carried(png) {
  const texts = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const size = png.readUInt32BE(at);
    const chunk = png.subarray(at + 8, at + 8 + size);
    const keyword = 'openbadgecredential\0';
    if (png.toString('latin1', at + 4, at + 8) !== 'iTXt' || !chunk.toString('latin1').startsWith(keyword)) continue;
    assert.equal(chunk[keyword.length], 0, 'is not compressed');
    const [, , text] = split(chunk.subarray(keyword.length + 2), 2);
    texts.push(text.toString('utf8'));
  }
  return texts;
}

/// The parts before the first `count` zeros, and the rest.
function split(bytes, count) {
  const parts = [];
  for (; count > 0; count -= 1) {
    const end = bytes.indexOf(0);
    parts.push(bytes.subarray(0, end));
    bytes = bytes.subarray(end + 1);
  }
  return [...parts, bytes];
}
