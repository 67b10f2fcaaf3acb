-- A group for trying out the estimator.
INSERT INTO estimation_group (name) VALUES ('lobby') ON CONFLICT DO NOTHING;
