// What else people do with the demo's badges, once each.
import assert from 'node:assert/strict';
import { follow, go, look, openMail } from './visit.mjs';

const star = 'lrn-015';

async function startOver(visitor) {
  await go(visitor, '/demo');
  await follow(visitor, 'main form[action="/demo/reset"] button');
  await go(visitor, '/demo');
}

async function badge(house, id) {
  return (await house.request('GET', '/api/v1/credentials/' + id, { token: house.facts.tokens.admin })).json;
}

/// The policy is in force, and whoever breaks it is heard.
export async function refusals(visitor) {
  const { page } = visitor;
  await page.evaluate(`{
    const script = document.createElement('script');
    script.textContent = 'document.title = "owned"';
    document.body.append(script);
    setTimeout(() => { throw new Error('thrown by the page'); });
  }`);
  await page.waitForEvent('pageerror');
  assert.notEqual(await page.title(), 'owned');
  assert.match(visitor.complaints.join('\n'), /Content Security Policy/);
  assert.match(visitor.complaints.join('\n'), /thrown by the page/);
  visitor.complaints.length = 0;
}

export async function answers(visitor) {
  const { house, page } = visitor;
  await startOver(visitor);
  await follow(visitor, 'main form[action="/demo/as/provider"] button');
  await follow(visitor, 'form.card button.primary');
  await openMail(visitor, star);
  const link = page.url();
  const offers = page.locator('main input[name=credential]');
  const [first, second] = await offers.evaluateAll((all) => all.map((one) => one.value));

  for (const language of ['ar', 'en']) {
    await follow(visitor, `header.site a[hreflang=${language}]`);
    assert.equal(await page.getAttribute('html', 'lang'), language);
    assert.equal(new URL(page.url()).pathname, new URL(link).pathname);
    assert.equal(await offers.count(), 2);
  }

  const refuse = async (action) => {
    await page.locator('main form > details summary').click();
    await follow(visitor, `button[value=${action}]`);
    await look(visitor, action);
  };
  await page.uncheck(`input[value="${second}"]`);
  await refuse('decline');
  assert.equal((await badge(house, first)).claimState, 'declined');
  assert.equal((await badge(house, second)).claimState, 'offered');

  await go(visitor, link);
  assert.deepEqual(await offers.evaluateAll((all) => all.map((one) => one.value)), [second]);
  await refuse('dispute');
  assert.equal((await badge(house, second)).claimState, 'disputed');

  await go(visitor, link);
  assert.equal(await offers.count(), 0);
  await look(visitor, 'nothing to decide');
}

export async function desk(visitor) {
  const { house, page } = visitor;
  await startOver(visitor);
  const issue = () => follow(visitor, 'main form[action="/demo/as/issuer"] button');
  await issue();
  await page.fill('#award-learner', star);
  await page.fill('#narrative', 'Taught the ward for a year.');
  await follow(visitor, 'form[action="/staff/award"] button');
  const desk = page.url();
  assert.match(desk, /\/staff\/credentials\/[^/]+$/);
  await look(visitor, 'awarded');

  await openMail(visitor, star);
  await follow(visitor, 'button[value=claim]');
  const badgePage = page.url();
  assert.match(badgePage, /\/c\//);

  const says = async (headline, tone) => {
    await go(visitor, badgePage);
    assert.match(await page.getAttribute('.verdict', 'class'), tone);
    await look(visitor, headline);
    await go(visitor, '/verify?url=' + encodeURIComponent(house.base + badgePage.replace(house.base, '')));
    assert.match(await page.getAttribute('.verdict', 'class'), tone, 'on the page of who verifies');
    assert.equal((await house.request('POST', '/api/v1/verify', { body: { input: badgePage } })).json.headlineCode, headline);
  };
  await says('valid', /good/);
  for (const [act, headline, tone] of [['suspend', 'suspended', /bad|warn/], ['reinstate', 'valid', /good/]]) {
    await go(visitor, '/demo');
    await issue();
    await go(visitor, desk);
    await follow(visitor, `form[action$="/${act}"] button`);
    await look(visitor, act);
    await says(headline, tone);
  }
}

/// Who keeps looking at the mails does not keep one from arriving.
export async function onlookers(house) {
  let over = false;
  const looking = (async () => {
    while (!over) await house.request('GET', '/demo/mail');
  })();
  try {
    for (const learner of ['lrn-021', 'lrn-022', 'lrn-023', 'lrn-024', 'lrn-025']) {
      const headers = { origin: house.base, 'content-type': 'application/x-www-form-urlencoded' };
      const asked = await house.request('POST', '/my', { body: `email=${learner}%40people.example`, headers });
      assert.equal(asked.status, 200);
      await house.mailTo(`${learner}@people.example`);
    }
  } finally {
    over = true;
    await looking;
  }
}
