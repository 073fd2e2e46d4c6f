-- What the runner changed of a week by hand. An edit taken back stays, with the time it was.
CREATE TABLE plan_edits (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created_at TIMESTAMP NOT NULL,
  week_start_date DATE NOT NULL,
  made_on DATE NOT NULL,
  asked JSONB NOT NULL,
  days JSONB NOT NULL,
  verdict VARCHAR(20) NOT NULL CHECK (verdict IN ('allowed', 'allowed_with_repair')),
  reason TEXT,
  undone_at TIMESTAMP
);
CREATE INDEX idx_plan_edits_user_week ON plan_edits(user_id, week_start_date);
