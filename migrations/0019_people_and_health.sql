CREATE TABLE `api_hours` (
	`organization_id` text NOT NULL,
	`hour` integer NOT NULL,
	`requests` integer NOT NULL,
	`limited` integer NOT NULL,
	`failed` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `hour`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`queue` text NOT NULL,
	`hour` integer NOT NULL,
	`messages` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`queue`, `hour`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `health_alarms` (
	`figure` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL,
	`since` integer NOT NULL,
	`notified_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sweep_runs` (
	`name` text PRIMARY KEY NOT NULL,
	`began_at` integer NOT NULL,
	`ended_at` integer,
	`failed` integer DEFAULT 0 NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `remembered_browsers` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`address` text,
	`user_agent` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `remembered_browsers_by_user` ON `remembered_browsers` (`user_id`,`last_used_at`);--> statement-breakpoint
CREATE INDEX `remembered_browsers_by_end` ON `remembered_browsers` (`expires_at`);--> statement-breakpoint
CREATE TABLE `usage_alerts` (
	`organization_id` text NOT NULL,
	`month` integer NOT NULL,
	`dollars` integer NOT NULL,
	`crossed_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `month`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `organizations` ADD `naming` text DEFAULT 'ordinary' NOT NULL;--> statement-breakpoint
ALTER TABLE `organizations` ADD `usage_alert_dollars` integer;
--> statement-breakpoint
DROP TRIGGER audit_organizations_insert;
--> statement-breakpoint
DROP TRIGGER audit_organizations_update;
--> statement-breakpoint
DROP TRIGGER audit_organizations_delete;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_insert AFTER INSERT ON organizations
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.created', 'organization', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('require_second_factor', CASE WHEN NEW.require_second_factor THEN 'true' ELSE 'false' END, TRUE),
      ('plan', json_quote(NEW.plan), TRUE),
      ('naming', json_quote(NEW.naming), TRUE),
      ('usage_alert_dollars', json_quote(NEW.usage_alert_dollars), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_update AFTER UPDATE OF id, name, created_at, require_second_factor, plan, naming, usage_alert_dollars ON organizations
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at OR OLD.require_second_factor IS NOT NEW.require_second_factor OR OLD.plan IS NOT NEW.plan OR OLD.naming IS NOT NEW.naming OR OLD.usage_alert_dollars IS NOT NEW.usage_alert_dollars)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.updated', 'organization', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('require_second_factor', CASE WHEN OLD.require_second_factor THEN 'true' ELSE 'false' END, OLD.require_second_factor IS NOT NEW.require_second_factor),
      ('plan', json_quote(OLD.plan), OLD.plan IS NOT NEW.plan),
      ('naming', json_quote(OLD.naming), OLD.naming IS NOT NEW.naming),
      ('usage_alert_dollars', json_quote(OLD.usage_alert_dollars), OLD.usage_alert_dollars IS NOT NEW.usage_alert_dollars)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('require_second_factor', CASE WHEN NEW.require_second_factor THEN 'true' ELSE 'false' END, OLD.require_second_factor IS NOT NEW.require_second_factor),
      ('plan', json_quote(NEW.plan), OLD.plan IS NOT NEW.plan),
      ('naming', json_quote(NEW.naming), OLD.naming IS NOT NEW.naming),
      ('usage_alert_dollars', json_quote(NEW.usage_alert_dollars), OLD.usage_alert_dollars IS NOT NEW.usage_alert_dollars)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_delete AFTER DELETE ON organizations
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.deleted', 'organization', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('require_second_factor', CASE WHEN OLD.require_second_factor THEN 'true' ELSE 'false' END, TRUE),
      ('plan', json_quote(OLD.plan), TRUE),
      ('naming', json_quote(OLD.naming), TRUE),
      ('usage_alert_dollars', json_quote(OLD.usage_alert_dollars), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_remembered_browsers_insert AFTER INSERT ON remembered_browsers
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'remembered_browser.added', 'remembered_browser', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('address', json_quote(NEW.address), TRUE),
      ('user_agent', json_quote(NEW.user_agent), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_remembered_browsers_delete AFTER DELETE ON remembered_browsers
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'remembered_browser.deleted', 'remembered_browser', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('address', json_quote(OLD.address), TRUE),
      ('user_agent', json_quote(OLD.user_agent), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = OLD.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
