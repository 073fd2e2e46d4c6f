-- Work for the background: one row per job. Whoever claims one leases it for a while, under a
-- number (the fence) that grows with each claim. A job is about no runner by itself; what it needs
-- to know is in its payload.

CREATE TABLE jobs (
  id UUID PRIMARY KEY,
  kind VARCHAR(40) NOT NULL,
  job_key VARCHAR(200) NOT NULL,
  payload JSONB NOT NULL,
  priority INTEGER NOT NULL,
  run_at TIMESTAMP NOT NULL,
  state VARCHAR(10) NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'running', 'done', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
  leased_by VARCHAR(80),
  leased_until TIMESTAMP,
  fence BIGINT NOT NULL DEFAULT 0,
  last_error TEXT,
  request_id VARCHAR(64),
  created_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  CHECK ((state = 'running') = (leased_by IS NOT NULL)),
  CHECK ((state = 'running') = (leased_until IS NOT NULL)),
  CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
);

-- The key first: SQLite would look for due jobs by their kind in it, and sort them all.
CREATE UNIQUE INDEX idx_jobs_live_key ON jobs(job_key, kind) WHERE state IN ('pending', 'running');
CREATE INDEX idx_jobs_live_order ON jobs(priority, run_at, id)
  WHERE state IN ('pending', 'running');
CREATE INDEX idx_jobs_leases ON jobs(leased_until) WHERE state = 'running';
CREATE INDEX idx_jobs_finished ON jobs(finished_at);
