// What is signed in the checks: one document of each data model, with a claim that can be changed afterwards.
const day = 86_400_000;
const moment = (days) => new Date(Date.now() + days * day).toISOString().replace(/\.\d+Z$/, 'Z');
const uuid = () => 'urn:uuid:' + crypto.randomUUID();

/// Open Badges 3.0 with what such badges carry: criteria, alignment, result descriptions and results, evidence, status.
function openBadge(issuer) {
  const grade = uuid();
  const list = 'https://badges.example.org/status/7';
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
    id: 'https://badges.example.org/credentials/' + crypto.randomUUID(),
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: 'Infection control, level 2',
    issuer: { id: issuer, type: ['Profile'], name: 'Example Hospital, School of Nursing', url: 'https://badges.example.org/issuers/nursing', email: 'badges@nursing.example.org' },
    awardedDate: moment(-2),
    validFrom: moment(-1),
    validUntil: moment(700),
    credentialSubject: {
      id: uuid(), type: ['AchievementSubject'],
      identifier: [{ type: 'IdentityObject', identityHash: 'sha256$' + 'ab'.repeat(32), identityType: 'emailAddress', hashed: true, salt: 'kd8Pw1' }],
      achievement: {
        id: 'https://badges.example.org/achievements/infection-control-2', type: ['Achievement'], achievementType: 'Competency', inLanguage: 'en-GB', version: '2026.1',
        name: 'Infection control, level 2',
        description: 'Keeps patients and colleagues from infection on a ward, and notices early what went wrong.',
        criteria: { narrative: 'Twelve hours of training, a **test** of 40 questions, and three observed procedures.' },
        image: { id: 'https://badges.example.org/images/infection-control-2.png', type: 'Image', caption: 'Two hands under water' },
        tag: ['nursing', 'hygiene'],
        alignment: [{ type: ['Alignment'], targetType: 'CFItem', targetName: 'Hand hygiene', targetUrl: 'https://badges.example.org/case/hand-hygiene', targetFramework: 'Ward competencies' }],
        resultDescription: [{ id: grade, type: ['ResultDescription'], name: 'Test', resultType: 'Percent', valueMin: '0', valueMax: '100', requiredValue: '80' }],
      },
      result: [{ type: ['Result'], resultDescription: grade, value: '92.5' }],
    },
    evidence: [{ id: uuid(), type: ['Evidence'], name: 'Observed procedures', narrative: 'Three on a surgical ward.', genre: 'Observation' }],
    credentialStatus: { id: list + '#94000', type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: '94000', statusListCredential: list },
  };
}

/// Data model 2.0 under the W3C's examples: language and direction of texts, numbers, nesting, two subjects.
function example(issuer) {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/examples/v2'],
    id: 'http://university.example/credentials/' + crypto.randomUUID(),
    type: ['VerifiableCredential', 'ExampleDegreeCredential'],
    name: [{ '@value': 'Degree in Nursing', '@language': 'en-GB' }, { '@value': 'شهادة في التمريض', '@language': 'ar', '@direction': 'rtl' }],
    issuer: { id: issuer, name: 'Example University' },
    validFrom: moment(-1),
    credentialSubject: [
      { id: uuid(), name: 'Layla', degree: { type: 'ExampleBachelorDegree', name: 'Bachelor of Nursing', credits: 180, mean: 1.75, honours: true } },
      { id: uuid(), name: 'Omar\n"quoted" \\ 𝔘nicode' },
    ],
  };
}

/// What canonical forms differ in: control characters, numbers, equal nodes, lists, JSON, language maps, empty values.
function corners(issuer) {
  const twin = () => ({ type: 'ExampleTwin', inner: { label: 'the same' } });
  const credential = example(issuer);
  return {
    ...credential,
    '@context': [...credential['@context'], {
      steps: { '@id': 'https://example.org/terms#steps', '@container': '@list' },
      raw: { '@id': 'https://example.org/terms#raw', '@type': '@json' },
      title: { '@id': 'https://example.org/terms#title', '@container': '@language' },
      at: { '@id': 'https://example.org/terms#at', '@type': 'http://www.w3.org/2001/XMLSchema#dateTime' },
      same: { '@id': 'https://example.org/terms#same', '@type': '@id' },
    }],
    credentialSubject: {
      id: uuid(),
      text: Array.from({ length: 31 }, (_, code) => String.fromCharCode(code + 1)).join('') + '\u007f\u0080\u2028\ufffd\u{1fffe}\u{10ffff} "\\" é e\u0301',
      numbers: [0, 1, -1, 0.1, 0.30000000000000004, 1.5, 1.5e-7, 2.5e-320, 0.001, 123456.789, 1e21, 1.7976931348623157e308, 9007199254740991, -9007199254740991],
      flags: [true, false, true],
      empty: '',
      twins: [twin(), twin(), twin()],
      steps: ['one', 2, 2.5, { label: 'three' }, 'one'],
      raw: { b: [1, 1e21, null, '\u20ac'], a: { '\ufb33': 1, '😀': 2, '\r': 3 } },
      title: { en: ['Ward', 'Floor'], ar: 'جناح', 'en-GB': 'Ward', 'zh-Hant-TW': '病房' },
      at: '2026-11-27T10:00:00.000Z',
      same: ['urn:example:b', 'urn:example:a', 'urn:example:b'],
    },
  };
}

/// Data model 1.1, with a context that is written out.
function older(issuer) {
  return {
    '@context': ['https://www.w3.org/2018/credentials/v1', { '@protected': true, AlumniCredential: 'urn:example:AlumniCredential', alumniOf: 'https://schema.org/alumniOf' }],
    id: uuid(),
    type: ['VerifiableCredential', 'AlumniCredential'],
    issuer,
    issuanceDate: moment(-1),
    expirationDate: moment(700),
    credentialSubject: { id: uuid(), alumniOf: 'Example University' },
  };
}

/// Data model 1.1 with published contexts only: nothing but identifiers can be said under them.
function oldest(issuer) {
  const { '@context': [published], type: [type], credentialSubject: { id }, ...rest } = older(issuer);
  return { '@context': [published], type: [type], credentialSubject: { id }, ...rest };
}

/// By name: `make(issuer)`, and `claim`, the JSON pointer of the claim that `changed` changes.
export const documents = {
  'Open Badges 3.0': { make: openBadge, claim: '/credentialSubject/result/0/value' },
  'data model 2.0': { make: example, claim: '/credentialSubject/0/name' },
  'corners of data model 2.0': { make: corners, claim: '/credentialSubject/steps/0' },
  'data model 1.1': { make: oldest, claim: '/credentialSubject/id' },
  'data model 1.1 with a context of its own': { make: older, claim: '/credentialSubject/alumniOf' },
};

/// A copy with another text at a JSON pointer.
export function changed(document, pointer) {
  const copy = structuredClone(document);
  const path = pointer.split('/').slice(1);
  const last = path.pop();
  const place = path.reduce((inner, member) => inner[member], copy);
  if (typeof place[last] !== 'string') throw new Error('no text at ' + pointer);
  place[last] += '1';
  return copy;
}
