CREATE TABLE `default_views` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`list` text NOT NULL,
	`view_id` text NOT NULL,
	PRIMARY KEY(`organization_id`, `user_id`, `list`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `saved_views` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`list` text NOT NULL,
	`name` text NOT NULL,
	`query` text NOT NULL,
	`shared` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `saved_views_of_person` ON `saved_views` (`organization_id`,`user_id`);--> statement-breakpoint
CREATE INDEX `saved_views_shared` ON `saved_views` (`organization_id`) WHERE shared = 1;--> statement-breakpoint
ALTER TABLE `endpoint_health` ADD `failure_code` text;--> statement-breakpoint
ALTER TABLE `endpoint_health` ADD `failure_status` integer;--> statement-breakpoint
ALTER TABLE `endpoint_health` ADD `failures` integer;--> statement-breakpoint
CREATE INDEX `recordings_failed` ON `recordings` (`organization_id`,`completed_at`) WHERE state = 'failed';
--> statement-breakpoint
CREATE TRIGGER audit_saved_views_insert AFTER INSERT ON saved_views
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'view.created', 'view', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('list', json_quote(NEW.list), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('query', CASE WHEN NEW.query IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('shared', CASE WHEN NEW.shared THEN 'true' ELSE 'false' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_saved_views_update AFTER UPDATE OF id, user_id, list, name, query, shared, created_at ON saved_views
WHEN (OLD.id IS NOT NEW.id OR OLD.user_id IS NOT NEW.user_id OR OLD.list IS NOT NEW.list OR OLD.name IS NOT NEW.name OR OLD.query IS NOT NEW.query OR OLD.shared IS NOT NEW.shared OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'view.updated', 'view', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('user_id', json_quote(OLD.user_id), OLD.user_id IS NOT NEW.user_id),
      ('list', json_quote(OLD.list), OLD.list IS NOT NEW.list),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('query', CASE WHEN OLD.query IS NULL THEN 'null' ELSE '"masked"' END, OLD.query IS NOT NEW.query),
      ('shared', CASE WHEN OLD.shared THEN 'true' ELSE 'false' END, OLD.shared IS NOT NEW.shared),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('user_id', json_quote(NEW.user_id), OLD.user_id IS NOT NEW.user_id),
      ('list', json_quote(NEW.list), OLD.list IS NOT NEW.list),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('query', CASE WHEN NEW.query IS NULL THEN 'null' ELSE '"masked"' END, OLD.query IS NOT NEW.query),
      ('shared', CASE WHEN NEW.shared THEN 'true' ELSE 'false' END, OLD.shared IS NOT NEW.shared),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_saved_views_delete AFTER DELETE ON saved_views
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'view.deleted', 'view', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('list', json_quote(OLD.list), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('query', CASE WHEN OLD.query IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('shared', CASE WHEN OLD.shared THEN 'true' ELSE 'false' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
