-- What an activity was, by the runner's word: it stands in activity_type and sport, where everything
-- reads it; this says what the sources say meanwhile, and is NULL without a word.
ALTER TABLE strava_activities ADD COLUMN type_said VARCHAR(50) CHECK (length(type_said) <= 50);
