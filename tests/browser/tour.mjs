// Plays the demo's four doors and the learner's way back, in both languages, on a phone and a desk, with scripts and
// without, looks at every page on the way with axe, also in the dark, and reads the documents with jose and pngjs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as jose from 'jose';
import { PNG } from 'pngjs';
import { answers, desk, onlookers, refusals } from './acts.mjs';
import { camera } from './camera.mjs';
import { batch, employer, receipt } from './employer.mjs';
import { startDemo, startBrowser } from './house.mjs';
import { drop, expectRefusal, follow, go, look, openMail, sizes, visit } from './visit.mjs';

const languages = ['en', 'ar'];
let passed = 0;
const failures = [];

async function check(name, run) {
  const began = Date.now();
  try {
    await run();
    passed += 1;
    console.log(`ok   ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL ${name}\n${error.stack}`);
  }
}

async function tour(visitor) {
  const { house, page, language, scripts } = visitor;
  const see = (name) => look(visitor, name);
  await follow(visitor, 'aside.bar form[action="/demo/reset"] button');
  assert.equal(await page.getAttribute('html', 'dir'), language === 'ar' ? 'rtl' : 'ltr');
  // Door 1: the provider posts, and two badges appear.
  await follow(visitor, 'main form[action="/demo/as/provider"] button');
  assert.equal(await page.inputValue('#learner'), 'lrn-015');
  assert.equal(await page.inputValue('#activity'), 'act-102');
  assert.equal(await page.inputValue('#score'), '86');
  await see('provider');
  await page.fill('#score', '186');
  expectRefusal(visitor, 422, '/staff/completions');
  await follow(visitor, 'form.card button.primary');
  assert.equal(await page.getAttribute('#score', 'aria-invalid'), 'true');
  assert.equal(await page.inputValue('#score'), '186');
  await page.fill('#score', '86');
  await follow(visitor, 'form.card button.primary');
  assert.equal(await page.locator('main .badge-row').count(), 2);
  if (language === 'en') assert.match(await page.textContent('h1'), /Reem earned two badges/);
  await see('posted');
  // Door 2: the mail, the claim, the badge's page.
  await openMail(visitor, 'lrn-015', see);
  assert.equal(await page.locator('main input[type=checkbox][name=credential]').count(), 2);
  await see('claim');
  await follow(visitor, 'button[value=claim]');
  await go(visitor, '/my');
  await see('my');
  await follow(visitor, 'main h3 a');
  const badgePage = page.url();
  assert.match(badgePage, /\/c\/|\/credentials\//);
  assert.equal(await page.locator('h1').count(), 1);
  await see('badge');
  const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
  assert.deepEqual([...paper.matchAll(/\/Type \/Pages\s[^>]*?\/Count (\d+)/g)].map((found) => found[1]), ['1'], 'prints on one A4');
  // Door 3: the employer drops the picture, then changes one letter.
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('main a[href$=".png"][download]').first().click()]);
  const png = readFileSync(await download.path());
  await go(visitor, '/verify');
  if (scripts) {
    await drop(visitor, '[data-drop]', 'badge.png', png);
  } else {
    await page.setInputFiles('#file', { name: 'badge.png', mimeType: 'image/png', buffer: png });
    await follow(visitor, 'form.two button.primary');
  }
  assert.match(await page.getAttribute('.verdict', 'class'), /good|ok/);
  await see('verified');
  await follow(visitor, () => page.locator('form:has(input[name=text]) button').last().click());
  assert.match(await page.getAttribute('.verdict', 'class'), /bad|no/);
  const proof = page.locator('li.check', { has: page.locator('code', { hasText: /^proof$/ }) });
  assert.match(await proof.locator('.st').getAttribute('class'), /no/);
  await see('tampered');
  // Door 4: the issuer withdraws, and the verifier knows.
  await go(visitor, '/demo');
  await see('steps');
  await follow(visitor, 'main form[action="/demo/as/issuer"] button');
  await see('credentials');
  const file = join(house.data, '..', 'badge.png');
  writeFileSync(file, png);
  const printed = execFileSync(process.env.ITQAN, ['verify', file, '--data', house.data, '--json']).toString();
  const id = JSON.parse(printed).credential.id.split('/').pop();
  await go(visitor, '/staff/credentials/' + id);
  await see('credential');
  await follow(visitor, 'form[action$="/revoke"] button');
  await follow(visitor, 'a[href$="/check"]');
  const status = page.locator('li.check', { has: page.locator('code', { hasText: /^status$/ }) });
  assert.match(await status.locator('.st').getAttribute('class'), /no/);
  await see('withdrawn');
  await go(visitor, badgePage);
  await see('badge-withdrawn');
  const report = (await house.request('POST', '/api/v1/verify', { body: { input: badgePage } })).json;
  assert.equal(report.headlineCode, 'revoked');
  assert.equal((await house.request('GET', '/api/v1/credentials/' + id, { token: house.facts.tokens.admin })).json.status, 'revoked');
  await follow(visitor, 'aside.bar form[action="/demo/reset"] button');
  assert.equal(await page.locator('aside.bar li.current').count(), 1);
}

