// A signing service as the peers run it: one Node.js process, POST a credential, get it back signed with
// eddsa-rdfc-2022 by @digitalbazaar/vc; contexts and key in memory, no database, no TLS, no log. It stands in for the
// Digital Credentials Consortium's, which is built of the same libraries and is not on npm; that one has Express and an
// access log besides. Prints its port. Copied beside the peers' packages to run.
import {createServer} from 'node:http';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as vc from '@digitalbazaar/vc';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {loader, makeKey} from './loader.mjs';

const {key, did} = await makeKey();
const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
const documentLoader = loader();

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  let status = 201, text;
  try {
    const credential = JSON.parse(Buffer.concat(parts));
    credential.issuer.id = did;
    text = JSON.stringify(await vc.issue({credential, suite, documentLoader}));
  } catch (error) {
    status = 400;
    text = JSON.stringify({error: String(error)});
  }
  response.writeHead(status, {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)});
  response.end(text);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
