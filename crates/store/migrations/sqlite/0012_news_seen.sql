-- What happened is told from the tables where it stands; this says how far the runner has read.
ALTER TABLE users ADD COLUMN news_seen_at TEXT;
