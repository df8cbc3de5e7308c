// One person at a browser: what the page complains about fails the check, and so does what axe finds serious.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pictures } from './house.mjs';

export const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/// `who` is { name, language, size, scheme, scripts }. A visit that fails leaves a picture of where it ended.
export async function visit(house, browser, who, play) {
  const { name, language = 'en', size = 'desktop', scheme = 'light', scripts = true } = who;
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: scheme, ignoreHTTPSErrors: true, javaScriptEnabled: scripts });
  const page = await context.newPage();
  const visitor = { house, page, language, size, scheme, scripts, expected: [], complaints: [] };
  page.on('pageerror', (error) => visitor.complaints.push(String(error.stack)));
  page.on('console', (message) => hear(visitor, message));
  try {
    await go(visitor, '/?lang=' + language);
    await play(visitor);
    assert.deepEqual(visitor.complaints, [], 'the page complained');
    assert.deepEqual(visitor.expected, [], 'a refusal did not come');
  } catch (error) {
    const place = ['failed', name, language, size, scheme, scripts ? 'scripts' : 'noscript'].join('-').replace(/\W+/g, '-');
    await page.screenshot({ path: `${pictures}${place}.png`, fullPage: true }).catch(() => {});
    error.stack += visitor.complaints.map((complaint) => '\n    the page said: ' + complaint).join('');
    throw error;
  } finally {
    await context.close();
  }
}

/// Chromium reports a refused document like any missing file; only the one that was announced is let through, once.
function hear(visitor, message) {
  const text = message.text();
  if (message.type() !== 'error' && !text.includes('Content Security Policy')) return;
  const status = text.match(/^Failed to load resource: the server responded with a status of (\d+)/)?.[1];
  const at = visitor.expected.indexOf(`${status} ${message.location().url}`);
  if (at >= 0) visitor.expected.splice(at, 1);
  else visitor.complaints.push(`${text} (${message.location().url})`);
}

/// Announces that the document at `path` will answer with an error.
export function expectRefusal(visitor, status, path) {
  visitor.expected.push(`${status} ${new URL(path, visitor.house.base)}`);
}

export async function go(visitor, path, status = 200) {
  if (status >= 400) expectRefusal(visitor, status, path);
  assert.equal((await visitor.page.goto(new URL(path, visitor.house.base).href)).status(), status, path);
}

/// Does what leads to another page and waits for that page: going elsewhere before would take the click back.
export async function follow(visitor, act) {
  const click = () => visitor.page.locator(act).first().click();
  await Promise.all([visitor.page.waitForEvent('load'), typeof act === 'function' ? act() : click()]);
}

/// Opens a person's newest mail from the list, and follows its link.
export async function openMail(visitor, person, look = async () => {}) {
  const address = `${person}@people.example`;
  await visitor.house.mailTo(address);
  await go(visitor, '/demo/mail');
  await look('mails');
  await follow(visitor, () => visitor.page.locator('main li', { hasText: address }).locator('a').first().click());
  await look('mail');
  await follow(visitor, 'main .btns a.primary');
}

function carrying(visitor, name, bytes, type) {
  return visitor.page.evaluateHandle(([name, bytes, type]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
    return carried;
  }, [name, bytes.toString('base64'), type]);
}

/// What was copied elsewhere is pasted into the page.
export async function paste(visitor, name, bytes, type = 'image/png') {
  const clipboardData = await carrying(visitor, name, bytes, type);
  await follow(visitor, () => visitor.page.evaluate((clipboardData) => {
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, clipboardData));
}

/// What lies on the computer is dragged over the field and let go.
export async function drop(visitor, field, name, bytes, type = 'image/png') {
  const dataTransfer = await carrying(visitor, name, bytes, type);
  for (const kind of ['dragenter', 'dragover']) await visitor.page.dispatchEvent(field, kind, { dataTransfer });
  assert.match(await visitor.page.getAttribute(field, 'class'), /\bover\b/, 'the field says that it takes the file');
  await follow(visitor, () => visitor.page.dispatchEvent(field, 'drop', { dataTransfer }));
}

/// A picture for people, no serious finding of axe, nothing wider than the screen. The debugger evaluates axe, so the page's policy stays in
/// force; it cannot enter the frame of a mail, which runs no script.
export async function look(visitor, name) {
  const { page, language, size, scheme, scripts } = visitor;
  const where = `${name} ${language} ${size} ${scheme}`;
  if (scripts) {
    await page.screenshot({ path: `${pictures}${where.replace(/^\W+/, '').replace(/\W+/g, '-')}.png`, fullPage: true });
    const serious = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'], iframes: false }).then((found) =>
      found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')))`);
    assert.deepEqual(serious, [], 'axe on ' + where);
  }
  const wide = await page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width + 1) return [];
    const sides = (e) => e.getBoundingClientRect();
    return ['page'].concat([...document.querySelectorAll('header *, aside *, main, main *, footer *')].filter((e) => sides(e).right > width + 1 || sides(e).left < -1).map((e) => e.tagName + '.' + e.className + '#' + e.id).slice(0, 6));
  })()`);
  assert.deepEqual(wide, [], 'wider than the screen: ' + where);
}
