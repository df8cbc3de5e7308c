// Pictures of the main pages for people to look at: node shots.mjs, with ITQAN naming the program.
import { startDemo, startBrowser, pictures } from './house.mjs';

const house = await startDemo({ port: 18453 });
const browser = await startBrowser();
try {
  const admin = house.facts.tokens.admin;
  const list = (await house.request('GET', '/api/v1/credentials?limit=500', { token: admin })).json.data;
  for (const [size, viewport] of [['desktop', { width: 1280, height: 900 }], ['phone', { width: 390, height: 844 }]]) {
    for (const language of ['en', 'ar']) {
      const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true, deviceScaleFactor: 1 });
      const page = await context.newPage();
      const shoot = async (name, path) => {
        await page.goto(house.base + path + (path.includes('?') ? '&' : '?') + 'lang=' + language);
        await page.screenshot({ path: `${pictures}shot-${name}-${language}-${size}.png`, fullPage: true });
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
      await context.close();
    }
  }
} finally {
  await browser.close();
  await house.stop();
}
