CREATE TABLE `call_actions` (
	`call_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`state` text NOT NULL,
	`steps` text,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`claims` integer DEFAULT 0 NOT NULL,
	`nudge_after` integer DEFAULT 0 NOT NULL,
	`give_up_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`completed_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `call_actions_pending` ON `call_actions` (`organization_id`) WHERE state = 'pending';--> statement-breakpoint
CREATE TABLE `campaign_actions` (
	`campaign_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`actions` text NOT NULL,
	`secrets` text,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;

--> statement-breakpoint
CREATE TRIGGER audit_campaign_actions_insert AFTER INSERT ON campaign_actions
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'post_call_actions.created', 'post_call_actions', NEW.campaign_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(NEW.campaign_id), TRUE),
      ('actions', CASE WHEN json_valid(NEW.actions) THEN NEW.actions ELSE json_quote(NEW.actions) END, TRUE),
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_campaign_actions_update AFTER UPDATE OF campaign_id, actions, secrets ON campaign_actions
WHEN (OLD.campaign_id IS NOT NEW.campaign_id OR OLD.actions IS NOT NEW.actions OR OLD.secrets IS NOT NEW.secrets)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'post_call_actions.updated', 'post_call_actions', NEW.campaign_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(OLD.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('actions', CASE WHEN json_valid(OLD.actions) THEN OLD.actions ELSE json_quote(OLD.actions) END, OLD.actions IS NOT NEW.actions),
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(NEW.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('actions', CASE WHEN json_valid(NEW.actions) THEN NEW.actions ELSE json_quote(NEW.actions) END, OLD.actions IS NOT NEW.actions),
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_campaign_actions_delete AFTER DELETE ON campaign_actions
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'post_call_actions.deleted', 'post_call_actions', OLD.campaign_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(OLD.campaign_id), TRUE),
      ('actions', CASE WHEN json_valid(OLD.actions) THEN OLD.actions ELSE json_quote(OLD.actions) END, TRUE),
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
