CREATE TABLE `engine_spend` (
	`organization_id` text NOT NULL,
	`month` integer NOT NULL,
	`engine` text NOT NULL,
	`audio_ms` integer NOT NULL,
	`micros` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `month`, `engine`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `engines` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`settings` text NOT NULL,
	`credentials` text,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `engines_by_name` ON `engines` (`organization_id`,`name`);--> statement-breakpoint
CREATE TABLE `spend_caps` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`micros_per_month` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `analyses` ADD `engines` text;
--> statement-breakpoint
CREATE TRIGGER audit_engines_insert AFTER INSERT ON engines
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'engine.created', 'engine', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('kind', json_quote(NEW.kind), TRUE),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, TRUE),
      ('credentials', CASE WHEN NEW.credentials IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_engines_update AFTER UPDATE OF id, name, kind, settings, credentials, created_at ON engines
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.kind IS NOT NEW.kind OR OLD.settings IS NOT NEW.settings OR OLD.credentials IS NOT NEW.credentials OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'engine.updated', 'engine', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('kind', json_quote(OLD.kind), OLD.kind IS NOT NEW.kind),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, OLD.settings IS NOT NEW.settings),
      ('credentials', CASE WHEN OLD.credentials IS NULL THEN 'null' ELSE '"masked"' END, OLD.credentials IS NOT NEW.credentials),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('kind', json_quote(NEW.kind), OLD.kind IS NOT NEW.kind),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, OLD.settings IS NOT NEW.settings),
      ('credentials', CASE WHEN NEW.credentials IS NULL THEN 'null' ELSE '"masked"' END, OLD.credentials IS NOT NEW.credentials),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_engines_delete AFTER DELETE ON engines
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'engine.deleted', 'engine', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('kind', json_quote(OLD.kind), TRUE),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, TRUE),
      ('credentials', CASE WHEN OLD.credentials IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_spend_caps_insert AFTER INSERT ON spend_caps
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'spend_cap.created', 'spend_cap', NEW.organization_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('micros_per_month', json_quote(NEW.micros_per_month), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_spend_caps_update AFTER UPDATE OF micros_per_month, created_at ON spend_caps
WHEN (OLD.micros_per_month IS NOT NEW.micros_per_month OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'spend_cap.updated', 'spend_cap', NEW.organization_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('micros_per_month', json_quote(OLD.micros_per_month), OLD.micros_per_month IS NOT NEW.micros_per_month),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('micros_per_month', json_quote(NEW.micros_per_month), OLD.micros_per_month IS NOT NEW.micros_per_month),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_spend_caps_delete AFTER DELETE ON spend_caps
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'spend_cap.deleted', 'spend_cap', OLD.organization_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('micros_per_month', json_quote(OLD.micros_per_month), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
