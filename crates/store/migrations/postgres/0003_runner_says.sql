-- What the runner says of days and runs (optional, never required), Send It mode as it was chosen,
-- when a check-in was answered, and the events behind the meters.

CREATE TABLE feedback (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  feedback_date DATE NOT NULL,
  effort INTEGER CHECK (effort BETWEEN 1 AND 10),
  pain_during INTEGER CHECK (pain_during BETWEEN 0 AND 10),
  pain_next_morning INTEGER CHECK (pain_next_morning BETWEEN 0 AND 10),
  sleep INTEGER CHECK (sleep BETWEEN 1 AND 5),
  soreness INTEGER CHECK (soreness BETWEEN 1 AND 5),
  mood INTEGER CHECK (mood BETWEEN 1 AND 5),
  resting_heart_rate INTEGER CHECK (resting_heart_rate BETWEEN 20 AND 150),
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE overrides (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  from_date DATE NOT NULL,
  until_date DATE NOT NULL,
  acknowledgement TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  ended_on DATE,
  ended_at TIMESTAMP
);

CREATE TABLE meter_events (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  event_date DATE NOT NULL,
  event_kind VARCHAR(40) NOT NULL,
  points INTEGER NOT NULL,
  body JSONB NOT NULL,
  created_at TIMESTAMP NOT NULL
);

ALTER TABLE compliance_check_ins ADD COLUMN answered_on DATE;
ALTER TABLE compliance_check_ins ADD COLUMN answered_at TIMESTAMP;

CREATE INDEX idx_feedback_user_date ON feedback(user_id, feedback_date);
CREATE INDEX idx_overrides_user_date ON overrides(user_id, from_date);
CREATE INDEX idx_meter_events_user_date ON meter_events(user_id, event_date);
