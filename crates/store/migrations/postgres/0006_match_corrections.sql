-- The runner's word on which run was which session, the marks on activities that a new import
-- must not undo, and what activities said before they were changed: a plan of the past is
-- recomputed from what was known when it was made.

CREATE TABLE match_corrections (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created_at TIMESTAMP NOT NULL,
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('belongs', 'alone', 'done', 'not_done')),
  workout_date DATE,
  workout_type VARCHAR(50),
  activity_id UUID REFERENCES strava_activities(id) ON DELETE CASCADE,
  undone_at TIMESTAMP,
  note TEXT,
  CHECK ((kind IN ('belongs', 'alone')) = (activity_id IS NOT NULL)),
  CHECK ((kind = 'alone') = (workout_date IS NULL)),
  CHECK ((workout_date IS NULL) = (workout_type IS NULL))
);

CREATE TABLE activity_versions (
  activity_id UUID NOT NULL REFERENCES strava_activities(id) ON DELETE CASCADE,
  replaced_at TIMESTAMP NOT NULL,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  recorded_at TIMESTAMP NOT NULL,
  strava_activity_id BIGINT NOT NULL,
  sport VARCHAR(10) NOT NULL,
  start_date_local TIMESTAMP NOT NULL,
  distance_meters DECIMAL(8,2) NOT NULL,
  moving_time_seconds INTEGER NOT NULL,
  elapsed_time_seconds INTEGER NOT NULL,
  total_elevation_gain DECIMAL(6,2),
  average_heartrate INTEGER,
  max_heartrate INTEGER,
  perceived_exertion INTEGER,
  average_temperature INTEGER,
  race BOOLEAN NOT NULL,
  confirmed BOOLEAN NOT NULL,
  excluded BOOLEAN NOT NULL,
  PRIMARY KEY (activity_id, replaced_at)
);

ALTER TABLE strava_activities ADD COLUMN deleted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE strava_activities ADD COLUMN race_said BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX idx_match_corrections_user_date ON match_corrections(user_id, workout_date);
CREATE INDEX idx_match_corrections_activity ON match_corrections(activity_id);
CREATE INDEX idx_activity_versions_user_time ON activity_versions(user_id, replaced_at);
