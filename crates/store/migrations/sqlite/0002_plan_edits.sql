-- What the runner changed of a week by hand. An edit taken back stays, with the time it was.
CREATE TABLE plan_edits (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE CHECK (length(user_id) = 36),
  created_at TEXT NOT NULL,
  week_start_date TEXT NOT NULL CHECK (week_start_date LIKE '____-__-__'),
  made_on TEXT NOT NULL CHECK (made_on LIKE '____-__-__'),
  asked TEXT NOT NULL CHECK (json_valid(asked)),
  days TEXT NOT NULL CHECK (json_valid(days)),
  verdict VARCHAR(20) NOT NULL CHECK (verdict IN ('allowed', 'allowed_with_repair')),
  reason TEXT,
  undone_at TEXT
);
CREATE INDEX idx_plan_edits_user_week ON plan_edits(user_id, week_start_date);
