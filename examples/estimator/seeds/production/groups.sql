-- The group in which anybody can try the estimator.
INSERT INTO estimation_group (name) VALUES ('lobby') ON CONFLICT DO NOTHING;
