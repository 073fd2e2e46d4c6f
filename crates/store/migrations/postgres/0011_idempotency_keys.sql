-- Requests that change something and may be sent again: what was answered, for a day. Only digests
-- of the keys are kept.
CREATE TABLE idempotency_keys (
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  key_hash VARCHAR(64) NOT NULL,
  operation VARCHAR(255) NOT NULL,
  request_hash VARCHAR(64) NOT NULL,
  claim_id UUID NOT NULL,
  leased_until TIMESTAMP NOT NULL,
  status INTEGER,
  body TEXT,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX idx_idempotency_keys_created ON idempotency_keys(created_at);
