-- Runners who are connected to Strava: what they agreed to, where the sync is, what was pushed,
-- how much of Strava's limits is used, and what was erased. Tokens are in users, sealed.

CREATE TABLE strava_connections (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users(id) ON DELETE CASCADE
    CHECK (length(user_id) = 36),
  scopes VARCHAR(200) NOT NULL CHECK (length(scopes) <= 200),
  state VARCHAR(20) NOT NULL CHECK (state IN ('active', 'needs_reauth')),
  state_reason TEXT,
  state_since TEXT NOT NULL,
  connected_at TEXT NOT NULL,
  token_version BIGINT NOT NULL,
  batch_id TEXT NOT NULL REFERENCES import_batches(id) CHECK (length(batch_id) = 36),
  refresh_id TEXT CHECK (length(refresh_id) = 36),
  refresh_until TEXT,
  stage VARCHAR(20) NOT NULL CHECK (stage IN ('summaries', 'details', 'done')),
  listing_id TEXT CHECK (length(listing_id) = 36),
  listing_from TEXT,
  listing_page INTEGER NOT NULL,
  listed_at TEXT,
  polled_at TEXT,
  poll_due_at TEXT NOT NULL,
  dirty_from TEXT CHECK (dirty_from LIKE '____-__-__'),
  last_error TEXT,
  updated_at TEXT NOT NULL
);

CREATE TABLE strava_consents (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  given_at TEXT NOT NULL,
  text_version VARCHAR(20) NOT NULL CHECK (length(text_version) <= 20),
  scopes VARCHAR(200) CHECK (length(scopes) <= 200),
  withdrawn_at TEXT
);

-- Somebody was sent to Strava to grant permission. Only digests are kept.
CREATE TABLE strava_states (
  state_hash VARCHAR(64) PRIMARY KEY NOT NULL CHECK (length(state_hash) <= 64),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  consent_id TEXT NOT NULL REFERENCES strava_consents(id) ON DELETE CASCADE
    CHECK (length(consent_id) = 36),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);

-- What came from the API, by the source that says so: how long it may stay, and whether its
-- details were asked for.
CREATE TABLE strava_items (
  source_id TEXT PRIMARY KEY NOT NULL REFERENCES activity_sources(id) ON DELETE CASCADE
    CHECK (length(source_id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  strava_activity_id BIGINT NOT NULL,
  start_date TEXT NOT NULL,
  retention VARCHAR(4) NOT NULL CHECK (retention IN ('7d', 'keep')),
  fetched_at TEXT NOT NULL,
  listing_id TEXT CHECK (length(listing_id) = 36),
  digest VARCHAR(64) NOT NULL CHECK (length(digest) <= 64),
  detail VARCHAR(10) NOT NULL CHECK (detail IN ('wanted', 'had', 'given_up')),
  detail_tries INTEGER NOT NULL,
  detail_due_at TEXT NOT NULL,
  UNIQUE (user_id, strava_activity_id)
);

-- The application's limits, for all processes together.
CREATE TABLE strava_quota (
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('overall', 'read')),
  span VARCHAR(10) NOT NULL CHECK (span IN ('quarter', 'day')),
  window_start TEXT NOT NULL,
  allowed INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (kind, span)
);

CREATE TABLE strava_subscription (
  slot INTEGER PRIMARY KEY NOT NULL CHECK (slot = 1),
  subscription_id BIGINT,
  path_hash VARCHAR(64) NOT NULL CHECK (length(path_hash) <= 64),
  verify_hash VARCHAR(64) NOT NULL CHECK (length(verify_hash) <= 64),
  created_at TEXT NOT NULL
);

CREATE TABLE strava_events (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  subscription_id BIGINT NOT NULL,
  object_id BIGINT NOT NULL,
  aspect VARCHAR(20) NOT NULL
    CHECK (aspect IN ('create', 'update', 'delete', 'deauthorize')),
  event_time TEXT NOT NULL,
  received_at TEXT NOT NULL,
  handled_at TEXT,
  UNIQUE (user_id, subscription_id, object_id, aspect, event_time)
);

-- How long the operator may keep what comes from Strava, each time that it was said anew.
CREATE TABLE strava_terms (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  retention VARCHAR(4) NOT NULL CHECK (retention IN ('7d', 'keep')),
  permission TEXT,
  recorded_at TEXT NOT NULL
);

-- Receipts. They outlive the account: whose they are is a digest.
CREATE TABLE strava_erasures (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  subject_hash VARCHAR(64) NOT NULL CHECK (length(subject_hash) <= 64),
  reason VARCHAR(20) NOT NULL
    CHECK (reason IN ('disconnected', 'deauthorized', 'expired', 'deleted', 'account')),
  activities INTEGER NOT NULL,
  rehomed INTEGER NOT NULL,
  first_day TEXT CHECK (first_day LIKE '____-__-__'),
  erased_at TEXT NOT NULL
);

CREATE INDEX idx_strava_connections_poll ON strava_connections(poll_due_at);
CREATE INDEX idx_strava_consents_user ON strava_consents(user_id);
CREATE INDEX idx_strava_states_user ON strava_states(user_id);
CREATE INDEX idx_strava_items_detail ON strava_items(user_id, detail, detail_due_at);
CREATE INDEX idx_strava_items_fetched ON strava_items(fetched_at);
CREATE INDEX idx_strava_events_user ON strava_events(user_id, object_id);
CREATE INDEX idx_strava_events_received ON strava_events(received_at);
CREATE INDEX idx_strava_erasures_subject ON strava_erasures(subject_hash);
