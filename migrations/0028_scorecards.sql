CREATE TABLE `scorecards` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`campaigns` text,
	`definition` text NOT NULL,
	`created_at` integer NOT NULL,
	`published_at` integer,
	`archived_at` integer,
	PRIMARY KEY(`organization_id`, `id`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `scorecards_by_state` ON `scorecards` (`organization_id`,`state`);
--> statement-breakpoint
CREATE TRIGGER audit_scorecards_insert AFTER INSERT ON scorecards
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'scorecard.created', 'scorecard', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('version', json_quote(NEW.version), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('state', json_quote(NEW.state), TRUE),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, TRUE),
      ('definition', CASE WHEN NEW.definition IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('published_at', json_quote(NEW.published_at), TRUE),
      ('archived_at', json_quote(NEW.archived_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_scorecards_update AFTER UPDATE OF id, version, name, state, campaigns, definition, created_at, published_at, archived_at ON scorecards
WHEN (OLD.id IS NOT NEW.id OR OLD.version IS NOT NEW.version OR OLD.name IS NOT NEW.name OR OLD.state IS NOT NEW.state OR OLD.campaigns IS NOT NEW.campaigns OR OLD.definition IS NOT NEW.definition OR OLD.created_at IS NOT NEW.created_at OR OLD.published_at IS NOT NEW.published_at OR OLD.archived_at IS NOT NEW.archived_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.archived_at IS NOT NEW.archived_at AND NEW.archived_at IS NOT NULL THEN 'scorecard.archived' ELSE 'scorecard.updated' END, 'scorecard', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('version', json_quote(OLD.version), OLD.version IS NOT NEW.version),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('definition', CASE WHEN OLD.definition IS NULL THEN 'null' ELSE '"masked"' END, OLD.definition IS NOT NEW.definition),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('published_at', json_quote(OLD.published_at), OLD.published_at IS NOT NEW.published_at),
      ('archived_at', json_quote(OLD.archived_at), OLD.archived_at IS NOT NEW.archived_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('version', json_quote(NEW.version), OLD.version IS NOT NEW.version),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('definition', CASE WHEN NEW.definition IS NULL THEN 'null' ELSE '"masked"' END, OLD.definition IS NOT NEW.definition),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('published_at', json_quote(NEW.published_at), OLD.published_at IS NOT NEW.published_at),
      ('archived_at', json_quote(NEW.archived_at), OLD.archived_at IS NOT NEW.archived_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_scorecards_delete AFTER DELETE ON scorecards
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'scorecard.deleted', 'scorecard', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('version', json_quote(OLD.version), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('state', json_quote(OLD.state), TRUE),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, TRUE),
      ('definition', CASE WHEN OLD.definition IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('published_at', json_quote(OLD.published_at), TRUE),
      ('archived_at', json_quote(OLD.archived_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
