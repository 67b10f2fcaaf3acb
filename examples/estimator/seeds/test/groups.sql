-- What every test file finds.
INSERT INTO estimation_group (name) VALUES ('seeded') ON CONFLICT DO NOTHING;
