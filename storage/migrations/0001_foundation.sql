-- INTEGER PRIMARY KEY is a number that the database gives, always a larger one.

-- The programme: one row per element of a starter file, its JSON as it was given (no names of people in it).
CREATE TABLE programme_item (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  body TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;
CREATE UNIQUE INDEX programme_item_order ON programme_item (kind, position);

CREATE TABLE achievement (
  issuer_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (issuer_id, id, version)
) STRICT;
CREATE UNIQUE INDEX achievement_order ON achievement (position);

-- People: the only tables with names, e-mail addresses and free text.
CREATE TABLE learner (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  email TEXT UNIQUE,
  name TEXT,
  name_ar TEXT,
  organisation_id TEXT,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  erased_at INTEGER
) STRICT;

CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT,
  name_ar TEXT,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE note (
  about TEXT NOT NULL,
  subject TEXT NOT NULL,
  n INTEGER NOT NULL,
  learner_id TEXT,
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (about, subject, n)
) STRICT;
CREATE INDEX note_of_learner ON note (learner_id);

-- The random id of a learner in the credentials of one issuer.
CREATE TABLE subject (
  issuer_id TEXT NOT NULL,
  learner_id TEXT NOT NULL,
  urn TEXT NOT NULL UNIQUE,
  PRIMARY KEY (learner_id, issuer_id)
) STRICT;

-- Evidence of every kind; `body` is the element without free text. Days are whole UTC dates. `revision` counts the
-- inserts and changes of one learner's evidence: its maximum is the stamp of what a decision was made on.
CREATE TABLE evidence (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  learner_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  activity_id TEXT,
  occurred_on INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  eligible INTEGER NOT NULL,
  coi TEXT,
  replaces TEXT,
  body TEXT NOT NULL,
  UNIQUE (kind, source, external_id)
) STRICT;
CREATE INDEX evidence_of_learner ON evidence (learner_id, revision);
CREATE INDEX evidence_of_source ON evidence (kind, source, recorded_at, id);
CREATE INDEX evidence_of_kind ON evidence (kind, recorded_at, id);

-- First answers, repeated byte for byte.
CREATE TABLE answer (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  location TEXT,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (scope, key)
) STRICT;

CREATE TABLE issuer_key (
  id TEXT NOT NULL PRIMARY KEY,
  issuer_id TEXT NOT NULL,
  type TEXT NOT NULL,
  purpose TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  sealed BLOB NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  activated_at INTEGER,
  retired_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX issuer_key_of_issuer ON issuer_key (issuer_id, created_at);

CREATE TABLE status_list (
  id TEXT NOT NULL PRIMARY KEY,
  issuer_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  length INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX status_list_of_issuer ON status_list (issuer_id, purpose, created_at);

-- A position is taken once and for ever: at reservation, before anything uses it.
CREATE TABLE status_position (
  list_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (list_id, position)
) STRICT;

-- Bits that are set. Nothing is ever deleted here.
CREATE TABLE status_bit (
  list_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  set_at INTEGER NOT NULL,
  PRIMARY KEY (list_id, position)
) STRICT;

CREATE TABLE credential (
  id TEXT NOT NULL PRIMARY KEY,
  issuer_id TEXT NOT NULL,
  learner_id TEXT NOT NULL,
  achievement_id TEXT NOT NULL,
  achievement_version INTEGER NOT NULL,
  award_no INTEGER NOT NULL,
  origin TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  claim_state TEXT NOT NULL,
  visibility TEXT NOT NULL,
  show_name INTEGER NOT NULL,
  language TEXT NOT NULL,
  share_code TEXT NOT NULL UNIQUE,
  edition INTEGER NOT NULL,
  awarded_at INTEGER NOT NULL,
  valid_until INTEGER,
  limited_by TEXT,
  status_list_id TEXT NOT NULL,
  status_position INTEGER NOT NULL,
  details TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  erased_at INTEGER,
  UNIQUE (learner_id, issuer_id, achievement_id, award_no),
  UNIQUE (status_list_id, status_position)
) STRICT;
CREATE INDEX credential_of_issuer ON credential (issuer_id, created_at, id);
CREATE INDEX credential_order ON credential (created_at, id);

CREATE TABLE credential_document (
  credential_id TEXT NOT NULL,
  edition INTEGER NOT NULL,
  form TEXT NOT NULL,
  key_id TEXT NOT NULL,
  body TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  PRIMARY KEY (credential_id, edition, form)
) STRICT;

-- Access. Only hashes of secrets.
CREATE TABLE api_token (
  id TEXT NOT NULL PRIMARY KEY,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  issuer_id TEXT,
  provider_id TEXT,
  organisation_id TEXT,
  learner_id TEXT,
  scope TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_token_of_learner ON api_token (learner_id);

CREATE TABLE session (
  hash TEXT NOT NULL PRIMARY KEY,
  csrf TEXT NOT NULL,
  role TEXT NOT NULL,
  issuer_id TEXT,
  provider_id TEXT,
  organisation_id TEXT,
  learner_id TEXT,
  token_id TEXT,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX session_of_learner ON session (learner_id);
CREATE INDEX session_of_token ON session (token_id);

-- Links sent by mail: purpose "claim" (90 days) or "sign-in" (15 minutes). `mail_id` joins the badges of one mail.
CREATE TABLE mail_link (
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  learner_id TEXT NOT NULL,
  mail_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX mail_link_of_learner ON mail_link (learner_id);

-- Work that leaves the process after the commit. Rows hold ids only; the text is written when it is sent.
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  learner_id TEXT,
  issuer_id TEXT,
  data TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  leased_until INTEGER,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_of_learner ON outbox (learner_id, kind, created_at);
CREATE INDEX outbox_of_issuer ON outbox (issuer_id, created_at);

-- What happened, append-only, ids only. Written in the same transaction as the act. The database gives the numbers: with
-- several writers a later one may be seen first, and a number whose transaction was given up stays unused.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  recorded_at INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  issuer_id TEXT,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX event_of_issuer ON event (issuer_id, seq);

-- Counters that tell other processes when a cache is stale.
CREATE TABLE change (
  topic TEXT NOT NULL PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT;
