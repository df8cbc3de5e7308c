// Lets other people's libraries verify what Itqan signs, and Itqan what they sign. A line per check.
import { badges, strangers, tokensOf } from './badges.mjs';
import { disclosures } from './disclosures.mjs';
import { elsewhere } from './elsewhere.mjs';
import { embedded } from './embedded.mjs';
import { startConformance, startDemo } from './house.mjs';
import { madeUp } from './made_up.mjs';
import { presentations } from './presentations.mjs';
import { tokens } from './tokens.mjs';

const wanted = process.argv[2] ?? '';
let passed = 0;
let failed = 0;

async function check(name, run) {
  if (!name.includes(wanted)) return;
  const began = Date.now();
  try {
    await run();
    passed += 1;
    console.log(`ok   ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${error.stack}`);
  }
}

async function within(start, parts) {
  const house = await start();
  try {
    for (const part of parts) await part(house, check);
  } finally {
    await house.stop();
  }
}

await within(startConformance, [embedded, madeUp, disclosures, tokens, presentations]);
await within(() => startDemo(), [badges, strangers]);
await elsewhere(check);
await within(() => startDemo({}, '--key-type', 'p256'), [tokensOf('ES256')]);
await within(() => startDemo({}, '--key-type', 'ed25519'), [tokensOf('EdDSA')]);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
