-- The row that the service counts in; the migration makes it, and this puts it back where it was deleted.
INSERT INTO counter (name) VALUES ('visits') ON CONFLICT DO NOTHING;
