// Our side, over the VC-API.
import assert from 'node:assert/strict';
import { granted } from './house.mjs';

export function ours(house) {
  const member = async (path, body, name) => (await granted(house.post('/vc-api/' + path, body), 201))[name];
  const accepts = async (path, body) => {
    const answer = await granted(house.post('/vc-api/' + path, body), 200);
    assert.equal(answer.verified, true);
    assert.deepEqual(answer.errors, []);
    return answer;
  };
  /// Exactly 400, and for the expected reason.
  const refuses = async (path, body, code) => {
    const answer = await house.post('/vc-api/' + path, body);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.code, code);
  };
  return {
    did: (profile) => house.profiles[profile].id,
    issue: (profile, credential, options = {}) => member(`issuers/${profile}/credentials/issue`, { credential, options }, 'verifiableCredential'),
    derive: (verifiableCredential, selectivePointers) => member('credentials/derive', { verifiableCredential, options: { selectivePointers } }, 'verifiableCredential'),
    prove: (presentation, options) => member('presentations/prove', { presentation, options }, 'verifiablePresentation'),
    accepts: (verifiableCredential) => accepts('credentials/verify', { verifiableCredential, options: { checks: ['proof', 'validity'] } }),
    refuses: (verifiableCredential, code = signature) => refuses('credentials/verify', { verifiableCredential, options: { checks: ['proof', 'validity'] } }, code),
    acceptsPresentation: (verifiablePresentation, options) => accepts('presentations/verify', { verifiablePresentation, options }),
    refusesPresentation: (verifiablePresentation, options, code = signature) => refuses('presentations/verify', { verifiablePresentation, options }, code),
  };
}

/// What our verifier says of a document that was changed.
export const signature = /signature/;

export const enveloped = (jwt, of = 'Credential') => ({
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  id: `data:application/${of === 'Credential' ? 'vc' : 'vp'}+jwt,${jwt}`,
  type: 'EnvelopedVerifiable' + of,
});
