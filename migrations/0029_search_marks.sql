CREATE TABLE `search_marks` (
	`call_id` text PRIMARY KEY NOT NULL
) WITHOUT ROWID;

--> statement-breakpoint
CREATE TRIGGER search_calls_delete AFTER DELETE ON calls
BEGIN
  INSERT INTO search_marks (call_id) VALUES (OLD.id) ON CONFLICT DO NOTHING;
END;
