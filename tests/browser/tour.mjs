// Plays the demo's four doors and the learner's way back, in both languages, on a phone and a desk, with scripts and
// without, looks for axe's serious findings on every page, and reads the documents with jose and pngjs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import * as jose from 'jose';
import { PNG } from 'pngjs';
import { startDemo, startBrowser, pictures } from './house.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
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

/// axe needs scripts of its own in the page; a page is looked at with them on, whatever the tour runs with.
async function look(browser, page, name, language, size) {
  await page.screenshot({ path: `${pictures}${name}-${language}-${size}.png`, fullPage: true });
  if (page.context().scripted === false) return;
  const findings = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })`);
  const serious = findings.violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`), [], `axe on ${name} ${language} ${size}`);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  const wide = overflow > 1 ? await page.evaluate('[...document.querySelectorAll("main *, header *, aside *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 || e.getBoundingClientRect().left < -1).map((e) => e.tagName + "." + e.className + "#" + e.id).slice(0, 6).join(" ")') : '';
  assert.ok(overflow <= 1, `${name} ${language} ${size} is ${overflow} px wider than the screen: ${wide}`);
}

async function tour(house, browser, language, size, scripts) {
  const context = await browser.newContext({ viewport: sizes[size], ignoreHTTPSErrors: true, javaScriptEnabled: scripts, bypassCSP: scripts, acceptDownloads: true });
  context.scripted = scripts;
  const page = await context.newPage();
  const go = async (path) => assert.ok((await page.goto(house.base + path)).status() < 500, path);
  const see = (name) => look(browser, page, name, language, size + (scripts ? '' : '-noscript'));
  try {
    await go('/?lang=' + language);
    await page.locator('aside.bar form[action="/demo/reset"] button').click();
    await go('/');
    assert.equal(await page.getAttribute('html', 'dir'), language === 'ar' ? 'rtl' : 'ltr');
    await see('start');
    // Door 1: the provider posts, and two badges appear.
    await page.locator('main form[action="/demo/as/provider"] button').click();
    assert.equal(await page.inputValue('#learner'), 'lrn-015');
    assert.equal(await page.inputValue('#activity'), 'act-102');
    assert.equal(await page.inputValue('#score'), '86');
    await see('provider');
    await page.fill('#score', '186');
    await page.locator('form.card button.primary').click();
    assert.equal(await page.getAttribute('#score', 'aria-invalid'), 'true');
    assert.equal(await page.inputValue('#score'), '186');
    await page.fill('#score', '86');
    await page.locator('form.card button.primary').click();
    assert.equal(await page.locator('main .badge-row').count(), 2);
    if (language === 'en') assert.match(await page.textContent('h1'), /Reem earned two badges/);
    await see('posted');
    // Door 2: the mail, the claim, the badge's page.
    const mail = page.locator('main li a').first();
    for (const end = Date.now() + 10_000; ; ) {
      await go('/demo/mail');
      if (await mail.count()) break;
      assert.ok(Date.now() < end, 'the mail did not arrive');
      await page.waitForTimeout(200);
    }
    await see('mails');
    await mail.click();
    await see('mail');
    await page.locator('main .btns a.primary').click();
    assert.equal(await page.locator('main input[type=checkbox][name=credential]').count(), 2);
    await see('claim');
    await page.locator('button[value=claim]').click();
    await go('/my');
    const badge = page.locator('main h3 a').first();
    await see('my');
    await Promise.all([page.waitForURL(/\/(c|credentials)\//), badge.click()]);
    await page.waitForSelector('h1');
    const badgePage = page.url();
    assert.match(badgePage, /\/c\/|\/credentials\//);
    assert.equal(await page.locator('h1').count(), 1);
    await see('badge');
    const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
    assert.deepEqual([...paper.matchAll(/\/Type \/Pages\s[^>]*?\/Count (\d+)/g)].map((found) => found[1]), ['1'], 'prints on one A4');
    // Door 3: the employer drops the picture, then changes one letter.
    const download = await Promise.all([page.waitForEvent('download'), page.locator('main a[href$=".png"][download]').first().click()]).then(([d]) => d.path());
    const png = join(house.data, '..', 'badge.png');
    writeFileSync(png, readFileSync(download));
    await go('/verify');
    await see('verify');
    await page.setInputFiles('#file', png);
    if (!scripts) await page.locator('form.two button.primary').click();
    await page.waitForSelector('.verdict');
    assert.match(await page.getAttribute('.verdict', 'class'), /good|ok/);
    await see('verified');
    await page.locator('form:has(input[name=text]) button').last().click();
    await page.waitForSelector('.verdict');
    assert.match(await page.getAttribute('.verdict', 'class'), /bad|no/);
    const proof = page.locator('li.check', { has: page.locator('code', { hasText: /^proof$/ }) });
    assert.match(await proof.locator('.st').getAttribute('class'), /no/);
    await see('tampered');
    // Door 4: the issuer withdraws, and the verifier knows.
    await go('/demo');
    await see('steps');
    await page.locator('main form[action="/demo/as/issuer"] button').click();
    await see('credentials');
    const admin = house.facts.tokens.admin;
    const jwt = execFileSync(process.env.ITQAN, ['verify', png, '--data', house.data, '--json']).toString();
    const id = JSON.parse(jwt).credential.id.split('/').pop();
    await go('/staff/credentials/' + id);
    await see('credential');
    await page.locator('form[action$="/revoke"] button').click();
    await page.locator('a[href$="/check"]').click();
    await page.waitForSelector('.verdict');
    const status = page.locator('li.check', { has: page.locator('code', { hasText: /^status$/ }) });
    assert.match(await status.locator('.st').getAttribute('class'), /no/);
    await see('withdrawn');
    await go(new URL(badgePage).pathname);
    await see('badge-withdrawn');
    const report = (await house.request('POST', '/api/v1/verify', { body: { input: badgePage.startsWith(house.base) ? badgePage : house.base + badgePage } })).json;
    assert.equal(report.headlineCode, 'revoked');
    assert.ok((await house.request('GET', '/api/v1/credentials/' + id, { token: admin })).json.status === 'revoked');
    await page.locator('aside.bar form[action="/demo/reset"] button').click();
    assert.equal(await page.locator('aside.bar li.current').count(), 1);
  } finally {
    await context.close();
  }
}

/// The learner comes back by a one-time link.
async function wayBack(house, browser, language) {
  const context = await browser.newContext({ viewport: sizes.phone, ignoreHTTPSErrors: true, bypassCSP: true });
  const page = await context.newPage();
  try {
    await page.goto(house.base + '/my?lang=' + language);
    await page.fill('#email', 'lrn-001@people.example');
    await page.locator('main button.primary').click();
    const mail = page.locator('main li a').first();
    for (const end = Date.now() + 10_000; ; ) {
      await page.goto(house.base + '/demo/mail');
      if (await mail.count()) break;
      assert.ok(Date.now() < end, 'the mail did not arrive');
      await page.waitForTimeout(200);
    }
    await mail.click();
    await page.locator('main .btns a.primary').click();
    const link = page.url();
    await look(browser, page, 'sign-in-link', language, 'phone');
    await page.locator('main button.primary').click();
    assert.match(page.url(), /\/my$/);
    await look(browser, page, 'my-back', language, 'phone');
    await page.goto(link);
    await page.locator('main button.primary').click();
    assert.equal(await page.locator('main h1').count(), 1);
    assert.doesNotMatch(page.url(), /\/my$/);
  } finally {
    await context.close();
  }
}

async function documents(house) {
  const admin = house.facts.tokens.admin;
  const { json: list } = await house.request('GET', '/api/v1/credentials?limit=5', { token: admin });
  const { json: credential } = await house.request('GET', '/api/v1/credentials/' + list.data[0].id, { token: admin });
  const header = jose.decodeProtectedHeader(credential.jwt);
  const jwk = (await house.request('GET', new URL(header.kid).pathname)).json;
  const verified = await jose.compactVerify(credential.jwt, await jose.importJWK(jwk, header.alg));
  assert.equal(JSON.parse(new TextDecoder().decode(verified.payload)).issuer.id, credential.credential.issuer.id);
  const slug = credential.credential.issuer.id.split(':').pop();
  const did = (await house.request('GET', `/issuers/${slug}/did.json`)).json;
  assert.equal(did.id, credential.credential.issuer.id);
  const method = did.verificationMethod.find((m) => m.publicKeyJwk.n === jwk.n && m.publicKeyJwk.x === jwk.x);
  assert.ok(did.assertionMethod.includes(method.id));
  await jose.compactVerify(credential.jwt, await jose.importJWK(method.publicKeyJwk, header.alg));
}

const house = await startDemo();
const browser = await startBrowser();
try {
  await check('an issued JWT verifies with jose against the served JWK and DID document', () => documents(house));
  for (const language of ['en', 'ar'])
    for (const size of Object.keys(sizes))
      for (const scripts of [true, false])
        await check(`four doors, ${language}, ${size}, scripts ${scripts ? 'on' : 'off'}`, () => tour(house, browser, language, size, scripts));
  for (const language of ['en', 'ar']) {
    await check(`the way back, ${language}`, () => wayBack(house, browser, language));
    await house.request('POST', '/demo/reset', { body: '', headers: { origin: house.base } });
  }
  await check('a picture of a badge is a picture', async () => {
    const { json: list } = await house.request('GET', '/api/v1/credentials?limit=1', { token: house.facts.tokens.admin });
    const page = (await house.request('GET', `/api/v1/credentials/${list.data[0].id}`, { token: house.facts.tokens.admin })).json;
    const achievement = page.credential.credentialSubject.achievement;
    const png = PNG.sync.read((await house.request('GET', new URL(achievement.image.id).pathname)).bytes);
    assert.equal(png.width, 600);
  });
} finally {
  await browser.close();
  await house.stop();
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
