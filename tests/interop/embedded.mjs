// Embedded proofs that show all of a credential.
import assert from 'node:assert/strict';
import { changed, documents } from './documents.mjs';
import { loader } from './loader.mjs';
import { ours } from './ours.mjs';
import { notRevoked, signature2020, signedAgain, suites, theirs } from './theirs.mjs';

const inline = (document) => document['@context'].some((context) => typeof context === 'object');

export async function embedded(house, check) {
  const us = ours(house);
  for (const [profile, suite] of Object.entries(suites)) {
    const them = await theirs(suite);
    for (const [kind, { make, claim }] of Object.entries(documents)) {
      await check(`${profile}, ${kind}: both sign the same bytes into the same document`, async () => {
        const credential = make(us.did(profile));
        const signed = await us.issue(profile, credential);
        const { again, isGood } = await signedAgain(suite, credential, signed);
        assert.ok(isGood);
        assert.deepEqual(again, signed);
      });
      if (suite.refusesInlineContexts && inline(make(them.did))) {
        await check(`${profile}, ${kind}: theirs with us; their library refuses all of them`, () => onlyWeVerify(us, them, profile, make, claim));
        continue;
      }
      await check(`${profile}, ${kind}: ours with @digitalbazaar/vc`, async () => {
        const signed = await us.issue(profile, make(us.did(profile)));
        await them.accepts(signed);
        await them.refuses(changed(signed, claim));
      });
      await check(`${profile}, ${kind}: theirs with us`, () => theyIssue(us, them, make(them.did), claim));
    }
  }
  for (const [what, text] of differences)
    await check(`eddsa-rdfc-2022: the libraries still write ${what}`, async () => {
      const { credentialSubject, ...credential } = documents['data model 2.0'].make(us.did('eddsa-rdfc-2022'));
      const unsigned = { ...credential, credentialSubject: { id: 'urn:example:subject', text } };
      const { isGood } = await signedAgain(suites['eddsa-rdfc-2022'], unsigned, await us.issue('eddsa-rdfc-2022', unsigned));
      assert.ok(!isGood, 'they do as their specification says now: this belongs to the documents');
    });
  for (const [what, text, code] of refusals)
    await check(`eddsa-rdfc-2022: theirs with ${what} is refused by us`, async () => {
      const them = await theirs(suites['eddsa-rdfc-2022']);
      const { credentialSubject, ...credential } = documents['data model 2.0'].make(them.did);
      const signed = await them.issue({ ...credential, credentialSubject: { id: 'urn:example:subject', name: 'Layla', text } });
      await them.accepts(signed);
      await us.refuses(signed, code);
    });
  await check('bitstring: ours with @digitalbazaar/vc and @digitalbazaar/vc-bitstring-status-list', () => withStatus(us, house));
  for (const [kind, { make, claim }] of Object.entries(documents)) {
    await check(`Ed25519Signature2020, ${kind}: theirs with us`, async () => {
      const them = await theirs(signature2020);
      await theyIssue(us, them, make(them.did), claim);
    });
  }
}

/// What they canonicalize otherwise than their specifications say, and we do not (tests/README.md).
const differences = [
  ['1e-7 as the integer 0', 1e-7],
  ['U+FFFE as it is', 'a\ufffeb'],
  ['U+FFFF as it is', 'a\uffffb'],
  ['texts that differ in direction only as one', ['a', { '@value': 'a', '@direction': 'rtl' }]],
];

/// What they sign and we refuse to read: nothing of it is signed, or not every reader sees the same.
const refusals = [['an empty array', [], /^json-ld-traceless$/], ['null', null, /^json-ld-traceless$/], ['U+0000', 'a\0b', /^json-encoding$/], ['an integer beyond 2^53-1', 2 ** 53, /^json-number$/]];

/// The list is a credential of ours too.
async function withStatus(us, house) {
  const them = await theirs({ ...suites['eddsa-rdfc-2022'], documentLoader: loader({ house }) });
  const { credentialStatus, ...credential } = documents['Open Badges 3.0'].make(us.did('bitstring'));
  const signed = await us.issue('bitstring', credential);
  const { statusResult } = await them.accepts(signed, notRevoked);
  assert.deepEqual(statusResult.results.map(({ status }) => status), [false]);
  await us.accepts(signed);
  await them.refuses(changed(signed, '/credentialStatus/statusListIndex'));
  await us.refuses(changed(signed, '/credentialStatus/statusListIndex'));
}

async function theyIssue(us, them, credential, claim) {
  const signed = await them.issue(credential);
  await them.accepts(signed);
  await us.accepts(signed);
  await us.refuses(changed(signed, claim));
}

/// Fails when the library learns it, so that it is asked from then on.
async function onlyWeVerify(us, them, profile, make, claim) {
  const signed = await them.issue(make(them.did));
  await us.accepts(signed);
  await us.refuses(changed(signed, claim));
  for (const each of [signed, await us.issue(profile, make(us.did(profile)))]) await them.refuses(each, /document.@context does not start with proof.@context/);
}