/// The learner comes back by a one-time link.
async function wayBack(visitor, learner) {
  const { page } = visitor;
  await go(visitor, '/my');
  await page.fill('#email', `${learner}@people.example`);
  await follow(visitor, 'main button.primary');
  await openMail(visitor, learner);
  const link = page.url();
  await look(visitor, 'sign-in-link');
  await follow(visitor, 'main button.primary');
  assert.match(page.url(), /\/my$/);
  await look(visitor, 'my-back');
  await go(visitor, link);
  expectRefusal(visitor, 410, link);
  await follow(visitor, 'main button.primary');
  assert.equal(await page.locator('main h1').count(), 1);
  assert.doesNotMatch(page.url(), /\/my$/);
}

/// What a stranger may open, each once.
async function openPages(visitor) {
  const { page, house } = visitor;
  const { json: list } = await house.request('GET', '/api/v1/credentials?limit=500', { token: house.facts.tokens.admin });
  const badge = list.data.find((one) => one.claimState === 'claimed' && one.status === 'active');
  assert.ok(badge, 'somebody has claimed a badge');
  await look(visitor, 'start');
  for (const path of ['/verify', '/verify/batch', '/verify/receipt', '/demo', '/demo/mail', '/privacy', '/signin', '/my', badge.shareUrl, '/issuers/nakhla']) {
    await go(visitor, path);
    await look(visitor, path === badge.shareUrl ? 'shared badge' : path);
  }
  await follow(visitor, 'main a.badge-card');
  await look(visitor, 'achievement');
  await go(visitor, '/nowhere', 404);
  await look(visitor, 'not found');
  assert.equal(await page.getAttribute('html', 'lang'), visitor.language);
}

async function documents(house) {
  const admin = house.facts.tokens.admin;
  const { json: list } = await house.request('GET', '/api/v1/credentials?limit=5', { token: admin });
  const address = `/api/v1/credentials/${list.data[0].id}?proof=jwt`;
  const { json: credential } = await house.request('GET', address, { token: admin });
  const header = jose.decodeProtectedHeader(credential.jwt);
  const jwk = (await house.request('GET', new URL(header.kid).pathname)).json;
  const verified = await jose.compactVerify(credential.jwt, await jose.importJWK(jwk, header.alg));
  assert.equal(JSON.parse(new TextDecoder().decode(verified.payload)).issuer.id, credential.credential.issuer.id);
  const slug = credential.credential.issuer.id.split(':').pop();
  const did = (await house.request('GET', `/issuers/${slug}/did.json`)).json;
  assert.equal(did.id, credential.credential.issuer.id);
  const method = did.verificationMethod.find((m) => m.publicKeyJwk?.kid === jwk.kid);
  assert.ok(did.assertionMethod.includes(method.id));
  await jose.compactVerify(credential.jwt, await jose.importJWK(method.publicKeyJwk, header.alg));
}

async function picture(house) {
  const { json: list } = await house.request('GET', '/api/v1/credentials?limit=1', { token: house.facts.tokens.admin });
  const page = (await house.request('GET', `/api/v1/credentials/${list.data[0].id}`, { token: house.facts.tokens.admin })).json;
  const achievement = page.credential.credentialSubject.achievement;
  const png = PNG.sync.read((await house.request('GET', new URL(achievement.image.id).pathname)).bytes);
  assert.equal(png.width, 600);
}

const house = await startDemo();
const browser = await startBrowser();
const played = (who, play) => check([who.name, who.language, who.size, who.scheme, who.scripts === false ? 'no scripts' : ''].filter(Boolean).join(', '), () => visit(house, browser, who, play));
try {
  await check('an issued JWT verifies with jose against the served JWK and DID document', () => documents(house));
  await check('a picture of a badge is a picture', () => picture(house));
  await check('mail arrives while somebody keeps looking at the list', () => onlookers(house));
  await played({ name: 'a page that breaks its policy is noticed' }, refusals);
  const places = languages.flatMap((language) => Object.keys(sizes).map((size) => ({ language, size })));
  for (const place of places)
    for (const scripts of [true, false]) await played({ name: 'four doors', ...place, scripts }, tour);
  let learner = 1;  // Somebody else each time: who asks for a link finds one mail.
  for (const place of places)
    for (const scripts of [true, false]) await played({ name: 'the way back', ...place, scripts }, (visitor) => wayBack(visitor, `lrn-00${learner++}`));
  await played({ name: 'a claim page changes language, and takes "no" and "not me"' }, answers);
  await played({ name: 'an issuer awards by hand, puts on hold and reinstates', size: 'phone' }, desk);
  // The badge that was just awarded and its mail are there to be looked at.
  for (const place of places)
    for (const scheme of ['light', 'dark']) await played({ name: 'open pages', ...place, scheme }, openPages);
  for (const place of [{ language: 'en', size: 'phone', scripts: false }, { language: 'en', size: 'desktop' }, { language: 'ar', size: 'desktop' }, { language: 'ar', size: 'phone' }]) {
    await played({ name: 'what an employer is handed', ...place }, employer);
    await played({ name: 'many badges at once', ...place }, batch);
    await played({ name: 'a receipt', ...place }, receipt);
  }
  for (const place of [{ language: 'en', size: 'desktop' }, { language: 'ar', size: 'phone' }]) await played({ name: 'a code before the camera', ...place }, camera);
} finally {
  await browser.close();
  await house.stop();
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
