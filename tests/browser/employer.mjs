// An employer's side of things: everything that people are handed, and what the page says about it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as jose from 'jose';
import { PNG } from 'pngjs';
import { drop, expectRefusal, follow, go, look, paste } from './visit.mjs';

async function rowsOf(house) {
  return (await house.request('GET', '/api/v1/credentials?limit=500', { token: house.facts.tokens.admin })).json.data;
}

async function documentOf(house, row) {
  return (await house.request('GET', '/api/v1/credentials/' + row.id, { token: house.facts.tokens.admin })).json.credential;
}

/// Sends the form with a file or a text, and gives the verdict's classes.
async function ask(visitor, { file, text = '', recipient = '' }) {
  const { page } = visitor;
  await go(visitor, '/verify');
  if (text) await page.fill('#text', text);
  if (recipient) await page.fill('#recipient', recipient);
  const choose = () => page.setInputFiles('#file', file);
  if (file && visitor.scripts) await follow(visitor, choose);  // Choosing sends.
  else {
    if (file) await choose();
    await follow(visitor, 'form.two button.primary');
  }
  return page.locator('.verdict').count().then((n) => (n ? page.getAttribute('.verdict', 'class') : ''));
}

const outcome = (visitor, id) =>
  visitor.page.locator('li.check', { has: visitor.page.locator('code', { hasText: new RegExp(`^${id}$`) }) }).locator('.st').getAttribute('class');

/// A badge of somebody whom nobody here knows.
async function strangersBadge(more = {}) {
  const { publicKey, privateKey } = await jose.generateKeyPair('EdDSA', { extractable: true });
  const { kty, crv, x } = await jose.exportJWK(publicKey);
  const did = 'did:jwk:' + jose.base64url.encode(JSON.stringify({ crv, kty, x }));
  const credential = {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
    id: 'urn:uuid:5d1c8f0e-5a1f-4c5e-8c2b-1a2b3c4d5e6f', type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: 'Ward Round Basics', validFrom: '2026-01-01T00:00:00Z',
    issuer: { id: did, type: ['Profile'], name: 'Unknown School' }, ...more,
    credentialSubject: {
      id: 'did:example:somebody', type: ['AchievementSubject'],
      achievement: { id: 'urn:uuid:0a0b0c0d-5a1f-4c5e-8c2b-1a2b3c4d5e6f', type: ['Achievement'], name: 'Ward Round Basics', description: 'Takes part in ward rounds.', criteria: { narrative: 'Ten ward rounds.' } },
    },
  };
  return new jose.SignJWT({ ...credential, iss: did, jti: credential.id, sub: credential.credentialSubject.id, nbf: Date.parse(credential.validFrom) / 1000, ...(more.validUntil && { exp: Date.parse(more.validUntil) / 1000 }) })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'vc+jwt', kid: did + '#0' }).sign(privateKey);
}

/// On a small phone the verdict, the name, the issuer, the days and the level are there without scrolling.
async function aboveTheFold({ page }) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  const bar = (await page.locator('aside.bar').boundingBox())?.height ?? 0;  // Of the demo only.
  for (const part of ['.verdict', '.said h2', '.said dl.facts']) {
    const { y, height } = await page.locator(part).first().boundingBox();
    assert.ok(y + height - bar <= 740, `${part} ends at ${y + height - bar}`);
  }
  assert.equal(await page.locator('details:has(h3)').count(), 1, 'what it shows for roles');
  await page.setViewportSize(before);
}

/// The PDF of the badge's page holds the badge; one that was printed holds none, and the page says so.
async function certificate(visitor, row) {
  const { page, language } = visitor;
  await go(visitor, row.shareUrl);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('main a[href$=".pdf"][download]').click()]);
  const pdf = readFileSync(await download.path());
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  if (visitor.scripts) {
    await go(visitor, '/verify');
    await drop(visitor, '[data-drop]', 'badge.pdf', pdf, 'application/pdf');
    assert.match(await page.getAttribute('.verdict', 'class'), /good/, 'the PDF, dropped');
  }
  assert.match(await ask(visitor, { file: { name: 'badge.pdf', mimeType: 'application/pdf', buffer: pdf } }), /good/, 'the PDF');
  expectRefusal(visitor, 422, '/verify');
  const printed = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n');
  assert.equal(await ask(visitor, { file: { name: 'print.pdf', mimeType: 'application/pdf', buffer: printed } }), '', 'a printed PDF');
  assert.match(await page.textContent('.note.bad[role=alert]'), language === 'ar' ? /الطباعة إلى PDF/ : /Printing to PDF/);
}

