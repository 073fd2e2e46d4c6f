-- When each runner's next week begins, and who is planning it now.
CREATE TABLE runner_clocks (
  user_id UUID PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  week_start_date DATE NOT NULL,
  due_at TIMESTAMP NOT NULL,
  batch_id UUID,
  leased_until TIMESTAMP,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX idx_runner_clocks_due ON runner_clocks(due_at);
CREATE INDEX idx_runner_clocks_batch ON runner_clocks(batch_id);
