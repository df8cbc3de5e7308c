// VC-JWT and VP-JWT: jose signs and verifies, with did:keys and did:jwks.
import assert from 'node:assert/strict';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jose from 'jose';
import { documents } from './documents.mjs';
import { enveloped, ours } from './ours.mjs';

const multikeys = { EdDSA: Ed25519Multikey, ES256: EcdsaMultikey, ES384: EcdsaMultikey };
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/// A key pair and the DID that holds its public part. RSA has no did:key here: its DID is a did:jwk.
async function makeSigner(alg) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = await jose.exportJWK(publicKey);
  if (!multikeys[alg]) {
    const did = 'did:jwk:' + base64url(jwk);
    return { alg, did, kid: did + '#0', privateKey };
  }
  const { publicKeyMultibase } = await multikeys[alg].fromJwk({ jwk });
  const did = 'did:key:' + publicKeyMultibase;
  return { alg, did, kid: `${did}#${publicKeyMultibase}`, privateKey };
}

const sign = ({ alg, kid, privateKey }, typ, payload) => new jose.SignJWT(payload).setProtectedHeader({ alg, kid, typ }).sign(privateKey);

/// The same token with another payload under the old signature.
function withPayload(token, change) {
  const [header, payload, signed] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  change(claims);
  return [header, base64url(claims), signed].join('.');
}

async function didKeyJwk(kid) {
  const publicKeyMultibase = kid.split('#')[1];
  const keyPair = await Ed25519Multikey.from({ type: 'Multikey', id: kid, controller: kid.split('#')[0], publicKeyMultibase });
  return Ed25519Multikey.toJwk({ keyPair });
}

export async function tokens(house, check) {
  const us = ours(house);
  const { make } = documents['Open Badges 3.0'];
  const rename = (claims) => (claims.name += '!');

  await check('jwt, EdDSA: ours with jose', async () => {
    const credential = make(us.did('jwt'));
    const envelope = await us.issue('jwt', credential);
    assert.equal(envelope.type, 'EnvelopedVerifiableCredential');
    const [prefix, token] = envelope.id.split(',');
    assert.equal(prefix, 'data:application/vc+jwt');
    const { alg, kid, typ } = jose.decodeProtectedHeader(token);
    assert.deepEqual([alg, typ], ['EdDSA', 'vc+jwt']);
    assert.equal(kid.split('#')[0], us.did('jwt'));
    const key = await jose.importJWK(await didKeyJwk(kid), alg);
    const { payload: { iss, ...said } } = await jose.jwtVerify(token, key, { typ: 'vc+jwt', issuer: us.did('jwt') });
    assert.deepEqual(said, credential);
    await assert.rejects(jose.jwtVerify(withPayload(token, rename), key), jose.errors.JWSSignatureVerificationFailed);
    await us.accepts(envelope);
    await us.refuses(enveloped(withPayload(token, rename)));
  });

  for (const alg of ['EdDSA', 'ES256', 'ES384', 'RS256']) {
    const signer = await makeSigner(alg);
    const held = () => sign(signer, 'vc+jwt', make(signer.did));
    await check(`jwt, ${alg}: a credential of jose with us`, async () => {
      const token = await held();
      await us.accepts(enveloped(token));
      await us.refuses(enveloped(withPayload(token, rename)));
      await us.refuses(enveloped(await sign(signer, 'vc+jwt', { ...make(signer.did), exp: 1 })), /token-time/);
    });
    await check(`jwt, ${alg}: a credential of data model 1.1 in a vc claim with us`, async () => {
      const credential = documents['data model 1.1 with a context of its own'].make(signer.did);
      const token = await sign(signer, 'JWT', { iss: signer.did, jti: credential.id, vc: credential });
      await us.accepts(enveloped(token));
      await us.refuses(enveloped(withPayload(token, ({ vc }) => (vc.credentialSubject.alumniOf += '!'))));
    });
    await check(`jwt, ${alg}: a presentation of jose with us`, async () => {
      const presentation = { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'], holder: signer.did, verifiableCredential: [enveloped(await held())] };
      const asked = { challenge: '123456789', domain: 'https://employer.example' };
      const token = await sign(signer, 'vp+jwt', { ...presentation, nonce: asked.challenge, aud: asked.domain });
      await us.acceptsPresentation(enveloped(token, 'Presentation'), asked);
      await us.refusesPresentation(enveloped(token, 'Presentation'), { ...asked, challenge: 'another' }, /token-claims/);
      await us.refusesPresentation(enveloped(token, 'Presentation'), { ...asked, domain: 'https://another.example' }, /token-claims/);
      await us.refusesPresentation(enveloped(withPayload(token, (claims) => (claims.id = 'urn:example:other')), 'Presentation'), asked);
      const forged = { ...presentation, verifiableCredential: [enveloped(withPayload(await held(), rename))] };
      await us.refusesPresentation(enveloped(await sign(signer, 'vp+jwt', { ...forged, nonce: asked.challenge, aud: asked.domain }), 'Presentation'), asked);
    });
  }
}
