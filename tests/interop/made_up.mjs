// Documents that nobody wrote: what both sides hash must be the same for them too. SEED repeats a run.
import assert from 'node:assert/strict';
import { documents } from './documents.mjs';
import { ours } from './ours.mjs';
import { signedAgain, suites } from './theirs.mjs';

const count = 150;
const terms = 'https://example.org/terms#';
const context = {
  list: { '@id': terms + 'list', '@container': '@list' },
  raw: { '@id': terms + 'raw', '@type': '@json' },
  label: { '@id': terms + 'label', '@container': '@language' },
  link: { '@id': terms + 'link', '@type': '@id' },
  at: { '@id': terms + 'at', '@type': 'http://www.w3.org/2001/XMLSchema#dateTime' },
};
const texts = ['', 'a', 'é', '😀', 'line\nbreak', 'tab\t"quoted" \\', '\u0007', '\u007f', 'مرحبا', ' before', 'x'.repeat(40)];
const numbers = [0, 1, -5, 2.5, 1e22, 12345.678, 0.1, -0.75, 1.5e-9];
const links = ['urn:example:a', 'urn:example:b', 'https://example.org/?c=é', 'did:example:123#key'];
const languages = ['en', 'ar', 'en-GB', 'zh-Hant-TW'];

/// Numerical Recipes' generator: the same documents for the same seed everywhere.
function randomness(seed) {
  let state = seed >>> 0;
  const below = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, maybe: () => below(2) === 0, pick: (list) => list[below(list.length)], several: (make) => Array.from({ length: 1 + below(3) }, make) };
}

function maker({ below, maybe, pick, several }) {
  const text = () => ({ '@value': pick(texts), ...(maybe() && { '@language': pick(languages) }) });
  // A text has one direction everywhere: jsonld.js takes values that differ in nothing else for one.
  const directed = () => pick([{ '@value': 'to the left', '@direction': 'rtl' }, { '@value': 'to the right', '@direction': 'ltr', '@language': pick(languages) }]);
  const typed = () => ({ '@value': pick(texts), '@type': pick(['http://www.w3.org/2001/XMLSchema#token', 'urn:example:type']) });
  const simple = [() => pick(texts), () => pick(numbers), maybe, text, directed, typed];
  const value = (depth) => (depth && maybe() ? pick([() => node(depth - 1), () => several(() => value(depth - 1)).flat()])() : pick(simple)());
  const members = {
    list: (depth) => several(() => value(depth)),
    raw: () => ({ b: [1, null, pick(texts)], a: pick(numbers) }),
    label: () => ({ 'en-US': pick(texts), ar: several(() => pick(texts)) }),
    link: () => several(() => pick(links)),
    at: () => '2026-01-01T00:00:00Z',
    alpha: value, beta: value, gamma: value,
  };
  const node = (depth) => {
    const made = maybe() ? { type: pick(['One', ['One', 'Two'], 'urn:example:Three']) } : {};
    for (const name of several(() => pick(Object.keys(members)))) made[name] = members[name](depth);
    return made;
  };
  return { subject: () => ({ ...node(3), id: pick(links) }) };
}

/// Equal nodes abound here, for which RDFC-1.0 has to try more than a library does by default.
function patient(suite) {
  const cryptosuite = suite.toSign();
  const canonize = (input, options) => cryptosuite.canonize(input, { ...options, maxWorkFactor: 3 });
  return { ...suite, toSign: () => ({ ...cryptosuite, canonize }) };
}

export async function madeUp(house, check) {
  const us = ours(house);
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  for (const profile of ['eddsa-rdfc-2022', 'eddsa-jcs-2022'])
    await check(`${profile}, ${count} documents made up from SEED=${seed}: both sign the same bytes`, async () => {
      const suite = patient(suites[profile]);
      const { subject } = maker(randomness(seed));
      for (let made = 0; made < count; made += 1) {
        const credential = documents['data model 2.0'].make(us.did(profile));
        credential['@context'].push(context);
        credential.credentialSubject = subject();
        const { isGood } = await signedAgain(suite, credential, await us.issue(profile, credential));
        assert.ok(isGood, JSON.stringify(credential.credentialSubject));
      }
    });
}
