// Presentations with an embedded proof for one challenge and domain, with credentials of the same suite in them.
import { changed, documents } from './documents.mjs';
import { ours } from './ours.mjs';
import { suites, theirs } from './theirs.mjs';

const asked = { challenge: 'z8Jt4-challenge', domain: 'https://employer.example' };
const otherChallenge = { ...asked, challenge: 'another' };
const otherDomain = { ...asked, domain: 'https://another.example' };
const inner = '/verifiableCredential/0/credentialSubject/result/0/value';

export const presenting = (holder, verifiableCredential) => ({
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  id: 'urn:uuid:' + crypto.randomUUID(),
  type: ['VerifiablePresentation'],
  holder,
  verifiableCredential,
});

export async function presentations(house, check) {
  const us = ours(house);
  const make = (kind, issuer) => documents[kind].make(issuer);
  for (const [profile, suite] of Object.entries(suites)) {
    const them = await theirs(suite);
    await check(`${profile}, presentation: ours with @digitalbazaar/vc`, async () => {
      const held = [await us.issue(profile, make('Open Badges 3.0', us.did(profile))), await them.issue(make('data model 2.0', them.did))];
      const signed = await us.prove(presenting(us.did(profile), held), { profile, ...asked });
      await them.acceptsPresentation(signed, asked);
      await them.refusesPresentation(signed, otherChallenge, /challenge is not as expected/);
      await them.refusesPresentation(signed, otherDomain, /domain is not as expected/);
      await them.refusesPresentation(changed(signed, '/id'), asked);
      await them.refusesPresentation(changed(signed, inner), asked);
    });
    await check(`${profile}, presentation: theirs with us`, async () => {
      const held = [await them.issue(make('Open Badges 3.0', them.did)), await us.issue(profile, make('data model 2.0', us.did(profile)))];
      const signed = await them.prove(presenting(them.did, held), asked);
      await us.acceptsPresentation(signed, asked);
      await us.refusesPresentation(signed, otherChallenge, /challenge/);
      await us.refusesPresentation(signed, otherDomain, /domain/);
      await us.refusesPresentation(changed(signed, '/id'), asked);
      await us.refusesPresentation(changed(signed, inner), asked);
    });
  }
}
