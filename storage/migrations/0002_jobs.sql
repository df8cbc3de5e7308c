-- Work that is answered with 202: items that are judged one after the other. What was sent is erased as soon as its
-- item is done, the rest when the job runs out.
CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  client TEXT NOT NULL,
  of_stranger INTEGER NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  served_at INTEGER NOT NULL,
  leased_until INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX job_expiry ON job (expires_at);

CREATE TABLE job_item (
  job_id TEXT NOT NULL REFERENCES job (id),
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  input BLOB,
  recipient TEXT,
  outcome TEXT,
  result TEXT,
  PRIMARY KEY (job_id, n)
) STRICT;
