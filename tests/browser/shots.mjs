// Pictures of the main pages for people to look at: node shots.mjs, with ITQAN naming the program.
import { startDemo, startBrowser, pictures } from './house.mjs';

const house = await startDemo({ port: 18453 });
const browser = await startBrowser();
try {
  const admin = house.facts.tokens.admin;
  const posted = await house.request('POST', '/api/v1/completions', {
    token: house.facts.tokens.provider['prv-qalam'],
    body: { externalId: 'shots-1', learnerId: 'lrn-015', activityId: 'act-102', completedAt: new Date().toISOString().slice(0, 10) + 'T00:00:00Z', score: 86 },
  });
  if (posted.status !== 201) throw new Error(posted.text);
  const list = (await house.request('GET', '/api/v1/credentials?limit=500', { token: admin })).json.data;
  for (const [size, viewport] of [['desktop', { width: 1280, height: 900 }], ['phone', { width: 390, height: 844 }]]) {
    for (const [language, scheme] of [['en', 'light'], ['ar', 'light'], ['en', 'dark'], ['ar', 'dark']]) {
      const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true, deviceScaleFactor: 1, colorScheme: scheme });
      const page = await context.newPage();
      const shoot = async (name, path) => {
        await page.goto(house.base + path + (path.includes('?') ? '&' : '?') + 'lang=' + language);
        await page.screenshot({ path: `${pictures}shot-${name}-${language}-${size}-${scheme}.png`, fullPage: true });
      };
      await shoot('start', '/');
      await shoot('verify', '/verify');
      await shoot('demo', '/demo');
      await shoot('issuer', '/issuers/nakhla');
      await shoot('privacy', '/privacy');
      await shoot('my', '/my');
      await page.goto(house.base + '/demo');
      await page.locator('main form[action="/demo/as/provider"] button').click();
      await shoot('provider', '/staff/completions');
      await page.goto(house.base + '/demo');
      await page.locator('main form[action="/demo/as/issuer"] button').click();
      await shoot('credentials', '/staff/credentials');
      await shoot('credential', '/staff/credentials/' + list.find((c) => c.issuerId === 'nakhla').id);
      await page.goto(house.base + '/demo');
      // The tour reaches the learner by the mail; here a form of our own is shorter.
      await Promise.all([
        page.waitForURL('**/my**'),
        page.evaluate(() => {
          const form = Object.assign(document.createElement('form'), { method: 'post', action: '/demo/as/learner' });
          document.body.append(form);
          form.submit();
        }),
      ]);
      await shoot('my-badges', '/my');
      const badge = new URL(list.find((c) => c.learnerId === 'lrn-015').shareUrl).pathname;
      await shoot('badge', badge);
      if (scheme === 'light' && size === 'desktop') {
        await page.emulateMedia({ media: 'print' });
        await page.setViewportSize({ width: 718, height: 1047 });  // A4 at 96 dpi without 10 mm margins
        await shoot('print', badge);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await house.stop();
}
