-- Every test file starts with this group.
INSERT INTO estimation_group (name) VALUES ('seeded') ON CONFLICT DO NOTHING;
