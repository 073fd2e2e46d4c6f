-- The sums above a list of activities are read from the index alone.
DROP INDEX idx_strava_activities_user_local;
CREATE INDEX idx_strava_activities_user_local ON strava_activities(
  user_id, start_date_local, deleted, sport, distance_meters, moving_time_seconds
);
