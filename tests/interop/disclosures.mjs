// ecdsa-sd-2023: an issuer's base proof, and what a holder derives from it.
import assert from 'node:assert/strict';
import { changed, documents } from './documents.mjs';
import { ours } from './ours.mjs';
import { derive, selective, theirs } from './theirs.mjs';

const profile = 'ecdsa-sd-2023';
/// What the holder shows of each document; `hidden` stays with the holder.
const shown = {
  'Open Badges 3.0': { mandatory: ['/issuer', '/validFrom', '/credentialSubject/achievement/name'], pointers: ['/credentialSubject/result'], hidden: 'evidence' },
  'data model 2.0': { mandatory: ['/issuer', '/validFrom'], pointers: ['/credentialSubject/0/name', '/credentialSubject/0/degree/mean'], hidden: 'name' },
  'corners of data model 2.0': { mandatory: ['/issuer', '/credentialSubject/title'], pointers: ['/credentialSubject/text', '/credentialSubject/numbers', '/credentialSubject/twins/1', '/credentialSubject/raw'], hidden: 'name', claim: '/credentialSubject/title/ar', leave: 'steps' },
  'data model 1.1 with a context of its own': { mandatory: ['/issuer', '/issuanceDate'], pointers: ['/credentialSubject/alumniOf'], hidden: 'expirationDate' },
};

export async function disclosures(house, check) {
  const us = ours(house);
  const them = await theirs(selective);
  for (const [kind, { mandatory, pointers, hidden, leave, claim = documents[kind].claim }] of Object.entries(shown)) {
    const make = (issuer) => {
      const { credentialSubject, ...rest } = documents[kind].make(issuer);
      if (leave) delete credentialSubject[leave];
      return { ...rest, credentialSubject };
    };
    const issuers = {
      ours: () => us.issue(profile, make(us.did(profile)), { mandatoryPointers: mandatory }),
      theirs: () => them.issue(make(them.did), { mandatoryPointers: mandatory }),
    };
    const holders = { us: (base) => us.derive(base, pointers), them: (base) => derive(base, pointers) };
    for (const [whose, issue] of Object.entries(issuers))
      for (const [who, show] of Object.entries(holders))
        await check(`${profile}, ${kind}: ${whose}, derived by ${who}, with both`, async () => {
          const base = await issue();
          const part = await show(base);
          await us.refuses(base, /base-proof/);
          assert.ok(hidden in base && !(hidden in part), hidden + ' is shown');
          await them.accepts(part);
          await us.accepts(part);
          await them.refuses(changed(part, claim));
          await us.refuses(changed(part, claim));
        });
  }
  await check(`${profile}: ours with an ordered list, derived by us, with both; their library neither signs nor derives it`, async () => {
    const { make, claim } = documents['corners of data model 2.0'];
    const base = await us.issue(profile, make(us.did(profile)));
    const part = await us.derive(base, ['/credentialSubject/steps']);
    await them.accepts(part);
    await us.accepts(part);
    await them.refuses(changed(part, claim));
    await us.refuses(changed(part, claim));
    await assert.rejects(them.issue(make(them.did)), /"@list"/);
    await assert.rejects(derive(base, ['/credentialSubject/steps']), /"@list"/);
  });
  await check(`${profile}: ours without pointers shows what its default makes mandatory`, async () => {
    const part = await derive(await us.issue(profile, documents['data model 2.0'].make(us.did(profile))), ['/credentialSubject/0/name']);
    assert.ok(part.validFrom && !('name' in part));
    await them.accepts(part);
  });
}
