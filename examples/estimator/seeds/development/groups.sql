-- Sample groups. The second name must be encoded in URLs.
INSERT INTO estimation_group (name) VALUES ('sprint-42'), ('Café Zoë') ON CONFLICT DO NOTHING;
