-- The same shape as on PostgreSQL. Ids, dates and timestamps are text that a person can read:
-- YYYY-MM-DD, 2026-11-22T21:45:36.123456Z. What PostgreSQL's types refuse, checks refuse here.

CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  strava_id BIGINT UNIQUE NOT NULL,
  strava_username VARCHAR(255) CHECK (length(strava_username) <= 255),
  email VARCHAR(255) CHECK (length(email) <= 255),
  refresh_token TEXT NOT NULL,
  access_token TEXT,
  access_token_expires_at TEXT,
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  time_zone TEXT,
  owner BOOLEAN NOT NULL DEFAULT FALSE CHECK (owner IN (0, 1))
);

CREATE TABLE runner_profiles (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT UNIQUE NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  base_pace_seconds_per_km INTEGER NOT NULL,
  threshold_pace_seconds_per_km INTEGER NOT NULL,
  weekly_capacity_km DECIMAL(5,2) NOT NULL,
  durability_score DECIMAL(3,2) DEFAULT 0.5,
  consistency_score DECIMAL(3,2) DEFAULT 0.5,
  risk_level VARCHAR(20) DEFAULT 'moderate' CHECK (risk_level IN ('low', 'moderate', 'high')),
  current_state VARCHAR(30) DEFAULT 'Stable'
    CHECK (current_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  override_mode_enabled BOOLEAN DEFAULT FALSE CHECK (override_mode_enabled IN (0, 1)),
  primary_goal_distance VARCHAR(20)
    CHECK (primary_goal_distance IN ('4K', '5K', '10K', 'Half Marathon', 'Marathon')),
  primary_goal_date TEXT CHECK (primary_goal_date LIKE '____-__-__'),
  goal_time_seconds INTEGER,
  last_28_day_volume DECIMAL(6,2),
  last_90_day_volume DECIMAL(6,2),
  last_28_day_consistency DECIMAL(3,2),
  bootcamp_completed BOOLEAN DEFAULT FALSE CHECK (bootcamp_completed IN (0, 1)),
  bootcamp_start_date TEXT CHECK (bootcamp_start_date LIKE '____-__-__'),
  bootcamp_end_date TEXT CHECK (bootcamp_end_date LIKE '____-__-__'),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  calibration TEXT CHECK (json_valid(calibration)),
  vdot_tenths INTEGER
);

CREATE TABLE long_term_goals (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  distance VARCHAR(20) NOT NULL
    CHECK (distance IN ('4K', '5K', '10K', 'Half Marathon', 'Marathon')),
  target_date TEXT NOT NULL CHECK (target_date LIKE '____-__-__'),
  target_time_seconds INTEGER,
  priority INTEGER DEFAULT 1 CHECK (priority BETWEEN 1 AND 255),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  decided_on TEXT CHECK (decided_on LIKE '____-__-__'),
  removed_on TEXT CHECK (removed_on LIKE '____-__-__'),
  removed_at TEXT
);

CREATE TABLE roadmaps (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  goal_id TEXT NOT NULL REFERENCES long_term_goals(id) ON DELETE CASCADE
    CHECK (length(goal_id) = 36),
  phase_number INTEGER NOT NULL,
  phase_name VARCHAR(100) NOT NULL CHECK (length(phase_name) <= 100),
  start_date TEXT NOT NULL CHECK (start_date LIKE '____-__-__'),
  end_date TEXT NOT NULL CHECK (end_date LIKE '____-__-__'),
  target_volume_km DECIMAL(6,2),
  focus VARCHAR(50)
    CHECK (focus IN ('Base Building', 'Speed', 'Endurance', 'Peak', 'Taper', 'Recovery')),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

CREATE TABLE milestones (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  roadmap_id TEXT NOT NULL REFERENCES roadmaps(id) ON DELETE CASCADE
    CHECK (length(roadmap_id) = 36),
  milestone_name VARCHAR(100) NOT NULL CHECK (length(milestone_name) <= 100),
  target_date TEXT NOT NULL CHECK (target_date LIKE '____-__-__'),
  target_metric VARCHAR(50)
    CHECK (target_metric IN ('long_run_km', 'weekly_km', 'time_trial_5k_s', 'race_s')),
  target_value DECIMAL(8,2),
  achieved BOOLEAN DEFAULT FALSE CHECK (achieved IN (0, 1)),
  achieved_date TEXT CHECK (achieved_date LIKE '____-__-__'),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

CREATE TABLE workout_templates (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  template_name VARCHAR(100) NOT NULL CHECK (length(template_name) <= 100),
  workout_type VARCHAR(30) NOT NULL
    CHECK (workout_type IN ('Easy Run', 'Recovery', 'Long Run', 'Tempo', 'Interval', 'Fartlek',
      'Hill', 'Pace', 'Time Trial', 'Race', 'Return Run', 'Cross Training')),
  distance_type VARCHAR(20)
    CHECK (distance_type IN ('fixed_km', 'time_based', 'percentage_of_long_run')),
  base_distance_km DECIMAL(5,2),
  base_duration_minutes INTEGER,
  intensity_zone VARCHAR(20)
    CHECK (intensity_zone IN ('Zone 1', 'Zone 2', 'Zone 3', 'Zone 4', 'Zone 5', 'Threshold')),
  min_distance_km DECIMAL(5,2),
  max_distance_km DECIMAL(5,2),
  min_duration_minutes INTEGER,
  max_duration_minutes INTEGER,
  min_week_number INTEGER,
  max_week_number INTEGER,
  requires_base_building BOOLEAN DEFAULT FALSE CHECK (requires_base_building IN (0, 1)),
  source_plan VARCHAR(100) CHECK (length(source_plan) <= 100),
  source_week INTEGER,
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  percent_of_long_run INTEGER,
  structure TEXT CHECK (json_valid(structure)),
  weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),
  schedule VARCHAR(60) CHECK (length(schedule) <= 60)
);

CREATE TABLE weekly_plans (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  week_start_date TEXT NOT NULL CHECK (week_start_date LIKE '____-__-__'),
  week_end_date TEXT NOT NULL CHECK (week_end_date LIKE '____-__-__'),
  week_number INTEGER NOT NULL,
  state_at_generation VARCHAR(30) NOT NULL
    CHECK (state_at_generation IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach',
      'Injury Watch', 'Injury Protection', 'Override Active', 'Taper')),
  total_volume_km DECIMAL(6,2) NOT NULL,
  total_duration_minutes INTEGER NOT NULL,
  validation_status VARCHAR(20) DEFAULT 'pending'
    CHECK (validation_status IN ('pending', 'valid', 'repaired', 'invalid')),
  validation_errors TEXT CHECK (json_valid(validation_errors)),
  repair_actions TEXT CHECK (json_valid(repair_actions)),
  user_edited BOOLEAN DEFAULT FALSE CHECK (user_edited IN (0, 1)),
  user_edit_reason TEXT,
  published BOOLEAN DEFAULT FALSE CHECK (published IN (0, 1)),
  published_at TEXT,
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  as_of TEXT CHECK (as_of LIKE '____-__-__'),
  first_day TEXT CHECK (first_day LIKE '____-__-__'),
  phase VARCHAR(20) CHECK (phase IN ('Base', 'Build', 'Peak', 'Taper', 'Recovery')),
  revision INTEGER NOT NULL DEFAULT 1,
  replayed BOOLEAN NOT NULL DEFAULT FALSE CHECK (replayed IN (0, 1)),
  inputs_digest CHAR(64) CHECK (length(inputs_digest) = 64),
  plan_digest CHAR(64) CHECK (length(plan_digest) = 64),
  engine_version VARCHAR(40) CHECK (length(engine_version) <= 40),
  ruleset_version VARCHAR(40) CHECK (length(ruleset_version) <= 40),
  decisions TEXT CHECK (json_valid(decisions)),
  generated_at TEXT,
  UNIQUE (user_id, week_start_date),
  CHECK (NOT published OR validation_status IN ('valid', 'repaired'))
);

CREATE TABLE workouts (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  weekly_plan_id TEXT NOT NULL REFERENCES weekly_plans(id) ON DELETE CASCADE
    CHECK (length(weekly_plan_id) = 36),
  template_id TEXT REFERENCES workout_templates(id) CHECK (length(template_id) = 36),
  workout_date TEXT NOT NULL CHECK (workout_date LIKE '____-__-__'),
  workout_type VARCHAR(30) NOT NULL
    CHECK (workout_type IN ('Easy Run', 'Recovery', 'Long Run', 'Tempo', 'Interval', 'Fartlek',
      'Hill', 'Pace', 'Time Trial', 'Race', 'Return Run', 'Cross Training')),
  planned_distance_km DECIMAL(5,2),
  planned_duration_minutes INTEGER,
  planned_pace_seconds_per_km INTEGER,
  intensity_zone VARCHAR(20)
    CHECK (intensity_zone IN ('Zone 1', 'Zone 2', 'Zone 3', 'Zone 4', 'Zone 5', 'Threshold')),
  strava_activity_id BIGINT,
  actual_distance_km DECIMAL(5,2),
  actual_duration_seconds INTEGER,
  actual_pace_seconds_per_km INTEGER,
  completed BOOLEAN DEFAULT FALSE CHECK (completed IN (0, 1)),
  completed_at TEXT,
  user_modified BOOLEAN DEFAULT FALSE CHECK (user_modified IN (0, 1)),
  user_modification_reason TEXT,
  day_of_week INTEGER NOT NULL CHECK (day_of_week BETWEEN 0 AND 6),
  order_in_week INTEGER NOT NULL,
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  steps TEXT CHECK (json_valid(steps)),
  reasons TEXT CHECK (json_valid(reasons)),
  race_distance VARCHAR(20)
    CHECK (race_distance IN ('4K', '5K', '10K', 'Half Marathon', 'Marathon')),
  pinned BOOLEAN NOT NULL DEFAULT FALSE CHECK (pinned IN (0, 1))
);

CREATE TABLE strava_activities (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  strava_activity_id BIGINT UNIQUE NOT NULL,
  activity_type VARCHAR(50) NOT NULL CHECK (length(activity_type) <= 50),
  name VARCHAR(255) CHECK (length(name) <= 255),
  distance_meters DECIMAL(8,2) NOT NULL,
  moving_time_seconds INTEGER NOT NULL,
  elapsed_time_seconds INTEGER NOT NULL,
  total_elevation_gain DECIMAL(6,2),
  start_date TEXT NOT NULL,
  start_date_local TEXT NOT NULL,
  average_speed_ms DECIMAL(6,3),
  max_speed_ms DECIMAL(6,3),
  average_heartrate INTEGER,
  max_heartrate INTEGER,
  weighted_average_watts DECIMAL(6,2),
  external_id VARCHAR(255) CHECK (length(external_id) <= 255),
  upload_id BIGINT,
  synced_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  sport VARCHAR(10) NOT NULL DEFAULT 'other' CHECK (sport IN ('run', 'other')),
  race BOOLEAN NOT NULL DEFAULT FALSE CHECK (race IN (0, 1)),
  confirmed BOOLEAN NOT NULL DEFAULT FALSE CHECK (confirmed IN (0, 1)),
  excluded BOOLEAN NOT NULL DEFAULT FALSE CHECK (excluded IN (0, 1)),
  source VARCHAR(20) CHECK (source IN ('strava_archive', 'strava', 'file', 'manual')),
  average_temperature INTEGER,
  perceived_exertion INTEGER CHECK (perceived_exertion BETWEEN 0 AND 10),
  average_watts DECIMAL(6,2),
  name_folded TEXT,
  content_digest CHAR(64) CHECK (length(content_digest) = 64)
);

CREATE TABLE health_records (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  record_date TEXT NOT NULL CHECK (record_date LIKE '____-__-__'),
  record_type VARCHAR(30) NOT NULL
    CHECK (record_type IN ('injury', 'pain', 'fatigue', 'illness', 'other')),
  body_part VARCHAR(50) CHECK (length(body_part) <= 50),
  severity INTEGER CHECK (severity BETWEEN 1 AND 10),
  description TEXT,
  training_modification VARCHAR(50)
    CHECK (training_modification IN ('reduced_volume', 'reduced_intensity', 'rest', 'none')),
  days_off INTEGER DEFAULT 0,
  strike_count INTEGER DEFAULT 0,
  is_chronic BOOLEAN DEFAULT FALSE CHECK (is_chronic IN (0, 1)),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  symptoms TEXT CHECK (json_valid(symptoms)),
  closed_on TEXT CHECK (closed_on LIKE '____-__-__'),
  closed_at TEXT
);

CREATE TABLE health_strikes (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  strike_type VARCHAR(30) NOT NULL
    CHECK (strike_type IN ('injury_repeat', 'overreach_pattern', 'chronic_risk')),
  strike_count INTEGER NOT NULL,
  body_part VARCHAR(50) CHECK (length(body_part) <= 50),
  issued_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  resolved BOOLEAN DEFAULT FALSE CHECK (resolved IN (0, 1)),
  resolved_at TEXT,
  forced_recovery_days INTEGER,
  permanent_limit_applied BOOLEAN DEFAULT FALSE CHECK (permanent_limit_applied IN (0, 1)),
  limit_description TEXT,
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  issued_on TEXT CHECK (issued_on LIKE '____-__-__'),
  resolved_on TEXT CHECK (resolved_on LIKE '____-__-__'),
  limit_weekly_km DECIMAL(6,2),
  limit_quality INTEGER,
  limit_lifted_on TEXT CHECK (limit_lifted_on LIKE '____-__-__'),
  limit_lifted_at TEXT
);

CREATE TABLE compliance_check_ins (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  check_in_date TEXT NOT NULL CHECK (check_in_date LIKE '____-__-__'),
  trigger_reason VARCHAR(50) CHECK (length(trigger_reason) <= 50),
  response_type VARCHAR(50)
    CHECK (response_type IN ('busy', 'sick', 'sore', 'burnout', 'motivation_loss',
      'preference_change', 'other')),
  response_details TEXT,
  adaptation_action VARCHAR(50)
    CHECK (adaptation_action IN ('grace_period', 'probe_phase', 'restructure_offered', 'none')),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

CREATE TABLE weekly_summaries (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  week_start_date TEXT NOT NULL CHECK (week_start_date LIKE '____-__-__'),
  week_end_date TEXT NOT NULL CHECK (week_end_date LIKE '____-__-__'),
  planned_volume_km DECIMAL(6,2),
  actual_volume_km DECIMAL(6,2),
  compliance_percentage DECIMAL(5,2),
  easy_run_km DECIMAL(6,2),
  quality_session_km DECIMAL(6,2),
  long_run_km DECIMAL(6,2),
  recovery_km DECIMAL(6,2),
  average_pace_seconds_per_km DECIMAL(6,2),
  threshold_pace_estimate DECIMAL(6,2),
  health_issues_count INTEGER DEFAULT 0,
  rest_days INTEGER DEFAULT 0,
  ending_state VARCHAR(30)
    CHECK (ending_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  UNIQUE (user_id, week_start_date)
);

CREATE TABLE adaptation_history (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  transition_date TEXT NOT NULL CHECK (transition_date LIKE '____-__-__'),
  from_state VARCHAR(30)
    CHECK (from_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  to_state VARCHAR(30)
    CHECK (to_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  trigger_reason VARCHAR(100) CHECK (length(trigger_reason) <= 100),
  trigger_data TEXT CHECK (json_valid(trigger_data)),
  volume_change_percentage DECIMAL(5,2),
  intensity_change_percentage DECIMAL(5,2),
  adaptation_rationale TEXT,
  window_7_day TEXT CHECK (json_valid(window_7_day)),
  window_28_day TEXT CHECK (json_valid(window_28_day)),
  window_90_day TEXT CHECK (json_valid(window_90_day)),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

CREATE TABLE momentum_meter (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT UNIQUE NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  current_streak_days INTEGER DEFAULT 0,
  longest_streak_days INTEGER DEFAULT 0,
  consistency_score DECIMAL(3,2) DEFAULT 0.0,
  last_updated TEXT CHECK (last_updated LIKE '____-__-__'),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

CREATE TABLE killa_meter (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT UNIQUE NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  overreach_count INTEGER DEFAULT 0,
  breakthrough_count INTEGER DEFAULT 0,
  total_points INTEGER DEFAULT 0,
  last_updated TEXT CHECK (last_updated LIKE '____-__-__'),
  created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

-- The seed's indexes.
CREATE INDEX idx_users_strava_id ON users(strava_id);
CREATE INDEX idx_runner_profiles_user_id ON runner_profiles(user_id);
CREATE INDEX idx_weekly_plans_user_date ON weekly_plans(user_id, week_start_date);
CREATE INDEX idx_workouts_plan_date ON workouts(weekly_plan_id, workout_date);
CREATE INDEX idx_strava_activities_user_date ON strava_activities(user_id, start_date);
CREATE INDEX idx_health_records_user_date ON health_records(user_id, record_date);
CREATE INDEX idx_weekly_summaries_user_date ON weekly_summaries(user_id, week_start_date);
CREATE INDEX idx_adaptation_history_user_date ON adaptation_history(user_id, transition_date);

-- What Hermes adds.

-- What a runner wanted, from which day on; nothing is overwritten.
CREATE TABLE preference_revisions (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  decided_on TEXT NOT NULL CHECK (decided_on LIKE '____-__-__'),
  body TEXT NOT NULL CHECK (json_valid(body)),
  created_at TEXT NOT NULL
);

-- One row per run of an importer.
CREATE TABLE import_batches (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  source VARCHAR(20) NOT NULL CHECK (source IN ('strava_archive', 'strava', 'file', 'manual')),
  name VARCHAR(255) CHECK (length(name) <= 255),
  started_at TEXT NOT NULL,
  finished_at TEXT
);

-- What became of every row of an import.
CREATE TABLE import_ledger (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  batch_id TEXT NOT NULL REFERENCES import_batches(id) ON DELETE CASCADE
    CHECK (length(batch_id) = 36),
  row_number INTEGER NOT NULL,
  item VARCHAR(255) NOT NULL CHECK (length(item) <= 255),
  outcome VARCHAR(20) NOT NULL
    CHECK (outcome IN ('new', 'updated', 'unchanged', 'duplicate', 'skipped', 'failed')),
  reason TEXT,
  activity_id TEXT REFERENCES strava_activities(id) ON DELETE SET NULL
    CHECK (length(activity_id) = 36),
  created_at TEXT NOT NULL
);

-- Where an activity came from; the same one may come several ways.
CREATE TABLE activity_sources (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  activity_id TEXT NOT NULL REFERENCES strava_activities(id) ON DELETE CASCADE
    CHECK (length(activity_id) = 36),
  source VARCHAR(20) NOT NULL CHECK (source IN ('strava_archive', 'strava', 'file', 'manual')),
  external_name VARCHAR(255) NOT NULL CHECK (length(external_name) <= 255),
  file_digest CHAR(64) CHECK (length(file_digest) = 64),
  batch_id TEXT REFERENCES import_batches(id) ON DELETE SET NULL CHECK (length(batch_id) = 36),
  created_at TEXT NOT NULL,
  UNIQUE (activity_id, source, external_name)
);

-- Files as they came, once each.
CREATE TABLE original_files (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  digest VARCHAR(64) NOT NULL CHECK (length(digest) = 64),
  name VARCHAR(255) NOT NULL CHECK (length(name) <= 255),
  size BIGINT NOT NULL,
  bytes BLOB NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (user_id, digest)
);

-- Only digests of tokens are kept.
CREATE TABLE sign_in_links (
  token_hash VARCHAR(64) PRIMARY KEY NOT NULL CHECK (length(token_hash) <= 64),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT
);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  token_hash VARCHAR(64) UNIQUE NOT NULL CHECK (length(token_hash) <= 64),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  revoked_at TEXT
);

-- Every version of a week, refused candidates included.
CREATE TABLE plan_revisions (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  week_start_date TEXT NOT NULL CHECK (week_start_date LIKE '____-__-__'),
  revision INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  inputs_digest CHAR(64) NOT NULL CHECK (length(inputs_digest) = 64),
  plan_digest CHAR(64) NOT NULL CHECK (length(plan_digest) = 64),
  as_of TEXT NOT NULL CHECK (as_of LIKE '____-__-__'),
  generated_at TEXT NOT NULL,
  replayed BOOLEAN NOT NULL CHECK (replayed IN (0, 1)),
  status VARCHAR(20) NOT NULL CHECK (status IN ('pending', 'valid', 'repaired', 'invalid')),
  reason TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (user_id, week_start_date, revision)
);

CREATE INDEX idx_long_term_goals_user_date ON long_term_goals(user_id, target_date);
CREATE INDEX idx_roadmaps_user_date ON roadmaps(user_id, start_date);
CREATE INDEX idx_roadmaps_goal ON roadmaps(goal_id);
CREATE INDEX idx_milestones_roadmap ON milestones(roadmap_id);
CREATE INDEX idx_strava_activities_user_local ON strava_activities(user_id, start_date_local);
CREATE INDEX idx_health_strikes_user ON health_strikes(user_id, issued_on);
CREATE INDEX idx_compliance_check_ins_user_date ON compliance_check_ins(user_id, check_in_date);
CREATE INDEX idx_preference_revisions_user_date ON preference_revisions(user_id, decided_on);
CREATE INDEX idx_import_batches_user ON import_batches(user_id, started_at);
CREATE INDEX idx_import_ledger_batch ON import_ledger(batch_id, row_number);
CREATE INDEX idx_import_ledger_activity ON import_ledger(activity_id);
CREATE INDEX idx_import_ledger_user ON import_ledger(user_id);
CREATE INDEX idx_activity_sources_user ON activity_sources(user_id);
CREATE INDEX idx_activity_sources_batch ON activity_sources(batch_id);
CREATE INDEX idx_sign_in_links_user ON sign_in_links(user_id);
CREATE INDEX idx_sessions_user ON sessions(user_id);
CREATE INDEX idx_workouts_template ON workouts(template_id);
-- There is one owner.
CREATE UNIQUE INDEX idx_users_owner ON users(owner) WHERE owner;
