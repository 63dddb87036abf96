ALTER TABLE `usage_engines` ADD `micros` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- The last two months are counted again, so that what engines cost is known of them too.
INSERT INTO usage_marks (organization_id, day)
  SELECT DISTINCT organization_id, day FROM usage_engines WHERE day >= unixepoch() / 86400 - 62
  ON CONFLICT DO NOTHING;
