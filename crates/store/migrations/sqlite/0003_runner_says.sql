-- What the runner says of days and runs (optional, never required), Send It mode as it was chosen,
-- when a check-in was answered, and the events behind the meters.

CREATE TABLE feedback (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  feedback_date TEXT NOT NULL CHECK (feedback_date LIKE '____-__-__'),
  effort INTEGER CHECK (effort BETWEEN 1 AND 10),
  pain_during INTEGER CHECK (pain_during BETWEEN 0 AND 10),
  pain_next_morning INTEGER CHECK (pain_next_morning BETWEEN 0 AND 10),
  sleep INTEGER CHECK (sleep BETWEEN 1 AND 5),
  soreness INTEGER CHECK (soreness BETWEEN 1 AND 5),
  mood INTEGER CHECK (mood BETWEEN 1 AND 5),
  resting_heart_rate INTEGER CHECK (resting_heart_rate BETWEEN 20 AND 150),
  created_at TEXT NOT NULL
);

CREATE TABLE overrides (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  from_date TEXT NOT NULL CHECK (from_date LIKE '____-__-__'),
  until_date TEXT NOT NULL CHECK (until_date LIKE '____-__-__'),
  acknowledgement TEXT NOT NULL,
  created_at TEXT NOT NULL,
  ended_on TEXT CHECK (ended_on LIKE '____-__-__'),
  ended_at TEXT
);

CREATE TABLE meter_events (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  event_date TEXT NOT NULL CHECK (event_date LIKE '____-__-__'),
  event_kind VARCHAR(40) NOT NULL CHECK (length(event_kind) <= 40),
  points INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  created_at TEXT NOT NULL
);

ALTER TABLE compliance_check_ins ADD COLUMN answered_on TEXT
  CHECK (answered_on LIKE '____-__-__');
ALTER TABLE compliance_check_ins ADD COLUMN answered_at TEXT;

CREATE INDEX idx_feedback_user_date ON feedback(user_id, feedback_date);
CREATE INDEX idx_overrides_user_date ON overrides(user_id, from_date);
CREATE INDEX idx_meter_events_user_date ON meter_events(user_id, event_date);
