// Issuers with a did:web of their own, on a server beside ours: the product asks it for keys, status lists and a registry
// in the form of the Digital Credentials Consortium, over its guarded way out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { createCredential, createList } from '@digitalbazaar/vc-bitstring-status-list';
import * as jose from 'jose';
import { changed, documents } from './documents.mjs';
import { granted, startDemo } from './house.mjs';
import { loader } from './loader.mjs';

/// A web server whose pages are JSON documents by path, whatever the query.
async function openWeb() {
  const folder = mkdtempSync(join(tmpdir(), 'itqan-elsewhere-'));
  const authority = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', authority], { stdio: 'ignore' });
  const pages = new Map();
  const server = https.createServer({ cert: readFileSync(authority), key: readFileSync(key) }, (request, answer) => {
    const page = pages.get(request.url.split('?')[0]);
    answer.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    answer.end(page === undefined ? '{}' : JSON.stringify(page));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { pages, authority, host: `localhost:${port}`, base: `https://localhost:${port}`, close };
}

const seconds = (instant) => Math.floor(Date.parse(instant) / 1000);

/// An issuer on that server, with a key for embedded proofs, one for tokens and a status list.
async function openSchool(web, slug) {
  const did = `did:web:${web.host.replace(':', '%3A')}:schools:${slug}`;
  const key = await Ed25519Multikey.generate({ id: did + '#proof', controller: did });
  const token = await jose.generateKeyPair('ES256');
  const document = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [
      await key.export({ publicKey: true, includeContext: false }),
      { id: did + '#token', type: 'JsonWebKey', controller: did, publicKeyJwk: await jose.exportJWK(token.publicKey) },
    ],
    assertionMethod: [did + '#proof', did + '#token'],
  };
  web.pages.set(`/schools/${slug}/did.json`, document);
  const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
  const prove = (credential) => vc.issue({ credential, suite, documentLoader: loader() });
  const list = `/schools/${slug}/status`;
  const publish = async (set) => {
    const bits = await createList({ length: 131_072 });
    for (const index of set) bits.setStatus(index, true);
    const unsigned = await createCredential({ id: web.base + list, list: bits, statusPurpose: 'revocation' });
    web.pages.set(list, await prove({ ...unsigned, issuer: did, validFrom: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z') }));
  };
  await publish([]);
  return {
    did, document, prove, publish,
    badge(index) {
      const badge = documents['Open Badges 3.0'].make(did);
      badge.issuer.url = `${web.base}/schools/${slug}`;
      badge.credentialStatus = { id: `${web.base}${list}#${index}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: String(index), statusListCredential: web.base + list };
      return badge;
    },
    // With the claims that Open Badges 3.0 section 8.2.4.1 asks for.
    sign: (credential) => new jose.SignJWT({ ...credential, iss: did, jti: credential.id, sub: credential.credentialSubject.id, nbf: seconds(credential.validFrom), exp: seconds(credential.validUntil) }).setProtectedHeader({ alg: 'ES256', kid: did + '#token', typ: 'vc+jwt' }).sign(token.privateKey),
  };
}

/// The public validator's web of Open Badges 2.0, on our server under its name. What was signed cannot be renamed: those
/// samples are judged in service/verification.
async function publishedWeb(web, check) {
  const vectors = join(process.env.ITQAN_SHARED ?? new URL('../../../shared', import.meta.url).pathname, 'vectors');
  if (!existsSync(vectors)) return console.log('     the published samples are not there: their web is not served');
  const text = (file) => readFileSync(join(vectors, file), 'utf8').replaceAll(/https?:\/\/(www\.)?example\.org/g, web.base).replaceAll('"example.org"', `"${web.host}"`);
  const renamed = (file) => JSON.parse(text(file));
  const assets = 'validator/ob20/assets';
  // Some hold the address of a context instead of a document.
  for (const name of readdirSync(join(vectors, assets)).filter((one) => one.endsWith('.json') && text(`${assets}/${one}`).trim().startsWith('{'))) web.pages.set('/' + name, renamed(`${assets}/${name}`));
  const { entries } = JSON.parse(readFileSync(join(vectors, 'manifest.json'), 'utf8'));
  const house = await startDemo({ environment: { ITQAN_OUTBOUND_ALLOW: web.host, ITQAN_OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8', ITQAN_OUTBOUND_CA_FILE: web.authority } }, '--allow-outbound');
  // By which check: the table that the other tests read too.
  const table = readFileSync(new URL('../vectors/README.md', import.meta.url), 'utf8');
  const checkOf = (file) => table.match(new RegExp(`^\\| \`${file.replaceAll('.', '\\.')}\` \\|[^|]*\\|[^|]*\\| *\`?([a-z-]*)\`? *\\|`, 'm'))[1];
  const verdicts = { valid: 'valid', 'valid-with-warnings': 'warning', invalid: 'invalid', 'valid-historic': 'invalid' };
  for (const { file, expected } of entries.filter(({ spec, file, kind }) => spec === 'OB-2.0' && file.endsWith('.json') && /hosted/.test(kind)))
    await check(`elsewhere: ${file} is ${expected}, asked for on its own server`, async () => {
      const sample = renamed(file);
      web.pages.set(new URL(sample.id).pathname, sample);
      const report = await granted(house.post('/api/v1/verify', { input: JSON.stringify(sample) }), 200);
      assert.equal(report.verdict, verdicts[expected], JSON.stringify(report.checks.filter(({ outcome }) => !['pass', 'absent'].includes(outcome))));
      const named = checkOf(file);
      if (named) assert.match(report.checks.find(({ id }) => id === named).outcome, /fail|warn/, named);
      assert.equal(Boolean(named), expected !== 'valid');
      assert.ok(report.exceptions.includes('allow ' + web.host), String(report.exceptions));
    });
  await house.stop();
}

export async function elsewhere(check) {
  const web = await openWeb();
  const [nursing, unheard] = [await openSchool(web, 'nursing'), await openSchool(web, 'unheard')];
  web.pages.set('/registry.json', { meta: { created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z' }, registry: { [nursing.did]: { name: 'Example Hospital', location: 'Cairo', url: web.base } } });
  const asking = (registries) => startDemo({ environment: { ITQAN_OUTBOUND_ALLOW: web.host, ITQAN_OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8', ITQAN_OUTBOUND_CA_FILE: web.authority, ITQAN_TRUST_REGISTRIES: registries } }, '--allow-outbound');
  const house = await asking(`${web.base}/registry.json Consortium`);
  const report = (input, at = house) => granted(at.post('/api/v1/verify', { input: typeof input === 'string' ? input : JSON.stringify(input) }), 200);
  const of = ({ checks }, id) => checks.find((one) => one.id === id);
  const failing = ({ checks }) => checks.filter(({ outcome }) => outcome === 'fail').map(({ code }) => code);

  const signed = { '@digitalbazaar/vc': (badge) => nursing.prove(badge), jose: (badge) => nursing.sign(badge) };
  const tampered = {
    '@digitalbazaar/vc': async (badge) => changed(await nursing.prove(badge), '/credentialSubject/result/0/value'),
    jose: async (badge) => {
      const [head, , signature] = (await nursing.sign(badge)).split('.');
      return [head, Buffer.from(JSON.stringify({ ...badge, name: badge.name + '!' })).toString('base64url'), signature].join('.');
    },
  };
  for (const [library, sign] of Object.entries(signed)) {
    await check(`elsewhere: a badge of ${library} under a did:web verifies, and a registry knows its issuer`, async () => {
      const good = await report(await sign(nursing.badge(7)));
      assert.equal(good.verdict, 'valid', JSON.stringify(good.checks));
      assert.equal(of(good, 'issuer-binding').code, 'issuer-binding.listed');
      assert.equal(of(good, 'status').code, 'status.in-force');
      assert.equal(of(good, 'issuer-trust').code, 'issuer-trust.registered');
      assert.match(of(good, 'issuer-trust').detail, /Consortium/);
    });
    await check(`elsewhere: a badge of ${library} that was changed fails by its signature alone`, async () => {
      const bad = await report(await tampered[library](nursing.badge(7)));
      assert.equal(bad.verdict, 'invalid');
      assert.deepEqual(failing(bad), ['proof.bad-signature']);
    });
    await check(`elsewhere: a badge of ${library} in the name of another school fails by its key`, async () => {
      const badge = nursing.badge(7);
      badge.issuer.id = unheard.did;
      badge.credentialStatus = unheard.badge(7).credentialStatus;
      const bad = await report(await sign(badge));
      assert.equal(bad.verdict, 'invalid');
      assert.ok(failing(bad).includes('issuer-binding.not-listed'), failing(bad).join());
    });
  }

  await check('elsewhere: a registry that does not know the issuer leaves a warning', async () => {
    const unknown = await report(await unheard.prove(unheard.badge(8)));
    assert.equal(unknown.verdict, 'warning');
    assert.equal(of(unknown, 'issuer-trust').code, 'issuer-trust.not-listed');
  });

  await check('elsewhere: a registry that cannot be read leaves the issuer unchecked', async () => {
    const other = await asking(`${web.base}/gone.json Lost`);
    try {
      const unchecked = await report(await nursing.prove(nursing.badge(9)), other);
      assert.equal(of(unchecked, 'issuer-trust').outcome, 'unchecked');
      assert.match(of(unchecked, 'issuer-trust').detail, /Lost/);
      assert.equal(unchecked.verdict, 'warning');
    } finally {
      await other.stop();
    }
  });

  await check('elsewhere: a badge that its issuer withdrew is withdrawn for who asks first', async () => {
    const late = await openSchool(web, 'late');
    await late.publish([3]);
    const withdrawn = await report(await late.prove(late.badge(3)));
    assert.deepEqual(failing(withdrawn), ['status.revoked']);
    assert.equal(withdrawn.headlineCode, 'revoked');
    assert.equal((await report(await late.prove(late.badge(4)))).verdict, 'warning');
  });

  await check('elsewhere: a host that is no exception is not asked', async () => {
    const closed = await startDemo({}, '--allow-outbound');
    try {
      const unchecked = await report(await nursing.prove(nursing.badge(1)), closed);
      assert.equal(unchecked.verdict, 'unchecked');
      assert.equal(of(unchecked, 'issuer-binding').code, 'issuer-binding.unreachable');
    } finally {
      await closed.stop();
    }
  });

  await check('elsewhere: a thousand mixed links, twice: exact counts, and no more memory the second time', async () => {
    await nursing.publish([5]);
    const pages = { good: await nursing.prove(nursing.badge(7)), withdrawn: await nursing.prove(nursing.badge(5)), forged: await tampered['@digitalbazaar/vc'](nursing.badge(7)), unknown: await unheard.prove(unheard.badge(8)), text: { a: 1 } };
    for (const [name, page] of Object.entries(pages)) web.pages.set('/badges/' + name, page);
    const kinds = ['good', 'good', 'good', 'good', 'withdrawn', 'forged', 'unknown', 'text', 'missing', null];
    const links = (round) => Array.from({ length: 1000 }, (_, n) => kinds[n % 10] ? `${web.base}/badges/${kinds[n % 10]}?n=${round}-${n}` : 'https://192.0.2.7/badge');
    const fresh = await asking(`${web.base}/registry.json Consortium`);
    try {
      const held = [];
      for (const round of [1, 2]) {
        const { id } = await granted(fresh.post('/api/v1/verify/batch', links(round).map((input) => ({ input })), fresh.facts.tokens.admin), 202);
        const state = async () => granted(fresh.request('GET', '/api/v1/jobs/' + id), 200);
        let job = await state();
        for (const end = Date.now() + 60_000; job.done < job.total; job = await state()) {
          assert.ok(Date.now() < end, JSON.stringify(job));
          await new Promise((next) => setTimeout(next, 100));
        }
        assert.deepEqual(job.counts, { valid: 400, warning: 100, invalid: 200, unreadable: 300 });
        held.push(fresh.memory());
      }
      assert.ok(held[1] - held[0] < 8, `MiB: ${held.join()}`);
      console.log(`     MiB held after each: ${held.map(Math.round).join()}`);
    } finally {
      await fresh.stop();
    }
  });

  await house.stop();
  await publishedWeb(web, check);
  web.close();
}
