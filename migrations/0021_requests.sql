CREATE TABLE `idempotency_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text,
	`claim` text NOT NULL,
	`lease_until` integer NOT NULL,
	`acted` integer DEFAULT false NOT NULL,
	`fingerprint` text,
	`answer` text,
	`answer_key` text,
	`calls` text,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_end` ON `idempotency_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `request_quotas` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`hour` integer NOT NULL,
	`leased` integer NOT NULL,
	`outstanding` integer NOT NULL,
	`granted` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `api_keys` ADD `allowed_origins` text;--> statement-breakpoint
CREATE INDEX `api_keys_with_origins` ON `api_keys` (`id`) WHERE allowed_origins IS NOT NULL;
--> statement-breakpoint
DROP TRIGGER audit_api_keys_insert;
--> statement-breakpoint
DROP TRIGGER audit_api_keys_update;
--> statement-breakpoint
DROP TRIGGER audit_api_keys_delete;
--> statement-breakpoint
CREATE TRIGGER audit_api_keys_insert AFTER INSERT ON api_keys
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'api_key.created', 'api_key', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('prefix', json_quote(NEW.prefix), TRUE),
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('campaign_id', json_quote(NEW.campaign_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('revoked_at', json_quote(NEW.revoked_at), TRUE),
      ('scopes', CASE WHEN json_valid(NEW.scopes) THEN NEW.scopes ELSE json_quote(NEW.scopes) END, TRUE),
      ('role', json_quote(NEW.role), TRUE),
      ('source_id', json_quote(NEW.source_id), TRUE),
      ('expires_at', json_quote(NEW.expires_at), TRUE),
      ('created_by', json_quote(NEW.created_by), TRUE),
      ('rotated_to', json_quote(NEW.rotated_to), TRUE),
      ('allowed_origins', CASE WHEN json_valid(NEW.allowed_origins) THEN NEW.allowed_origins ELSE json_quote(NEW.allowed_origins) END, TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_api_keys_update AFTER UPDATE OF id, name, prefix, hash, campaign_id, created_at, revoked_at, scopes, role, source_id, expires_at, created_by, rotated_to, allowed_origins ON api_keys
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.prefix IS NOT NEW.prefix OR OLD.hash IS NOT NEW.hash OR OLD.campaign_id IS NOT NEW.campaign_id OR OLD.created_at IS NOT NEW.created_at OR OLD.revoked_at IS NOT NEW.revoked_at OR OLD.scopes IS NOT NEW.scopes OR OLD.role IS NOT NEW.role OR OLD.source_id IS NOT NEW.source_id OR OLD.expires_at IS NOT NEW.expires_at OR OLD.created_by IS NOT NEW.created_by OR OLD.rotated_to IS NOT NEW.rotated_to OR OLD.allowed_origins IS NOT NEW.allowed_origins)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.revoked_at IS NOT NEW.revoked_at AND NEW.revoked_at IS NOT NULL THEN 'api_key.revoked' ELSE 'api_key.updated' END, 'api_key', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('prefix', json_quote(OLD.prefix), OLD.prefix IS NOT NEW.prefix),
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.hash IS NOT NEW.hash),
      ('campaign_id', json_quote(OLD.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('revoked_at', json_quote(OLD.revoked_at), OLD.revoked_at IS NOT NEW.revoked_at),
      ('scopes', CASE WHEN json_valid(OLD.scopes) THEN OLD.scopes ELSE json_quote(OLD.scopes) END, OLD.scopes IS NOT NEW.scopes),
      ('role', json_quote(OLD.role), OLD.role IS NOT NEW.role),
      ('source_id', json_quote(OLD.source_id), OLD.source_id IS NOT NEW.source_id),
      ('expires_at', json_quote(OLD.expires_at), OLD.expires_at IS NOT NEW.expires_at),
      ('created_by', json_quote(OLD.created_by), OLD.created_by IS NOT NEW.created_by),
      ('rotated_to', json_quote(OLD.rotated_to), OLD.rotated_to IS NOT NEW.rotated_to),
      ('allowed_origins', CASE WHEN json_valid(OLD.allowed_origins) THEN OLD.allowed_origins ELSE json_quote(OLD.allowed_origins) END, OLD.allowed_origins IS NOT NEW.allowed_origins)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('prefix', json_quote(NEW.prefix), OLD.prefix IS NOT NEW.prefix),
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.hash IS NOT NEW.hash),
      ('campaign_id', json_quote(NEW.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('revoked_at', json_quote(NEW.revoked_at), OLD.revoked_at IS NOT NEW.revoked_at),
      ('scopes', CASE WHEN json_valid(NEW.scopes) THEN NEW.scopes ELSE json_quote(NEW.scopes) END, OLD.scopes IS NOT NEW.scopes),
      ('role', json_quote(NEW.role), OLD.role IS NOT NEW.role),
      ('source_id', json_quote(NEW.source_id), OLD.source_id IS NOT NEW.source_id),
      ('expires_at', json_quote(NEW.expires_at), OLD.expires_at IS NOT NEW.expires_at),
      ('created_by', json_quote(NEW.created_by), OLD.created_by IS NOT NEW.created_by),
      ('rotated_to', json_quote(NEW.rotated_to), OLD.rotated_to IS NOT NEW.rotated_to),
      ('allowed_origins', CASE WHEN json_valid(NEW.allowed_origins) THEN NEW.allowed_origins ELSE json_quote(NEW.allowed_origins) END, OLD.allowed_origins IS NOT NEW.allowed_origins)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_api_keys_delete AFTER DELETE ON api_keys
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'api_key.deleted', 'api_key', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('prefix', json_quote(OLD.prefix), TRUE),
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('campaign_id', json_quote(OLD.campaign_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('revoked_at', json_quote(OLD.revoked_at), TRUE),
      ('scopes', CASE WHEN json_valid(OLD.scopes) THEN OLD.scopes ELSE json_quote(OLD.scopes) END, TRUE),
      ('role', json_quote(OLD.role), TRUE),
      ('source_id', json_quote(OLD.source_id), TRUE),
      ('expires_at', json_quote(OLD.expires_at), TRUE),
      ('created_by', json_quote(OLD.created_by), TRUE),
      ('rotated_to', json_quote(OLD.rotated_to), TRUE),
      ('allowed_origins', CASE WHEN json_valid(OLD.allowed_origins) THEN OLD.allowed_origins ELSE json_quote(OLD.allowed_origins) END, TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
