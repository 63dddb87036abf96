CREATE TABLE `audit_act` (
	`id` integer PRIMARY KEY NOT NULL,
	`actor` text NOT NULL,
	`address` text,
	`request_id` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`resource_type` text NOT NULL,
	`resource_id` text NOT NULL,
	`before` text,
	`after` text,
	`address` text,
	`request_id` text,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE organization_id = NEW.organization_id AND id = NEW.id)
BEGIN
  SELECT RAISE(IGNORE);
END;
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
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_update AFTER UPDATE OF id, name, created_at ON organizations
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.updated', 'organization', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
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
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
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
      ('rotated_to', json_quote(NEW.rotated_to), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_api_keys_update AFTER UPDATE OF id, name, prefix, hash, campaign_id, created_at, revoked_at, scopes, role, source_id, expires_at, created_by, rotated_to ON api_keys
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.prefix IS NOT NEW.prefix OR OLD.hash IS NOT NEW.hash OR OLD.campaign_id IS NOT NEW.campaign_id OR OLD.created_at IS NOT NEW.created_at OR OLD.revoked_at IS NOT NEW.revoked_at OR OLD.scopes IS NOT NEW.scopes OR OLD.role IS NOT NEW.role OR OLD.source_id IS NOT NEW.source_id OR OLD.expires_at IS NOT NEW.expires_at OR OLD.created_by IS NOT NEW.created_by OR OLD.rotated_to IS NOT NEW.rotated_to)
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
      ('rotated_to', json_quote(OLD.rotated_to), OLD.rotated_to IS NOT NEW.rotated_to)) WHERE column3),
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
      ('rotated_to', json_quote(NEW.rotated_to), OLD.rotated_to IS NOT NEW.rotated_to)) WHERE column3),
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
      ('rotated_to', json_quote(OLD.rotated_to), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_campaigns_insert AFTER INSERT ON campaigns
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'campaign.created', 'campaign', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('number', json_quote(NEW.number), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('archived_at', json_quote(NEW.archived_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_campaigns_update AFTER UPDATE OF id, number, name, settings, created_at, archived_at ON campaigns
WHEN (OLD.id IS NOT NEW.id OR OLD.number IS NOT NEW.number OR OLD.name IS NOT NEW.name OR OLD.settings IS NOT NEW.settings OR OLD.created_at IS NOT NEW.created_at OR OLD.archived_at IS NOT NEW.archived_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.archived_at IS NOT NEW.archived_at AND NEW.archived_at IS NOT NULL THEN 'campaign.archived' ELSE 'campaign.updated' END, 'campaign', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('number', json_quote(OLD.number), OLD.number IS NOT NEW.number),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, OLD.settings IS NOT NEW.settings),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('archived_at', json_quote(OLD.archived_at), OLD.archived_at IS NOT NEW.archived_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('number', json_quote(NEW.number), OLD.number IS NOT NEW.number),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, OLD.settings IS NOT NEW.settings),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('archived_at', json_quote(NEW.archived_at), OLD.archived_at IS NOT NEW.archived_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_campaigns_delete AFTER DELETE ON campaigns
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'campaign.deleted', 'campaign', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('number', json_quote(OLD.number), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('archived_at', json_quote(OLD.archived_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_operators_insert AFTER INSERT ON operators
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'operator.created', 'operator', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('needs_review', CASE WHEN NEW.needs_review THEN 'true' ELSE 'false' END, TRUE),
      ('merged_into', json_quote(NEW.merged_into), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_operators_update AFTER UPDATE OF id, name, needs_review, merged_into, created_at ON operators
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.needs_review IS NOT NEW.needs_review OR OLD.merged_into IS NOT NEW.merged_into OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'operator.updated', 'operator', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('needs_review', CASE WHEN OLD.needs_review THEN 'true' ELSE 'false' END, OLD.needs_review IS NOT NEW.needs_review),
      ('merged_into', json_quote(OLD.merged_into), OLD.merged_into IS NOT NEW.merged_into),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('needs_review', CASE WHEN NEW.needs_review THEN 'true' ELSE 'false' END, OLD.needs_review IS NOT NEW.needs_review),
      ('merged_into', json_quote(NEW.merged_into), OLD.merged_into IS NOT NEW.merged_into),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_operators_delete AFTER DELETE ON operators
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'operator.deleted', 'operator', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('needs_review', CASE WHEN OLD.needs_review THEN 'true' ELSE 'false' END, TRUE),
      ('merged_into', json_quote(OLD.merged_into), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_operator_references_insert AFTER INSERT ON operator_references
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'operator_reference.created', 'operator_reference', NEW.reference,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reference', json_quote(NEW.reference), TRUE),
      ('operator_id', json_quote(NEW.operator_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_operator_references_update AFTER UPDATE OF reference, operator_id, created_at ON operator_references
WHEN (OLD.reference IS NOT NEW.reference OR OLD.operator_id IS NOT NEW.operator_id OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'operator_reference.updated', 'operator_reference', NEW.reference,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reference', json_quote(OLD.reference), OLD.reference IS NOT NEW.reference),
      ('operator_id', json_quote(OLD.operator_id), OLD.operator_id IS NOT NEW.operator_id),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reference', json_quote(NEW.reference), OLD.reference IS NOT NEW.reference),
      ('operator_id', json_quote(NEW.operator_id), OLD.operator_id IS NOT NEW.operator_id),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_operator_references_delete AFTER DELETE ON operator_references
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'operator_reference.deleted', 'operator_reference', OLD.reference,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reference', json_quote(OLD.reference), TRUE),
      ('operator_id', json_quote(OLD.operator_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sources_insert AFTER INSERT ON sources
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'source.created', 'source', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('kind', json_quote(NEW.kind), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('campaign_id', json_quote(NEW.campaign_id), TRUE),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, TRUE),
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('credentials', CASE WHEN NEW.credentials IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('state', json_quote(NEW.state), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('deleted_at', json_quote(NEW.deleted_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sources_update AFTER UPDATE OF id, kind, name, campaign_id, settings, secrets, credentials, state, created_at, deleted_at ON sources
WHEN (OLD.id IS NOT NEW.id OR OLD.kind IS NOT NEW.kind OR OLD.name IS NOT NEW.name OR OLD.campaign_id IS NOT NEW.campaign_id OR OLD.settings IS NOT NEW.settings OR OLD.secrets IS NOT NEW.secrets OR OLD.credentials IS NOT NEW.credentials OR OLD.state IS NOT NEW.state OR OLD.created_at IS NOT NEW.created_at OR OLD.deleted_at IS NOT NEW.deleted_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.deleted_at IS NOT NEW.deleted_at AND NEW.deleted_at IS NOT NULL THEN 'source.deleted' ELSE 'source.updated' END, 'source', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('kind', json_quote(OLD.kind), OLD.kind IS NOT NEW.kind),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('campaign_id', json_quote(OLD.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, OLD.settings IS NOT NEW.settings),
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets),
      ('credentials', CASE WHEN OLD.credentials IS NULL THEN 'null' ELSE '"masked"' END, OLD.credentials IS NOT NEW.credentials),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('deleted_at', json_quote(OLD.deleted_at), OLD.deleted_at IS NOT NEW.deleted_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('kind', json_quote(NEW.kind), OLD.kind IS NOT NEW.kind),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('campaign_id', json_quote(NEW.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, OLD.settings IS NOT NEW.settings),
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets),
      ('credentials', CASE WHEN NEW.credentials IS NULL THEN 'null' ELSE '"masked"' END, OLD.credentials IS NOT NEW.credentials),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('deleted_at', json_quote(NEW.deleted_at), OLD.deleted_at IS NOT NEW.deleted_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sources_delete AFTER DELETE ON sources
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'source.deleted', 'source', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('kind', json_quote(OLD.kind), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('campaign_id', json_quote(OLD.campaign_id), TRUE),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, TRUE),
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('credentials', CASE WHEN OLD.credentials IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('state', json_quote(OLD.state), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('deleted_at', json_quote(OLD.deleted_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_endpoints_insert AFTER INSERT ON endpoints
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'endpoint.created', 'endpoint', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('url', json_quote(NEW.url), TRUE),
      ('description', json_quote(NEW.description), TRUE),
      ('profile', json_quote(NEW.profile), TRUE),
      ('payload_version', json_quote(NEW.payload_version), TRUE),
      ('method', json_quote(NEW.method), TRUE),
      ('headers', CASE WHEN NEW.headers IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('template', json_quote(NEW.template), TRUE),
      ('events', CASE WHEN json_valid(NEW.events) THEN NEW.events ELSE json_quote(NEW.events) END, TRUE),
      ('filters', CASE WHEN json_valid(NEW.filters) THEN NEW.filters ELSE json_quote(NEW.filters) END, TRUE),
      ('ordering', json_quote(NEW.ordering), TRUE),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, TRUE),
      ('shards', CASE WHEN json_valid(NEW.shards) THEN NEW.shards ELSE json_quote(NEW.shards) END, TRUE),
      ('active', CASE WHEN NEW.active THEN 'true' ELSE 'false' END, TRUE),
      ('paused', CASE WHEN NEW.paused THEN 'true' ELSE 'false' END, TRUE),
      ('disabled_reason', json_quote(NEW.disabled_reason), TRUE),
      ('disabled_at', json_quote(NEW.disabled_at), TRUE),
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('deleted_at', json_quote(NEW.deleted_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_endpoints_update AFTER UPDATE OF id, url, description, profile, payload_version, method, headers, template, events, filters, ordering, settings, shards, active, paused, disabled_reason, disabled_at, secrets, created_at, deleted_at ON endpoints
WHEN (OLD.id IS NOT NEW.id OR OLD.url IS NOT NEW.url OR OLD.description IS NOT NEW.description OR OLD.profile IS NOT NEW.profile OR OLD.payload_version IS NOT NEW.payload_version OR OLD.method IS NOT NEW.method OR OLD.headers IS NOT NEW.headers OR OLD.template IS NOT NEW.template OR OLD.events IS NOT NEW.events OR OLD.filters IS NOT NEW.filters OR OLD.ordering IS NOT NEW.ordering OR OLD.settings IS NOT NEW.settings OR OLD.shards IS NOT NEW.shards OR OLD.active IS NOT NEW.active OR OLD.paused IS NOT NEW.paused OR OLD.disabled_reason IS NOT NEW.disabled_reason OR OLD.disabled_at IS NOT NEW.disabled_at OR OLD.secrets IS NOT NEW.secrets OR OLD.created_at IS NOT NEW.created_at OR OLD.deleted_at IS NOT NEW.deleted_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.deleted_at IS NOT NEW.deleted_at AND NEW.deleted_at IS NOT NULL THEN 'endpoint.deleted' ELSE 'endpoint.updated' END, 'endpoint', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('url', json_quote(OLD.url), OLD.url IS NOT NEW.url),
      ('description', json_quote(OLD.description), OLD.description IS NOT NEW.description),
      ('profile', json_quote(OLD.profile), OLD.profile IS NOT NEW.profile),
      ('payload_version', json_quote(OLD.payload_version), OLD.payload_version IS NOT NEW.payload_version),
      ('method', json_quote(OLD.method), OLD.method IS NOT NEW.method),
      ('headers', CASE WHEN OLD.headers IS NULL THEN 'null' ELSE '"masked"' END, OLD.headers IS NOT NEW.headers),
      ('template', json_quote(OLD.template), OLD.template IS NOT NEW.template),
      ('events', CASE WHEN json_valid(OLD.events) THEN OLD.events ELSE json_quote(OLD.events) END, OLD.events IS NOT NEW.events),
      ('filters', CASE WHEN json_valid(OLD.filters) THEN OLD.filters ELSE json_quote(OLD.filters) END, OLD.filters IS NOT NEW.filters),
      ('ordering', json_quote(OLD.ordering), OLD.ordering IS NOT NEW.ordering),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, OLD.settings IS NOT NEW.settings),
      ('shards', CASE WHEN json_valid(OLD.shards) THEN OLD.shards ELSE json_quote(OLD.shards) END, OLD.shards IS NOT NEW.shards),
      ('active', CASE WHEN OLD.active THEN 'true' ELSE 'false' END, OLD.active IS NOT NEW.active),
      ('paused', CASE WHEN OLD.paused THEN 'true' ELSE 'false' END, OLD.paused IS NOT NEW.paused),
      ('disabled_reason', json_quote(OLD.disabled_reason), OLD.disabled_reason IS NOT NEW.disabled_reason),
      ('disabled_at', json_quote(OLD.disabled_at), OLD.disabled_at IS NOT NEW.disabled_at),
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('deleted_at', json_quote(OLD.deleted_at), OLD.deleted_at IS NOT NEW.deleted_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('url', json_quote(NEW.url), OLD.url IS NOT NEW.url),
      ('description', json_quote(NEW.description), OLD.description IS NOT NEW.description),
      ('profile', json_quote(NEW.profile), OLD.profile IS NOT NEW.profile),
      ('payload_version', json_quote(NEW.payload_version), OLD.payload_version IS NOT NEW.payload_version),
      ('method', json_quote(NEW.method), OLD.method IS NOT NEW.method),
      ('headers', CASE WHEN NEW.headers IS NULL THEN 'null' ELSE '"masked"' END, OLD.headers IS NOT NEW.headers),
      ('template', json_quote(NEW.template), OLD.template IS NOT NEW.template),
      ('events', CASE WHEN json_valid(NEW.events) THEN NEW.events ELSE json_quote(NEW.events) END, OLD.events IS NOT NEW.events),
      ('filters', CASE WHEN json_valid(NEW.filters) THEN NEW.filters ELSE json_quote(NEW.filters) END, OLD.filters IS NOT NEW.filters),
      ('ordering', json_quote(NEW.ordering), OLD.ordering IS NOT NEW.ordering),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, OLD.settings IS NOT NEW.settings),
      ('shards', CASE WHEN json_valid(NEW.shards) THEN NEW.shards ELSE json_quote(NEW.shards) END, OLD.shards IS NOT NEW.shards),
      ('active', CASE WHEN NEW.active THEN 'true' ELSE 'false' END, OLD.active IS NOT NEW.active),
      ('paused', CASE WHEN NEW.paused THEN 'true' ELSE 'false' END, OLD.paused IS NOT NEW.paused),
      ('disabled_reason', json_quote(NEW.disabled_reason), OLD.disabled_reason IS NOT NEW.disabled_reason),
      ('disabled_at', json_quote(NEW.disabled_at), OLD.disabled_at IS NOT NEW.disabled_at),
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('deleted_at', json_quote(NEW.deleted_at), OLD.deleted_at IS NOT NEW.deleted_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_endpoints_delete AFTER DELETE ON endpoints
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'endpoint.deleted', 'endpoint', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('url', json_quote(OLD.url), TRUE),
      ('description', json_quote(OLD.description), TRUE),
      ('profile', json_quote(OLD.profile), TRUE),
      ('payload_version', json_quote(OLD.payload_version), TRUE),
      ('method', json_quote(OLD.method), TRUE),
      ('headers', CASE WHEN OLD.headers IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('template', json_quote(OLD.template), TRUE),
      ('events', CASE WHEN json_valid(OLD.events) THEN OLD.events ELSE json_quote(OLD.events) END, TRUE),
      ('filters', CASE WHEN json_valid(OLD.filters) THEN OLD.filters ELSE json_quote(OLD.filters) END, TRUE),
      ('ordering', json_quote(OLD.ordering), TRUE),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, TRUE),
      ('shards', CASE WHEN json_valid(OLD.shards) THEN OLD.shards ELSE json_quote(OLD.shards) END, TRUE),
      ('active', CASE WHEN OLD.active THEN 'true' ELSE 'false' END, TRUE),
      ('paused', CASE WHEN OLD.paused THEN 'true' ELSE 'false' END, TRUE),
      ('disabled_reason', json_quote(OLD.disabled_reason), TRUE),
      ('disabled_at', json_quote(OLD.disabled_at), TRUE),
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('deleted_at', json_quote(OLD.deleted_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_company_secrets_insert AFTER INSERT ON company_secrets
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'company_secret.created', 'company_secret', NEW.organization_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_company_secrets_update AFTER UPDATE OF secrets ON company_secrets
WHEN (OLD.secrets IS NOT NEW.secrets)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'company_secret.updated', 'company_secret', NEW.organization_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('secrets', CASE WHEN NEW.secrets IS NULL THEN 'null' ELSE '"masked"' END, OLD.secrets IS NOT NEW.secrets)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_company_secrets_delete AFTER DELETE ON company_secrets
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'company_secret.deleted', 'company_secret', OLD.organization_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('secrets', CASE WHEN OLD.secrets IS NULL THEN 'null' ELSE '"masked"' END, TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_secret_reveals_insert AFTER INSERT ON secret_reveals
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'secret.revealed', 'secret', coalesce(NEW.endpoint_id, NEW.organization_id),
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('endpoint_id', json_quote(NEW.endpoint_id), TRUE),
      ('api_key_id', json_quote(NEW.api_key_id), TRUE),
      ('revealed_at', json_quote(NEW.revealed_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_uploads_insert AFTER INSERT ON uploads
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'upload.created', 'upload', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('source_id', json_quote(NEW.source_id), TRUE),
      ('source_kind', json_quote(NEW.source_kind), TRUE),
      ('state', json_quote(NEW.state), TRUE),
      ('call_id', json_quote(NEW.call_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_uploads_update AFTER UPDATE OF id, source_id, source_kind, state, call_id, created_at ON uploads
WHEN (OLD.id IS NOT NEW.id OR OLD.source_id IS NOT NEW.source_id OR OLD.source_kind IS NOT NEW.source_kind OR OLD.state IS NOT NEW.state OR OLD.call_id IS NOT NEW.call_id OR OLD.created_at IS NOT NEW.created_at) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'upload.updated', 'upload', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('source_id', json_quote(OLD.source_id), OLD.source_id IS NOT NEW.source_id),
      ('source_kind', json_quote(OLD.source_kind), OLD.source_kind IS NOT NEW.source_kind),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('call_id', json_quote(OLD.call_id), OLD.call_id IS NOT NEW.call_id),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('source_id', json_quote(NEW.source_id), OLD.source_id IS NOT NEW.source_id),
      ('source_kind', json_quote(NEW.source_kind), OLD.source_kind IS NOT NEW.source_kind),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('call_id', json_quote(NEW.call_id), OLD.call_id IS NOT NEW.call_id),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_uploads_delete AFTER DELETE ON uploads
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'upload.deleted', 'upload', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('source_id', json_quote(OLD.source_id), TRUE),
      ('source_kind', json_quote(OLD.source_kind), TRUE),
      ('state', json_quote(OLD.state), TRUE),
      ('call_id', json_quote(OLD.call_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_reconciliations_insert AFTER INSERT ON reconciliations
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'reconciliation.opened', 'reconciliation', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('source_id', json_quote(NEW.source_id), TRUE),
      ('id', json_quote(NEW.id), TRUE),
      ('asked', CASE WHEN NEW.asked THEN 'true' ELSE 'false' END, TRUE),
      ('from_at', json_quote(NEW.from_at), TRUE),
      ('until_at', json_quote(NEW.until_at), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_inbound_update AFTER UPDATE OF id, replays ON inbound
WHEN (OLD.id IS NOT NEW.id OR OLD.replays IS NOT NEW.replays) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.replays IS NOT NEW.replays AND NEW.replays IS NOT NULL THEN 'inbound.replayed' ELSE 'inbound.updated' END, 'inbound', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('replays', json_quote(OLD.replays), OLD.replays IS NOT NEW.replays)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('replays', json_quote(NEW.replays), OLD.replays IS NOT NEW.replays)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
