CREATE TRIGGER events_mark_stream AFTER INSERT ON events
BEGIN
  INSERT INTO pending_streams (stream, organization_id, from_seq, since)
  VALUES (NEW.stream, NEW.organization_id, NEW.seq, CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ON CONFLICT (stream) DO UPDATE SET from_seq = excluded.from_seq WHERE excluded.from_seq < from_seq;
END;
