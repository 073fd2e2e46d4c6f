-- When each runner's next week begins, and who is planning it now.
CREATE TABLE runner_clocks (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users(id) ON DELETE CASCADE
    CHECK (length(user_id) = 36),
  week_start_date TEXT NOT NULL CHECK (week_start_date LIKE '____-__-__'),
  due_at TEXT NOT NULL,
  batch_id TEXT CHECK (length(batch_id) = 36),
  leased_until TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  updated_at TEXT NOT NULL
);
CREATE INDEX idx_runner_clocks_due ON runner_clocks(due_at);
CREATE INDEX idx_runner_clocks_batch ON runner_clocks(batch_id);
