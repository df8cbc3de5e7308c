// The other side: @digitalbazaar/vc with each of its suites.
import assert from 'node:assert/strict';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { Ed25519Signature2020 } from '@digitalbazaar/ed25519-signature-2020';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import { cryptosuite as ecdsaRdfc } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import { cryptosuite as eddsaRdfc } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import * as base58btc from 'base58-universal';
import { loader } from './loader.mjs';

const ed25519 = async () => named(await Ed25519Multikey.generate());
const ecdsa = (curve) => async () => named(await EcdsaMultikey.generate({ curve }));

function named(key) {
  key.controller = 'did:key:' + key.publicKeyMultibase;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  return key;
}

const rdfc = (cryptosuite, makeKey) => ({ makeKey, toSign: () => cryptosuite, toVerify: () => cryptosuite });
/// They compare contexts by identity, which those that are written out in a document never have once it was text.
const jcs = ({ createSignCryptosuite, createVerifyCryptosuite }, makeKey) => ({ makeKey, toSign: createSignCryptosuite, toVerify: createVerifyCryptosuite, refusesInlineContexts: true });

/// By the name of our profile.
export const suites = {
  'eddsa-rdfc-2022': rdfc(eddsaRdfc, ed25519),
  'eddsa-jcs-2022': jcs(eddsaJcs, ed25519),
  'ecdsa-rdfc-2019-p256': rdfc(ecdsaRdfc, ecdsa('P-256')),
  'ecdsa-rdfc-2019-p384': rdfc(ecdsaRdfc, ecdsa('P-384')),
  'ecdsa-jcs-2019-p256': jcs(ecdsaJcs, ecdsa('P-256')),
  'ecdsa-jcs-2019-p384': jcs(ecdsaJcs, ecdsa('P-384')),
};

/// With the list that the loader brings. Its reader calls a list verified whatever the bit says.
export async function notRevoked(options) {
  const read = await checkStatus(options);
  return { ...read, verified: read.verified && read.results.every(({ status }) => !status) };
}

const statusIsElsewhere = async () => ({ verified: true });

/// The libraries change what they are given, and what travels is text.
const copied = (document) => JSON.parse(JSON.stringify(document));

/// Signs with a key of its own and verifies what comes.
export async function theirs({ makeKey, toSign, toVerify, documentLoader = loader(), ...own }) {
  const key = await makeKey();
  const signer = (options) => own.signer?.(key) ?? new DataIntegrityProof({ signer: key.signer(), cryptosuite: toSign(options) });
  const verifier = own.verifier ?? new DataIntegrityProof({ cryptosuite: toVerify() });
  const judge = (credential, checkStatus) => vc.verifyCredential({ credential: copied(credential), suite: verifier, documentLoader, checkStatus });
  const judgePresentation = (presentation, expected) => vc.verify({ presentation: copied(presentation), suite: verifier, documentLoader, checkStatus: statusIsElsewhere, ...expected });
  return {
    did: key.controller,
    key,
    issue: (credential, options) => vc.issue({ credential: copied(credential), suite: signer(options), documentLoader }),
    prove: (presentation, options) => vc.signPresentation({ presentation: copied(presentation), suite: signer(), documentLoader, ...options }),
    accepts: async (credential, checkStatus = statusIsElsewhere) => assertVerified(await judge(credential, checkStatus)),
    refuses: async (credential, reason = /Invalid signature/) => assertRefused(await judge(credential, statusIsElsewhere), reason),
    acceptsPresentation: async (presentation, expected) => assertVerified(await judgePresentation(presentation, expected)),
    refusesPresentation: async (presentation, expected, reason = /Invalid signature/) => assertRefused(await judgePresentation(presentation, expected), reason),
  };
}

/// Signs `credential` as `signed` was, except that its signature is given back: what they would have made of it with that
/// key at that instant, and whether that signature is good over the bytes that they sign.
export async function signedAgain(suite, credential, signed) {
  const { verificationMethod, created, proofValue } = signed.proof;
  const { document } = await loader()(verificationMethod);
  const verifier = await suite.toVerify().createVerifier({ verificationMethod: document });
  const signature = base58btc.decode(proofValue.slice(1));
  let isGood = false;
  const sign = async ({ data }) => {
    isGood = await verifier.verify({ data, signature });
    return signature;
  };
  const signer = { id: verificationMethod, algorithm: verifier.algorithm, sign };
  const again = await vc.issue({ credential: copied(credential), suite: new DataIntegrityProof({ signer, date: created, cryptosuite: suite.toSign() }), documentLoader: loader() });
  return { again, isGood };
}

export const selective = { makeKey: ecdsa('P-256'), toSign: ecdsaSd.createSignCryptosuite, toVerify: ecdsaSd.createVerifyCryptosuite };

export function derive(verifiableCredential, selectivePointers) {
  const suite = new DataIntegrityProof({ cryptosuite: ecdsaSd.createDiscloseCryptosuite({ selectivePointers }) });
  return vc.derive({ verifiableCredential: copied(verifiableCredential), suite, documentLoader: loader() });
}

export const signature2020 = {
  makeKey: ed25519,
  documentLoader: loader({ keyType: 'Ed25519VerificationKey2020' }),
  signer: (key) => new Ed25519Signature2020({ signer: key.signer() }),
  verifier: new Ed25519Signature2020(),
};

/// All that went wrong, with the causes beneath: the libraries nest them.
export function reasons(result) {
  const told = [];
  const tell = (error) => {
    if (!error) return;
    told.push(error.message);
    [error.cause, ...(error.errors ?? [])].forEach(tell);
  };
  [result, result.presentationResult, result.statusResult, ...(result.results ?? []), ...(result.credentialResults ?? [])].forEach((part) => tell(part?.error));
  return told.join(' | ');
}

export function assertVerified(result) {
  assert.equal(result.verified, true, reasons(result));
  return result;
}

export function assertRefused(result, reason) {
  assert.equal(result.verified, false, 'a changed document verifies');
  assert.match(reasons(result), reason);
}
