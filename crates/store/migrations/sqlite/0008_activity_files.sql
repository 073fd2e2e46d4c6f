-- What each source says of an activity is kept by itself, so that sources can be put together and
-- taken apart again; what the points of its file say; and files that are watched for.

ALTER TABLE strava_activities ADD COLUMN graded_meters INTEGER;
ALTER TABLE strava_activities ADD COLUMN decoupling_permille INTEGER;
ALTER TABLE strava_activities ADD COLUMN held_heartrate INTEGER;
ALTER TABLE strava_activities ADD COLUMN fastest_400_seconds INTEGER;
ALTER TABLE strava_activities ADD COLUMN fastest_800_seconds INTEGER;
ALTER TABLE strava_activities ADD COLUMN fastest_5000_seconds INTEGER;

ALTER TABLE activity_versions ADD COLUMN graded_meters INTEGER;
ALTER TABLE activity_versions ADD COLUMN decoupling_permille INTEGER;
ALTER TABLE activity_versions ADD COLUMN held_heartrate INTEGER;
ALTER TABLE activity_versions ADD COLUMN fastest_400_seconds INTEGER;
ALTER TABLE activity_versions ADD COLUMN fastest_800_seconds INTEGER;
ALTER TABLE activity_versions ADD COLUMN fastest_5000_seconds INTEGER;

-- An activity is what its sources say together. The id is the source's own.
ALTER TABLE activity_sources ADD COLUMN strava_activity_id BIGINT;
ALTER TABLE activity_sources ADD COLUMN activity_type VARCHAR(50) CHECK (length(activity_type) <= 50);
ALTER TABLE activity_sources ADD COLUMN sport VARCHAR(10) CHECK (sport IN ('run', 'other'));
ALTER TABLE activity_sources ADD COLUMN name VARCHAR(255) CHECK (length(name) <= 255);
ALTER TABLE activity_sources ADD COLUMN distance_meters DECIMAL(8,2);
ALTER TABLE activity_sources ADD COLUMN moving_time_seconds INTEGER;
ALTER TABLE activity_sources ADD COLUMN elapsed_time_seconds INTEGER;
ALTER TABLE activity_sources ADD COLUMN total_elevation_gain DECIMAL(6,2);
ALTER TABLE activity_sources ADD COLUMN start_date TEXT;
ALTER TABLE activity_sources ADD COLUMN start_date_local TEXT;
ALTER TABLE activity_sources ADD COLUMN average_speed_ms DECIMAL(6,3);
ALTER TABLE activity_sources ADD COLUMN max_speed_ms DECIMAL(6,3);
ALTER TABLE activity_sources ADD COLUMN average_heartrate INTEGER;
ALTER TABLE activity_sources ADD COLUMN max_heartrate INTEGER;
ALTER TABLE activity_sources ADD COLUMN weighted_average_watts DECIMAL(6,2);
ALTER TABLE activity_sources ADD COLUMN average_watts DECIMAL(6,2);
ALTER TABLE activity_sources ADD COLUMN external_id VARCHAR(255) CHECK (length(external_id) <= 255);
ALTER TABLE activity_sources ADD COLUMN upload_id BIGINT;
ALTER TABLE activity_sources ADD COLUMN race BOOLEAN CHECK (race IN (0, 1));
ALTER TABLE activity_sources ADD COLUMN average_temperature INTEGER;
ALTER TABLE activity_sources ADD COLUMN perceived_exertion INTEGER CHECK (perceived_exertion BETWEEN 0 AND 10);
ALTER TABLE activity_sources ADD COLUMN graded_meters INTEGER;
ALTER TABLE activity_sources ADD COLUMN decoupling_permille INTEGER;
ALTER TABLE activity_sources ADD COLUMN held_heartrate INTEGER;
ALTER TABLE activity_sources ADD COLUMN fastest_400_seconds INTEGER;
ALTER TABLE activity_sources ADD COLUMN fastest_800_seconds INTEGER;
ALTER TABLE activity_sources ADD COLUMN fastest_5000_seconds INTEGER;
ALTER TABLE activity_sources ADD COLUMN indoor BOOLEAN CHECK (indoor IN (0, 1));
ALTER TABLE activity_sources ADD COLUMN reading_digest CHAR(64)
  CHECK (length(reading_digest) = 64);

UPDATE activity_sources SET (
  strava_activity_id, activity_type, sport, name, distance_meters, moving_time_seconds,
  elapsed_time_seconds, total_elevation_gain, start_date, start_date_local, average_speed_ms,
  max_speed_ms, average_heartrate, max_heartrate, weighted_average_watts, average_watts,
  external_id, upload_id, race, average_temperature, perceived_exertion
) = (SELECT
  a.strava_activity_id, a.activity_type, a.sport, a.name, a.distance_meters,
  a.moving_time_seconds, a.elapsed_time_seconds, a.total_elevation_gain, a.start_date,
  a.start_date_local, a.average_speed_ms, a.max_speed_ms, a.average_heartrate, a.max_heartrate,
  a.weighted_average_watts, a.average_watts, a.external_id, a.upload_id, a.race,
  a.average_temperature, a.perceived_exertion
  FROM strava_activities a WHERE a.id = activity_sources.activity_id);

CREATE UNIQUE INDEX idx_activity_sources_own_id
  ON activity_sources(strava_activity_id, source, user_id);

ALTER TABLE import_batches ADD COLUMN rolled_back_at TEXT;

-- The points of one source's file, as bytes of their own form.
CREATE TABLE activity_streams (
  source_id TEXT PRIMARY KEY NOT NULL REFERENCES activity_sources(id) ON DELETE CASCADE
    CHECK (length(source_id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE
    CHECK (length(user_id) = 36),
  points INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  device VARCHAR(100) CHECK (length(device) <= 100)
);

-- Kilometres, miles and the watch's own laps of one source.
CREATE TABLE activity_splits (
  source_id TEXT NOT NULL REFERENCES activity_sources(id) ON DELETE CASCADE
    CHECK (length(source_id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE
    CHECK (length(user_id) = 36),
  kind VARCHAR(4) NOT NULL CHECK (kind IN ('km', 'mile', 'lap')),
  number INTEGER NOT NULL,
  distance_cm INTEGER,
  elapsed_ms INTEGER NOT NULL,
  moving_ms INTEGER NOT NULL,
  graded_cm INTEGER,
  rise_cm INTEGER,
  heart_rate INTEGER,
  PRIMARY KEY (source_id, kind, number)
);

-- The fastest stretch of each distance in one source.
CREATE TABLE best_efforts (
  source_id TEXT NOT NULL REFERENCES activity_sources(id) ON DELETE CASCADE
    CHECK (length(source_id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE
    CHECK (length(user_id) = 36),
  distance_cm INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  heart_rate INTEGER,
  PRIMARY KEY (source_id, distance_cm)
);

-- Files that the watched folder held when it was last looked at, and those taken from it.
CREATE TABLE watched_files (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE
    CHECK (length(user_id) = 36),
  path VARCHAR(1000) NOT NULL CHECK (length(path) <= 1000),
  size BIGINT NOT NULL,
  modified_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  digest CHAR(64) CHECK (length(digest) = 64),
  taken_at TEXT,
  PRIMARY KEY (user_id, path)
);

CREATE INDEX idx_activity_streams_user ON activity_streams(user_id);
CREATE INDEX idx_activity_splits_user ON activity_splits(user_id);
CREATE INDEX idx_best_efforts_user ON best_efforts(user_id, distance_cm, time_ms);
CREATE INDEX idx_watched_files_digest ON watched_files(user_id, digest);
