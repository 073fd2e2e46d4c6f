-- Requests that change something and may be sent again: what was answered, for a day. Only digests
-- of the keys are kept.
CREATE TABLE idempotency_keys (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  key_hash VARCHAR(64) NOT NULL CHECK (length(key_hash) <= 64),
  operation VARCHAR(255) NOT NULL CHECK (length(operation) <= 255),
  request_hash VARCHAR(64) NOT NULL CHECK (length(request_hash) <= 64),
  claim_id TEXT NOT NULL CHECK (length(claim_id) = 36),
  leased_until TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX idx_idempotency_keys_created ON idempotency_keys(created_at);
