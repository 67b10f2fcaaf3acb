-- Something to look at. The second has a name that has to be encoded in a URL.
INSERT INTO estimation_group (name) VALUES ('sprint-42'), ('Café Zoë') ON CONFLICT DO NOTHING;
