CREATE TABLE `token_issuer_keys` (
	`issuer_id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`asked_at` integer NOT NULL,
	`keys` text,
	`fetched_at` integer,
	`error` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `token_issuers` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`issuer` text NOT NULL,
	`audience` text NOT NULL,
	`keys_url` text NOT NULL,
	`algorithms` text NOT NULL,
	`rules` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `token_issuers_by_name` ON `token_issuers` (`issuer`,`audience`);--> statement-breakpoint
CREATE INDEX `token_issuers_by_organization` ON `token_issuers` (`organization_id`,`id`);
--> statement-breakpoint
CREATE TRIGGER audit_token_issuers_insert AFTER INSERT ON token_issuers
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'token_issuer.created', 'token_issuer', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('issuer', json_quote(NEW.issuer), TRUE),
      ('audience', json_quote(NEW.audience), TRUE),
      ('keys_url', json_quote(NEW.keys_url), TRUE),
      ('algorithms', CASE WHEN json_valid(NEW.algorithms) THEN NEW.algorithms ELSE json_quote(NEW.algorithms) END, TRUE),
      ('rules', CASE WHEN json_valid(NEW.rules) THEN NEW.rules ELSE json_quote(NEW.rules) END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('created_by', json_quote(NEW.created_by), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_token_issuers_update AFTER UPDATE OF id, name, issuer, audience, keys_url, algorithms, rules, created_at, created_by ON token_issuers
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.issuer IS NOT NEW.issuer OR OLD.audience IS NOT NEW.audience OR OLD.keys_url IS NOT NEW.keys_url OR OLD.algorithms IS NOT NEW.algorithms OR OLD.rules IS NOT NEW.rules OR OLD.created_at IS NOT NEW.created_at OR OLD.created_by IS NOT NEW.created_by)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'token_issuer.updated', 'token_issuer', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('issuer', json_quote(OLD.issuer), OLD.issuer IS NOT NEW.issuer),
      ('audience', json_quote(OLD.audience), OLD.audience IS NOT NEW.audience),
      ('keys_url', json_quote(OLD.keys_url), OLD.keys_url IS NOT NEW.keys_url),
      ('algorithms', CASE WHEN json_valid(OLD.algorithms) THEN OLD.algorithms ELSE json_quote(OLD.algorithms) END, OLD.algorithms IS NOT NEW.algorithms),
      ('rules', CASE WHEN json_valid(OLD.rules) THEN OLD.rules ELSE json_quote(OLD.rules) END, OLD.rules IS NOT NEW.rules),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('created_by', json_quote(OLD.created_by), OLD.created_by IS NOT NEW.created_by)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('issuer', json_quote(NEW.issuer), OLD.issuer IS NOT NEW.issuer),
      ('audience', json_quote(NEW.audience), OLD.audience IS NOT NEW.audience),
      ('keys_url', json_quote(NEW.keys_url), OLD.keys_url IS NOT NEW.keys_url),
      ('algorithms', CASE WHEN json_valid(NEW.algorithms) THEN NEW.algorithms ELSE json_quote(NEW.algorithms) END, OLD.algorithms IS NOT NEW.algorithms),
      ('rules', CASE WHEN json_valid(NEW.rules) THEN NEW.rules ELSE json_quote(NEW.rules) END, OLD.rules IS NOT NEW.rules),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('created_by', json_quote(NEW.created_by), OLD.created_by IS NOT NEW.created_by)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_token_issuers_delete AFTER DELETE ON token_issuers
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'token_issuer.deleted', 'token_issuer', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('issuer', json_quote(OLD.issuer), TRUE),
      ('audience', json_quote(OLD.audience), TRUE),
      ('keys_url', json_quote(OLD.keys_url), TRUE),
      ('algorithms', CASE WHEN json_valid(OLD.algorithms) THEN OLD.algorithms ELSE json_quote(OLD.algorithms) END, TRUE),
      ('rules', CASE WHEN json_valid(OLD.rules) THEN OLD.rules ELSE json_quote(OLD.rules) END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('created_by', json_quote(OLD.created_by), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
