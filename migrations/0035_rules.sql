CREATE TABLE `alerts` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`call_id` text NOT NULL,
	`level` text NOT NULL,
	`score` integer,
	`state` text NOT NULL,
	`owner_id` text,
	`reason` text,
	`note` text,
	`fired` text NOT NULL,
	`raised_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `alerts_by_time` ON `alerts` (`organization_id`,`raised_at`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_open` ON `alerts` (`organization_id`,`raised_at`,`id`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `rules` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`campaign_id` text,
	`enabled` integer DEFAULT true NOT NULL,
	`weight` integer NOT NULL,
	`script` text,
	`conditions` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;

--> statement-breakpoint
CREATE TRIGGER audit_rules_insert AFTER INSERT ON rules
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'rule.created', 'rule', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('campaign_id', json_quote(NEW.campaign_id), TRUE),
      ('enabled', CASE WHEN NEW.enabled THEN 'true' ELSE 'false' END, TRUE),
      ('weight', json_quote(NEW.weight), TRUE),
      ('script', json_quote(NEW.script), TRUE),
      ('conditions', CASE WHEN json_valid(NEW.conditions) THEN NEW.conditions ELSE json_quote(NEW.conditions) END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_rules_update AFTER UPDATE OF id, name, campaign_id, enabled, weight, script, conditions, created_at ON rules
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.campaign_id IS NOT NEW.campaign_id OR OLD.enabled IS NOT NEW.enabled OR OLD.weight IS NOT NEW.weight OR OLD.script IS NOT NEW.script OR OLD.conditions IS NOT NEW.conditions OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'rule.updated', 'rule', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('campaign_id', json_quote(OLD.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('enabled', CASE WHEN OLD.enabled THEN 'true' ELSE 'false' END, OLD.enabled IS NOT NEW.enabled),
      ('weight', json_quote(OLD.weight), OLD.weight IS NOT NEW.weight),
      ('script', json_quote(OLD.script), OLD.script IS NOT NEW.script),
      ('conditions', CASE WHEN json_valid(OLD.conditions) THEN OLD.conditions ELSE json_quote(OLD.conditions) END, OLD.conditions IS NOT NEW.conditions),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('campaign_id', json_quote(NEW.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('enabled', CASE WHEN NEW.enabled THEN 'true' ELSE 'false' END, OLD.enabled IS NOT NEW.enabled),
      ('weight', json_quote(NEW.weight), OLD.weight IS NOT NEW.weight),
      ('script', json_quote(NEW.script), OLD.script IS NOT NEW.script),
      ('conditions', CASE WHEN json_valid(NEW.conditions) THEN NEW.conditions ELSE json_quote(NEW.conditions) END, OLD.conditions IS NOT NEW.conditions),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_rules_delete AFTER DELETE ON rules
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'rule.deleted', 'rule', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('campaign_id', json_quote(OLD.campaign_id), TRUE),
      ('enabled', CASE WHEN OLD.enabled THEN 'true' ELSE 'false' END, TRUE),
      ('weight', json_quote(OLD.weight), TRUE),
      ('script', json_quote(OLD.script), TRUE),
      ('conditions', CASE WHEN json_valid(OLD.conditions) THEN OLD.conditions ELSE json_quote(OLD.conditions) END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_alerts_update AFTER UPDATE OF id, state, owner_id, reason ON alerts
WHEN (OLD.id IS NOT NEW.id OR OLD.state IS NOT NEW.state OR OLD.owner_id IS NOT NEW.owner_id OR OLD.reason IS NOT NEW.reason) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'alert.updated', 'alert', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('owner_id', json_quote(OLD.owner_id), OLD.owner_id IS NOT NEW.owner_id),
      ('reason', json_quote(OLD.reason), OLD.reason IS NOT NEW.reason)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('owner_id', json_quote(NEW.owner_id), OLD.owner_id IS NOT NEW.owner_id),
      ('reason', json_quote(NEW.reason), OLD.reason IS NOT NEW.reason)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
