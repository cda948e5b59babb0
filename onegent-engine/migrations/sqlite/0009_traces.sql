-- The W3C traceparent of what made the job, where somebody traces.

ALTER TABLE jobs ADD COLUMN traceparent TEXT;