/// Needs a claimed badge in force.
export async function employer(visitor) {
  const { house, page } = visitor;
  const row = (await rowsOf(house)).find((one) => one.claimState === 'claimed' && one.status === 'active');
  assert.ok(row, 'somebody has claimed a badge');
  const document = JSON.stringify(await documentOf(house, row));

  assert.match(await ask(visitor, { text: document }), /good/, 'pasted');
  assert.match(await ask(visitor, { text: row.shareUrl }), /good/, 'a link');
  await go(visitor, '/verify?url=' + encodeURIComponent(row.shareUrl));
  assert.match(await page.getAttribute('.verdict', 'class'), /good/, 'a link that opens the page');

  await aboveTheFold(visitor);

  await go(visitor, row.shareUrl);
  const code = await page.locator('.qr .square img').screenshot();
  assert.match(await ask(visitor, { file: { name: 'photo.png', mimeType: 'image/png', buffer: code } }), /good/, 'a photo of the code');

  const baked = (await house.request('GET', `/credentials/${row.id}.png`)).bytes;
  assert.match(await ask(visitor, { file: { name: 'badge.png', mimeType: 'image/png', buffer: baked } }), /good/, 'the picture');
  await certificate(visitor, row);
  if (visitor.scripts) {
    await go(visitor, '/verify');
    await paste(visitor, 'badge.png', baked);
    assert.match(await page.getAttribute('.verdict', 'class'), /good/, 'pasted from elsewhere');
  }
  expectRefusal(visitor, 422, '/verify');
  const stripped = PNG.sync.write(PNG.sync.read(baked));
  assert.equal(await ask(visitor, { file: { name: 'badge.png', mimeType: 'image/png', buffer: stripped } }), '', 'a picture that lost its credential');
  assert.equal(await page.locator('.note.bad[role=alert]').count(), 1);
  await look(visitor, 'stripped');

  const owner = `${row.learnerId}@people.example`;
  assert.match(await ask(visitor, { text: document, recipient: owner }), /good/, 'their address');
  assert.match(await outcome(visitor, 'recipient'), /ok/);
  assert.doesNotMatch(await ask(visitor, { text: document, recipient: 'nobody@people.example' }), /good/, 'another address');
  assert.match(await outcome(visitor, 'recipient'), /no/);
  await look(visitor, 'other-recipient');

  const forged = document.replace(/"validUntil":"20/, '"validUntil":"21');
  assert.notEqual(forged, document);
  assert.match(await ask(visitor, { text: forged }), /bad/, 'forged');
  assert.match(await outcome(visitor, 'proof'), /no/);

  const show = (credentials) => JSON.stringify({ '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'], verifiableCredential: credentials.map((one) => JSON.parse(one)) });
  assert.match(await ask(visitor, { text: show([document, document]) }), /good/, 'two badges at once');
  assert.match(await ask(visitor, { text: show([document, forged]) }), /bad/, 'one of two is forged');
  const inside = await page.locator('li:has(> .card > details) > .card > details > summary .pill').evaluateAll((all) => all.map((one) => one.className.replace('pill ', '')));
  assert.deepEqual(inside, ['good', 'bad']);
  await page.locator('li:has(> .card > details) summary').last().click();
  await look(visitor, 'presentation');

  assert.notEqual(await ask(visitor, { text: await strangersBadge() }), '', 'a badge of strangers');
  assert.match(await outcome(visitor, 'proof'), /ok/);
  assert.match(await outcome(visitor, 'issuer-trust'), /na/, 'nobody vouches for its issuer');
  await look(visitor, 'stranger');

  assert.doesNotMatch(await ask(visitor, { text: await strangersBadge({ validUntil: '2026-06-30T23:59:59Z' }) }), /good/, 'run out');
  assert.match(await outcome(visitor, 'proof'), /ok/);
  assert.match(await outcome(visitor, 'validity'), /no/);
  await look(visitor, 'expired');
}

/// Links and files at once; the page renews itself until all are done.
export async function batch(visitor) {
  const { house, page } = visitor;
  const row = (await rowsOf(house)).find((one) => one.claimState === 'claimed' && one.status === 'active');
  const baked = (await house.request('GET', `/credentials/${row.id}.png`)).bytes;
  await go(visitor, '/verify/batch');
  await look(visitor, 'batch');
  expectRefusal(visitor, 422, '/verify/batch');
  await follow(visitor, 'main form button.primary');
  assert.equal(await page.locator('.note.bad[role=alert]').count(), 1, 'nothing to verify');
  await page.fill('#links', `${row.shareUrl}\n\n${house.base}/c/nothing\n`);
  await page.setInputFiles('#file', [
    { name: 'badge.png', mimeType: 'image/png', buffer: baked },
    { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(`link;recipient\n${row.shareUrl};nobody@people.example\n`) },
  ]);
  await follow(visitor, 'main form button.primary');
  await page.locator('main .btns a[href$="/result.csv"]').waitFor({ timeout: 15_000 });
  assert.equal(await page.locator('tbody tr').count(), 4);
  const tones = await page.locator('tbody .pill').evaluateAll((all) => all.map((one) => one.className.replace('pill ', '')));
  assert.deepEqual(tones, ['good', 'bad', 'good', 'bad']);
  await look(visitor, 'batch-result');
  const csv = await house.request('GET', await page.getAttribute('main .btns a[href$="/result.csv"]', 'href'));
  assert.equal(csv.text.trim().split('\n').length, 5);
  assert.doesNotMatch(csv.text, /nobody@people/);
}

/// What was found, on paper: asked for on the report, shown, changed, brought back.
export async function receipt(visitor) {
  const { house, page } = visitor;
  const row = (await rowsOf(house)).find((one) => one.claimState === 'claimed' && one.status === 'active');
  assert.match(await ask(visitor, { text: row.shareUrl }), /good/);
  await follow(visitor, 'form[action="/verify/receipt"] button');
  await look(visitor, 'receipt');
  const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
  assert.deepEqual([...paper.matchAll(/\/Type \/Pages\s[^>]*?\/Count (\d+)/g)].map((found) => found[1]), ['1'], 'prints on one A4');
  const text = await page.locator('input[name=receipt], textarea[name=receipt]').first().inputValue();
  assert.doesNotMatch(text, new RegExp(`${row.learnerId}|people\\.example|${row.id}`), 'names nobody');
  assert.equal(JSON.parse(text).verdict, 'valid');
  await go(visitor, '/verify/receipt');
  await look(visitor, 'receipt-form');
  for (const [sent, is] of [[text, /good/], [text.replace('"verdict":"valid"', '"verdict":"warning"'), /bad/]]) {
    await go(visitor, '/verify/receipt');
    await page.fill('textarea[name=receipt]', sent);
    await follow(visitor, 'main form button.primary');
    assert.match(await page.getAttribute('.verdict', 'class'), is);
  }
  await look(visitor, 'receipt-changed');
}
