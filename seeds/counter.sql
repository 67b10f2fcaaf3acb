-- The row in which the service counts visits. The migration creates it, and this restores it if it was deleted.
INSERT INTO counter (name) VALUES ('visits') ON CONFLICT DO NOTHING;
