-- Runners who are connected to Strava: what they agreed to, where the sync is, what was pushed,
-- how much of Strava's limits is used, and what was erased. Tokens are in users, sealed.

CREATE TABLE strava_connections (
  user_id UUID PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  scopes VARCHAR(200) NOT NULL,
  state VARCHAR(20) NOT NULL CHECK (state IN ('active', 'needs_reauth')),
  state_reason TEXT,
  state_since TIMESTAMP NOT NULL,
  connected_at TIMESTAMP NOT NULL,
  token_version BIGINT NOT NULL,
  batch_id UUID NOT NULL REFERENCES import_batches(id),
  refresh_id UUID,
  refresh_until TIMESTAMP,
  stage VARCHAR(20) NOT NULL CHECK (stage IN ('summaries', 'details', 'done')),
  listing_id UUID,
  listing_from TIMESTAMP,
  listing_page INTEGER NOT NULL,
  listed_at TIMESTAMP,
  polled_at TIMESTAMP,
  poll_due_at TIMESTAMP NOT NULL,
  dirty_from DATE,
  last_error TEXT,
  updated_at TIMESTAMP NOT NULL
);

CREATE TABLE strava_consents (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  given_at TIMESTAMP NOT NULL,
  text_version VARCHAR(20) NOT NULL,
  scopes VARCHAR(200),
  withdrawn_at TIMESTAMP
);

-- Somebody was sent to Strava to grant permission. Only digests are kept.
CREATE TABLE strava_states (
  state_hash VARCHAR(64) PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  consent_id UUID NOT NULL REFERENCES strava_consents(id) ON DELETE CASCADE,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
);

-- What came from the API, by the source that says so: how long it may stay, and whether its
-- details were asked for.
CREATE TABLE strava_items (
  source_id UUID PRIMARY KEY REFERENCES activity_sources(id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  strava_activity_id BIGINT NOT NULL,
  start_date TIMESTAMP NOT NULL,
  retention VARCHAR(4) NOT NULL CHECK (retention IN ('7d', 'keep')),
  fetched_at TIMESTAMP NOT NULL,
  listing_id UUID,
  digest VARCHAR(64) NOT NULL,
  detail VARCHAR(10) NOT NULL CHECK (detail IN ('wanted', 'had', 'given_up')),
  detail_tries INTEGER NOT NULL,
  detail_due_at TIMESTAMP NOT NULL,
  UNIQUE (user_id, strava_activity_id)
);

-- The application's limits, for all processes together.
CREATE TABLE strava_quota (
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('overall', 'read')),
  span VARCHAR(10) NOT NULL CHECK (span IN ('quarter', 'day')),
  window_start TIMESTAMP NOT NULL,
  allowed INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (kind, span)
);

CREATE TABLE strava_subscription (
  slot INTEGER PRIMARY KEY CHECK (slot = 1),
  subscription_id BIGINT,
  path_hash VARCHAR(64) NOT NULL,
  verify_hash VARCHAR(64) NOT NULL,
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE strava_events (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  subscription_id BIGINT NOT NULL,
  object_id BIGINT NOT NULL,
  aspect VARCHAR(20) NOT NULL
    CHECK (aspect IN ('create', 'update', 'delete', 'deauthorize')),
  event_time TIMESTAMP NOT NULL,
  received_at TIMESTAMP NOT NULL,
  handled_at TIMESTAMP,
  UNIQUE (user_id, subscription_id, object_id, aspect, event_time)
);

-- How long the operator may keep what comes from Strava, each time that it was said anew.
CREATE TABLE strava_terms (
  id UUID PRIMARY KEY,
  retention VARCHAR(4) NOT NULL CHECK (retention IN ('7d', 'keep')),
  permission TEXT,
  recorded_at TIMESTAMP NOT NULL
);

-- Receipts. They outlive the account: whose they are is a digest.
CREATE TABLE strava_erasures (
  id UUID PRIMARY KEY,
  subject_hash VARCHAR(64) NOT NULL,
  reason VARCHAR(20) NOT NULL
    CHECK (reason IN ('disconnected', 'deauthorized', 'expired', 'deleted', 'account')),
  activities INTEGER NOT NULL,
  rehomed INTEGER NOT NULL,
  first_day DATE,
  erased_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_strava_connections_poll ON strava_connections(poll_due_at);
CREATE INDEX idx_strava_consents_user ON strava_consents(user_id);
CREATE INDEX idx_strava_states_user ON strava_states(user_id);
CREATE INDEX idx_strava_items_detail ON strava_items(user_id, detail, detail_due_at);
CREATE INDEX idx_strava_items_fetched ON strava_items(fetched_at);
CREATE INDEX idx_strava_events_user ON strava_events(user_id, object_id);
CREATE INDEX idx_strava_events_received ON strava_events(received_at);
CREATE INDEX idx_strava_erasures_subject ON strava_erasures(subject_hash);
