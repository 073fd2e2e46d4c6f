-- The sixteen tables of the seed, then what Hermes adds. Added columns follow the seed's and are
-- nullable or have a default. Closed lists are checked.

CREATE TABLE users (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  strava_id BIGINT UNIQUE NOT NULL,
  strava_username VARCHAR(255),
  email VARCHAR(255),
  refresh_token TEXT NOT NULL,
  access_token TEXT,
  access_token_expires_at TIMESTAMP,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  time_zone TEXT,
  owner BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE runner_profiles (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID UNIQUE NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  base_pace_seconds_per_km INTEGER NOT NULL,
  threshold_pace_seconds_per_km INTEGER NOT NULL,
  weekly_capacity_km DECIMAL(5,2) NOT NULL,
  durability_score DECIMAL(3,2) DEFAULT 0.5,
  consistency_score DECIMAL(3,2) DEFAULT 0.5,
  risk_level VARCHAR(20) DEFAULT 'moderate' CHECK (risk_level IN ('low', 'moderate', 'high')),
  current_state VARCHAR(30) DEFAULT 'Stable'
    CHECK (current_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  override_mode_enabled BOOLEAN DEFAULT FALSE,
  primary_goal_distance VARCHAR(20)
    CHECK (primary_goal_distance IN ('4K', '5K', '10K', 'Half Marathon', 'Marathon')),
  primary_goal_date DATE,
  goal_time_seconds INTEGER,
  last_28_day_volume DECIMAL(6,2),
  last_90_day_volume DECIMAL(6,2),
  last_28_day_consistency DECIMAL(3,2),
  bootcamp_completed BOOLEAN DEFAULT FALSE,
  bootcamp_start_date DATE,
  bootcamp_end_date DATE,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  calibration JSONB,
  vdot_tenths INTEGER
);

CREATE TABLE long_term_goals (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  distance VARCHAR(20) NOT NULL
    CHECK (distance IN ('4K', '5K', '10K', 'Half Marathon', 'Marathon')),
  target_date DATE NOT NULL,
  target_time_seconds INTEGER,
  priority INTEGER DEFAULT 1 CHECK (priority BETWEEN 1 AND 255),
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  decided_on DATE,
  removed_on DATE,
  removed_at TIMESTAMP
);

CREATE TABLE roadmaps (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  goal_id UUID NOT NULL REFERENCES long_term_goals(id) ON DELETE CASCADE,
  phase_number INTEGER NOT NULL,
  phase_name VARCHAR(100) NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  target_volume_km DECIMAL(6,2),
  focus VARCHAR(50)
    CHECK (focus IN ('Base Building', 'Speed', 'Endurance', 'Peak', 'Taper', 'Recovery')),
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE milestones (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  roadmap_id UUID NOT NULL REFERENCES roadmaps(id) ON DELETE CASCADE,
  milestone_name VARCHAR(100) NOT NULL,
  target_date DATE NOT NULL,
  target_metric VARCHAR(50)
    CHECK (target_metric IN ('long_run_km', 'weekly_km', 'time_trial_5k_s', 'race_s')),
  target_value DECIMAL(8,2),
  achieved BOOLEAN DEFAULT FALSE,
  achieved_date DATE,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE workout_templates (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  template_name VARCHAR(100) NOT NULL,
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
  requires_base_building BOOLEAN DEFAULT FALSE,
  source_plan VARCHAR(100),
  source_week INTEGER,
  created_at TIMESTAMP DEFAULT NOW(),
  percent_of_long_run INTEGER,
  structure JSONB,
  weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),
  schedule VARCHAR(60)
);

CREATE TABLE weekly_plans (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  week_start_date DATE NOT NULL,
  week_end_date DATE NOT NULL,
  week_number INTEGER NOT NULL,
  state_at_generation VARCHAR(30) NOT NULL
    CHECK (state_at_generation IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach',
      'Injury Watch', 'Injury Protection', 'Override Active', 'Taper')),
  total_volume_km DECIMAL(6,2) NOT NULL,
  total_duration_minutes INTEGER NOT NULL,
  validation_status VARCHAR(20) DEFAULT 'pending'
    CHECK (validation_status IN ('pending', 'valid', 'repaired', 'invalid')),
  validation_errors JSONB,
  repair_actions JSONB,
  user_edited BOOLEAN DEFAULT FALSE,
  user_edit_reason TEXT,
  published BOOLEAN DEFAULT FALSE,
  published_at TIMESTAMP,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  as_of DATE,
  first_day DATE,
  phase VARCHAR(20) CHECK (phase IN ('Base', 'Build', 'Peak', 'Taper', 'Recovery')),
  revision INTEGER NOT NULL DEFAULT 1,
  replayed BOOLEAN NOT NULL DEFAULT FALSE,
  inputs_digest CHAR(64),
  plan_digest CHAR(64),
  engine_version VARCHAR(40),
  ruleset_version VARCHAR(40),
  decisions JSONB,
  generated_at TIMESTAMP,
  UNIQUE (user_id, week_start_date),
  CHECK (NOT published OR validation_status IN ('valid', 'repaired'))
);

CREATE TABLE workouts (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  weekly_plan_id UUID NOT NULL REFERENCES weekly_plans(id) ON DELETE CASCADE,
  template_id UUID REFERENCES workout_templates(id),
  workout_date DATE NOT NULL,
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
  completed BOOLEAN DEFAULT FALSE,
  completed_at TIMESTAMP,
  user_modified BOOLEAN DEFAULT FALSE,
  user_modification_reason TEXT,
  day_of_week INTEGER NOT NULL CHECK (day_of_week BETWEEN 0 AND 6),
  order_in_week INTEGER NOT NULL,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  steps JSONB,
  reasons JSONB,
  race_distance VARCHAR(20)
    CHECK (race_distance IN ('4K', '5K', '10K', 'Half Marathon', 'Marathon')),
  pinned BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE strava_activities (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  strava_activity_id BIGINT UNIQUE NOT NULL,
  activity_type VARCHAR(50) NOT NULL,
  name VARCHAR(255),
  distance_meters DECIMAL(8,2) NOT NULL,
  moving_time_seconds INTEGER NOT NULL,
  elapsed_time_seconds INTEGER NOT NULL,
  total_elevation_gain DECIMAL(6,2),
  start_date TIMESTAMP NOT NULL,
  start_date_local TIMESTAMP NOT NULL,
  average_speed_ms DECIMAL(6,3),
  max_speed_ms DECIMAL(6,3),
  average_heartrate INTEGER,
  max_heartrate INTEGER,
  weighted_average_watts DECIMAL(6,2),
  external_id VARCHAR(255),
  upload_id BIGINT,
  synced_at TIMESTAMP DEFAULT NOW(),
  created_at TIMESTAMP DEFAULT NOW(),
  sport VARCHAR(10) NOT NULL DEFAULT 'other' CHECK (sport IN ('run', 'other')),
  race BOOLEAN NOT NULL DEFAULT FALSE,
  confirmed BOOLEAN NOT NULL DEFAULT FALSE,
  excluded BOOLEAN NOT NULL DEFAULT FALSE,
  source VARCHAR(20) CHECK (source IN ('strava_archive', 'strava', 'file', 'manual')),
  average_temperature INTEGER,
  perceived_exertion INTEGER CHECK (perceived_exertion BETWEEN 0 AND 10),
  average_watts DECIMAL(6,2),
  name_folded TEXT,
  content_digest CHAR(64)
);

CREATE TABLE health_records (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  record_date DATE NOT NULL,
  record_type VARCHAR(30) NOT NULL
    CHECK (record_type IN ('injury', 'pain', 'fatigue', 'illness', 'other')),
  body_part VARCHAR(50),
  severity INTEGER CHECK (severity BETWEEN 1 AND 10),
  description TEXT,
  training_modification VARCHAR(50)
    CHECK (training_modification IN ('reduced_volume', 'reduced_intensity', 'rest', 'none')),
  days_off INTEGER DEFAULT 0,
  strike_count INTEGER DEFAULT 0,
  is_chronic BOOLEAN DEFAULT FALSE,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  symptoms JSONB,
  closed_on DATE,
  closed_at TIMESTAMP
);

CREATE TABLE health_strikes (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  strike_type VARCHAR(30) NOT NULL
    CHECK (strike_type IN ('injury_repeat', 'overreach_pattern', 'chronic_risk')),
  strike_count INTEGER NOT NULL,
  body_part VARCHAR(50),
  issued_at TIMESTAMP DEFAULT NOW(),
  resolved BOOLEAN DEFAULT FALSE,
  resolved_at TIMESTAMP,
  forced_recovery_days INTEGER,
  permanent_limit_applied BOOLEAN DEFAULT FALSE,
  limit_description TEXT,
  created_at TIMESTAMP DEFAULT NOW(),
  issued_on DATE,
  resolved_on DATE,
  limit_weekly_km DECIMAL(6,2),
  limit_quality INTEGER,
  limit_lifted_on DATE,
  limit_lifted_at TIMESTAMP
);

CREATE TABLE compliance_check_ins (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  check_in_date DATE NOT NULL,
  trigger_reason VARCHAR(50),
  response_type VARCHAR(50)
    CHECK (response_type IN ('busy', 'sick', 'sore', 'burnout', 'motivation_loss',
      'preference_change', 'other')),
  response_details TEXT,
  adaptation_action VARCHAR(50)
    CHECK (adaptation_action IN ('grace_period', 'probe_phase', 'restructure_offered', 'none')),
  created_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE weekly_summaries (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  week_start_date DATE NOT NULL,
  week_end_date DATE NOT NULL,
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
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  UNIQUE (user_id, week_start_date)
);

CREATE TABLE adaptation_history (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  transition_date DATE NOT NULL,
  from_state VARCHAR(30)
    CHECK (from_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  to_state VARCHAR(30)
    CHECK (to_state IN ('Stable', 'Slump', 'Probe', 'Rebuild', 'Overreach', 'Injury Watch',
      'Injury Protection', 'Override Active', 'Taper')),
  trigger_reason VARCHAR(100),
  trigger_data JSONB,
  volume_change_percentage DECIMAL(5,2),
  intensity_change_percentage DECIMAL(5,2),
  adaptation_rationale TEXT,
  window_7_day JSONB,
  window_28_day JSONB,
  window_90_day JSONB,
  created_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE momentum_meter (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID UNIQUE NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  current_streak_days INTEGER DEFAULT 0,
  longest_streak_days INTEGER DEFAULT 0,
  consistency_score DECIMAL(3,2) DEFAULT 0.0,
  last_updated DATE,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE killa_meter (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID UNIQUE NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  overreach_count INTEGER DEFAULT 0,
  breakthrough_count INTEGER DEFAULT 0,
  total_points INTEGER DEFAULT 0,
  last_updated DATE,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
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
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  decided_on DATE NOT NULL,
  body JSONB NOT NULL,
  created_at TIMESTAMP NOT NULL
);

-- One row per run of an importer.
CREATE TABLE import_batches (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  source VARCHAR(20) NOT NULL CHECK (source IN ('strava_archive', 'strava', 'file', 'manual')),
  name VARCHAR(255),
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP
);

-- What became of every row of an import.
CREATE TABLE import_ledger (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  batch_id UUID NOT NULL REFERENCES import_batches(id) ON DELETE CASCADE,
  row_number INTEGER NOT NULL,
  item VARCHAR(255) NOT NULL,
  outcome VARCHAR(20) NOT NULL
    CHECK (outcome IN ('new', 'updated', 'unchanged', 'duplicate', 'skipped', 'failed')),
  reason TEXT,
  activity_id UUID REFERENCES strava_activities(id) ON DELETE SET NULL,
  created_at TIMESTAMP NOT NULL
);

-- Where an activity came from; the same one may come several ways.
CREATE TABLE activity_sources (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  activity_id UUID NOT NULL REFERENCES strava_activities(id) ON DELETE CASCADE,
  source VARCHAR(20) NOT NULL CHECK (source IN ('strava_archive', 'strava', 'file', 'manual')),
  external_name VARCHAR(255) NOT NULL,
  file_digest CHAR(64),
  batch_id UUID REFERENCES import_batches(id) ON DELETE SET NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (activity_id, source, external_name)
);

-- Files as they came, once each.
CREATE TABLE original_files (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  digest VARCHAR(64) NOT NULL,
  name VARCHAR(255) NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (user_id, digest)
);

-- Only digests of tokens are kept.
CREATE TABLE sign_in_links (
  token_hash VARCHAR(64) PRIMARY KEY NOT NULL,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);

CREATE TABLE sessions (
  id UUID PRIMARY KEY,
  token_hash VARCHAR(64) UNIQUE NOT NULL,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  last_seen_at TIMESTAMP NOT NULL,
  revoked_at TIMESTAMP
);

-- Every version of a week, refused candidates included.
CREATE TABLE plan_revisions (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  week_start_date DATE NOT NULL,
  revision INTEGER NOT NULL,
  body JSONB NOT NULL,
  inputs_digest CHAR(64) NOT NULL,
  plan_digest CHAR(64) NOT NULL,
  as_of DATE NOT NULL,
  generated_at TIMESTAMP NOT NULL,
  replayed BOOLEAN NOT NULL,
  status VARCHAR(20) NOT NULL CHECK (status IN ('pending', 'valid', 'repaired', 'invalid')),
  reason TEXT,
  created_at TIMESTAMP NOT NULL,
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
