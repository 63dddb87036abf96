CREATE TABLE `tag_counts` (
	`organization_id` text NOT NULL,
	`tag` text NOT NULL,
	`campaign_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `tag`, `campaign_id`, `operator_id`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `calls` ADD `tags` text DEFAULT '[]' NOT NULL;
--> statement-breakpoint
CREATE TRIGGER tags_calls_insert AFTER INSERT ON calls
WHEN NEW.tags <> '[]'
BEGIN
  INSERT INTO tag_counts (organization_id, tag, campaign_id, operator_id, calls)
  SELECT NEW.organization_id, value, coalesce(NEW.campaign_id, ''), coalesce(NEW.operator_id, ''), 1 FROM json_each(NEW.tags) WHERE TRUE
  ON CONFLICT DO UPDATE SET calls = calls + 1;
END;
--> statement-breakpoint
CREATE TRIGGER tags_calls_update AFTER UPDATE OF tags, campaign_id, operator_id ON calls
WHEN OLD.tags IS NOT NEW.tags OR (NEW.tags <> '[]' AND (OLD.campaign_id IS NOT NEW.campaign_id OR OLD.operator_id IS NOT NEW.operator_id))
BEGIN
  UPDATE tag_counts SET calls = calls - 1 WHERE organization_id = OLD.organization_id AND campaign_id = coalesce(OLD.campaign_id, '') AND operator_id = coalesce(OLD.operator_id, '') AND tag IN (SELECT value FROM json_each(OLD.tags) WHERE (OLD.campaign_id IS NOT NEW.campaign_id OR OLD.operator_id IS NOT NEW.operator_id) OR value NOT IN (SELECT value FROM json_each(NEW.tags)));
  DELETE FROM tag_counts WHERE organization_id = OLD.organization_id AND campaign_id = coalesce(OLD.campaign_id, '') AND operator_id = coalesce(OLD.operator_id, '') AND tag IN (SELECT value FROM json_each(OLD.tags)) AND calls <= 0;
  INSERT INTO tag_counts (organization_id, tag, campaign_id, operator_id, calls)
  SELECT NEW.organization_id, value, coalesce(NEW.campaign_id, ''), coalesce(NEW.operator_id, ''), 1 FROM json_each(NEW.tags) WHERE (OLD.campaign_id IS NOT NEW.campaign_id OR OLD.operator_id IS NOT NEW.operator_id) OR value NOT IN (SELECT value FROM json_each(OLD.tags))
  ON CONFLICT DO UPDATE SET calls = calls + 1;
END;
--> statement-breakpoint
CREATE TRIGGER tags_calls_delete AFTER DELETE ON calls
WHEN OLD.tags <> '[]'
BEGIN
  UPDATE tag_counts SET calls = calls - 1 WHERE organization_id = OLD.organization_id AND campaign_id = coalesce(OLD.campaign_id, '') AND operator_id = coalesce(OLD.operator_id, '') AND tag IN (SELECT value FROM json_each(OLD.tags) WHERE TRUE);
  DELETE FROM tag_counts WHERE organization_id = OLD.organization_id AND campaign_id = coalesce(OLD.campaign_id, '') AND operator_id = coalesce(OLD.operator_id, '') AND tag IN (SELECT value FROM json_each(OLD.tags)) AND calls <= 0;
END;
