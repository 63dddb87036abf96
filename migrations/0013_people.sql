CREATE TABLE `invitations` (
	`hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`campaigns` text,
	`teams` text,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`mailed_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_by_address` ON `invitations` (`organization_id`,`email`);--> statement-breakpoint
CREATE INDEX `invitations_by_organization` ON `invitations` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `memberships` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`campaigns` text,
	`teams` text,
	`operator_id` text,
	`created_at` integer NOT NULL,
	`disabled_at` integer,
	PRIMARY KEY(`organization_id`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `memberships_by_user` ON `memberships` (`user_id`,`organization_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`strength` text NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`address` text,
	`user_agent` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `sessions_by_end` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`name` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`count` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sign_in_attempts_by_time` ON `sign_in_attempts` (`since`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`locale` text,
	`password_hash` text,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);
--> statement-breakpoint
CREATE TRIGGER audit_users_insert AFTER INSERT ON users
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'user.created', 'user', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('email', json_quote(NEW.email), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('locale', json_quote(NEW.locale), TRUE),
      ('password_hash', CASE WHEN NEW.password_hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_users_update AFTER UPDATE OF id, email, name, locale, password_hash, created_at ON users
WHEN (OLD.id IS NOT NEW.id OR OLD.email IS NOT NEW.email OR OLD.name IS NOT NEW.name OR OLD.locale IS NOT NEW.locale OR OLD.password_hash IS NOT NEW.password_hash OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'user.updated', 'user', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('email', json_quote(OLD.email), OLD.email IS NOT NEW.email),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('locale', json_quote(OLD.locale), OLD.locale IS NOT NEW.locale),
      ('password_hash', CASE WHEN OLD.password_hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.password_hash IS NOT NEW.password_hash),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('email', json_quote(NEW.email), OLD.email IS NOT NEW.email),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('locale', json_quote(NEW.locale), OLD.locale IS NOT NEW.locale),
      ('password_hash', CASE WHEN NEW.password_hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.password_hash IS NOT NEW.password_hash),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_users_delete AFTER DELETE ON users
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'user.deleted', 'user', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('email', json_quote(OLD.email), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('locale', json_quote(OLD.locale), TRUE),
      ('password_hash', CASE WHEN OLD.password_hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = OLD.id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_memberships_insert AFTER INSERT ON memberships
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'membership.created', 'membership', NEW.user_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('role', json_quote(NEW.role), TRUE),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, TRUE),
      ('teams', CASE WHEN json_valid(NEW.teams) THEN NEW.teams ELSE json_quote(NEW.teams) END, TRUE),
      ('operator_id', json_quote(NEW.operator_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('disabled_at', json_quote(NEW.disabled_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_memberships_update AFTER UPDATE OF user_id, role, campaigns, teams, operator_id, created_at, disabled_at ON memberships
WHEN (OLD.user_id IS NOT NEW.user_id OR OLD.role IS NOT NEW.role OR OLD.campaigns IS NOT NEW.campaigns OR OLD.teams IS NOT NEW.teams OR OLD.operator_id IS NOT NEW.operator_id OR OLD.created_at IS NOT NEW.created_at OR OLD.disabled_at IS NOT NEW.disabled_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'membership.updated', 'membership', NEW.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(OLD.user_id), OLD.user_id IS NOT NEW.user_id),
      ('role', json_quote(OLD.role), OLD.role IS NOT NEW.role),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('teams', CASE WHEN json_valid(OLD.teams) THEN OLD.teams ELSE json_quote(OLD.teams) END, OLD.teams IS NOT NEW.teams),
      ('operator_id', json_quote(OLD.operator_id), OLD.operator_id IS NOT NEW.operator_id),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('disabled_at', json_quote(OLD.disabled_at), OLD.disabled_at IS NOT NEW.disabled_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(NEW.user_id), OLD.user_id IS NOT NEW.user_id),
      ('role', json_quote(NEW.role), OLD.role IS NOT NEW.role),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('teams', CASE WHEN json_valid(NEW.teams) THEN NEW.teams ELSE json_quote(NEW.teams) END, OLD.teams IS NOT NEW.teams),
      ('operator_id', json_quote(NEW.operator_id), OLD.operator_id IS NOT NEW.operator_id),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('disabled_at', json_quote(NEW.disabled_at), OLD.disabled_at IS NOT NEW.disabled_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_memberships_delete AFTER DELETE ON memberships
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'membership.deleted', 'membership', OLD.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('role', json_quote(OLD.role), TRUE),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, TRUE),
      ('teams', CASE WHEN json_valid(OLD.teams) THEN OLD.teams ELSE json_quote(OLD.teams) END, TRUE),
      ('operator_id', json_quote(OLD.operator_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('disabled_at', json_quote(OLD.disabled_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sessions_insert AFTER INSERT ON sessions
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'session.opened', 'session', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('strength', json_quote(NEW.strength), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('confirmed_at', json_quote(NEW.confirmed_at), TRUE),
      ('expires_at', json_quote(NEW.expires_at), TRUE),
      ('address', json_quote(NEW.address), TRUE),
      ('user_agent', json_quote(NEW.user_agent), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sessions_update AFTER UPDATE OF hash, user_id, strength, created_at, confirmed_at, expires_at, address, user_agent ON sessions
WHEN (OLD.hash IS NOT NEW.hash OR OLD.user_id IS NOT NEW.user_id OR OLD.strength IS NOT NEW.strength OR OLD.created_at IS NOT NEW.created_at OR OLD.confirmed_at IS NOT NEW.confirmed_at OR OLD.expires_at IS NOT NEW.expires_at OR OLD.address IS NOT NEW.address OR OLD.user_agent IS NOT NEW.user_agent)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'session.updated', 'session', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.hash IS NOT NEW.hash),
      ('user_id', json_quote(OLD.user_id), OLD.user_id IS NOT NEW.user_id),
      ('strength', json_quote(OLD.strength), OLD.strength IS NOT NEW.strength),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('confirmed_at', json_quote(OLD.confirmed_at), OLD.confirmed_at IS NOT NEW.confirmed_at),
      ('expires_at', json_quote(OLD.expires_at), OLD.expires_at IS NOT NEW.expires_at),
      ('address', json_quote(OLD.address), OLD.address IS NOT NEW.address),
      ('user_agent', json_quote(OLD.user_agent), OLD.user_agent IS NOT NEW.user_agent)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.hash IS NOT NEW.hash),
      ('user_id', json_quote(NEW.user_id), OLD.user_id IS NOT NEW.user_id),
      ('strength', json_quote(NEW.strength), OLD.strength IS NOT NEW.strength),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('confirmed_at', json_quote(NEW.confirmed_at), OLD.confirmed_at IS NOT NEW.confirmed_at),
      ('expires_at', json_quote(NEW.expires_at), OLD.expires_at IS NOT NEW.expires_at),
      ('address', json_quote(NEW.address), OLD.address IS NOT NEW.address),
      ('user_agent', json_quote(NEW.user_agent), OLD.user_agent IS NOT NEW.user_agent)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sessions_delete AFTER DELETE ON sessions
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'session.deleted', 'session', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('strength', json_quote(OLD.strength), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('confirmed_at', json_quote(OLD.confirmed_at), TRUE),
      ('expires_at', json_quote(OLD.expires_at), TRUE),
      ('address', json_quote(OLD.address), TRUE),
      ('user_agent', json_quote(OLD.user_agent), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_invitations_insert AFTER INSERT ON invitations
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'invitation.created', 'invitation', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('id', json_quote(NEW.id), TRUE),
      ('email', json_quote(NEW.email), TRUE),
      ('role', json_quote(NEW.role), TRUE),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, TRUE),
      ('teams', CASE WHEN json_valid(NEW.teams) THEN NEW.teams ELSE json_quote(NEW.teams) END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('created_by', json_quote(NEW.created_by), TRUE),
      ('expires_at', json_quote(NEW.expires_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_invitations_update AFTER UPDATE OF hash, id, email, role, campaigns, teams, created_at, created_by, expires_at ON invitations
WHEN (OLD.hash IS NOT NEW.hash OR OLD.id IS NOT NEW.id OR OLD.email IS NOT NEW.email OR OLD.role IS NOT NEW.role OR OLD.campaigns IS NOT NEW.campaigns OR OLD.teams IS NOT NEW.teams OR OLD.created_at IS NOT NEW.created_at OR OLD.created_by IS NOT NEW.created_by OR OLD.expires_at IS NOT NEW.expires_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'invitation.updated', 'invitation', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.hash IS NOT NEW.hash),
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('email', json_quote(OLD.email), OLD.email IS NOT NEW.email),
      ('role', json_quote(OLD.role), OLD.role IS NOT NEW.role),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('teams', CASE WHEN json_valid(OLD.teams) THEN OLD.teams ELSE json_quote(OLD.teams) END, OLD.teams IS NOT NEW.teams),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('created_by', json_quote(OLD.created_by), OLD.created_by IS NOT NEW.created_by),
      ('expires_at', json_quote(OLD.expires_at), OLD.expires_at IS NOT NEW.expires_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, OLD.hash IS NOT NEW.hash),
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('email', json_quote(NEW.email), OLD.email IS NOT NEW.email),
      ('role', json_quote(NEW.role), OLD.role IS NOT NEW.role),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('teams', CASE WHEN json_valid(NEW.teams) THEN NEW.teams ELSE json_quote(NEW.teams) END, OLD.teams IS NOT NEW.teams),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('created_by', json_quote(NEW.created_by), OLD.created_by IS NOT NEW.created_by),
      ('expires_at', json_quote(NEW.expires_at), OLD.expires_at IS NOT NEW.expires_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_invitations_delete AFTER DELETE ON invitations
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'invitation.deleted', 'invitation', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('id', json_quote(OLD.id), TRUE),
      ('email', json_quote(OLD.email), TRUE),
      ('role', json_quote(OLD.role), TRUE),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, TRUE),
      ('teams', CASE WHEN json_valid(OLD.teams) THEN OLD.teams ELSE json_quote(OLD.teams) END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('created_by', json_quote(OLD.created_by), TRUE),
      ('expires_at', json_quote(OLD.expires_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_user_totp_insert AFTER INSERT ON user_totp
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'totp.created', 'totp', NEW.user_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('secret', CASE WHEN NEW.secret IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('confirmed_at', json_quote(NEW.confirmed_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_user_totp_update AFTER UPDATE OF user_id, secret, created_at, confirmed_at ON user_totp
WHEN (OLD.user_id IS NOT NEW.user_id OR OLD.secret IS NOT NEW.secret OR OLD.created_at IS NOT NEW.created_at OR OLD.confirmed_at IS NOT NEW.confirmed_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.confirmed_at IS NOT NEW.confirmed_at AND NEW.confirmed_at IS NOT NULL THEN 'totp.confirmed' ELSE 'totp.updated' END, 'totp', NEW.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(OLD.user_id), OLD.user_id IS NOT NEW.user_id),
      ('secret', CASE WHEN OLD.secret IS NULL THEN 'null' ELSE '"masked"' END, OLD.secret IS NOT NEW.secret),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('confirmed_at', json_quote(OLD.confirmed_at), OLD.confirmed_at IS NOT NEW.confirmed_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(NEW.user_id), OLD.user_id IS NOT NEW.user_id),
      ('secret', CASE WHEN NEW.secret IS NULL THEN 'null' ELSE '"masked"' END, OLD.secret IS NOT NEW.secret),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('confirmed_at', json_quote(NEW.confirmed_at), OLD.confirmed_at IS NOT NEW.confirmed_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_user_totp_delete AFTER DELETE ON user_totp
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'totp.deleted', 'totp', OLD.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('secret', CASE WHEN OLD.secret IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('confirmed_at', json_quote(OLD.confirmed_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = OLD.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_passkeys_insert AFTER INSERT ON passkeys
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'passkey.created', 'passkey', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('rp_id', json_quote(NEW.rp_id), TRUE),
      ('public_key', CASE WHEN NEW.public_key IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('synced', CASE WHEN NEW.synced THEN 'true' ELSE 'false' END, TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_passkeys_update AFTER UPDATE OF id, user_id, rp_id, public_key, synced, name, created_at ON passkeys
WHEN (OLD.id IS NOT NEW.id OR OLD.user_id IS NOT NEW.user_id OR OLD.rp_id IS NOT NEW.rp_id OR OLD.public_key IS NOT NEW.public_key OR OLD.synced IS NOT NEW.synced OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'passkey.updated', 'passkey', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('user_id', json_quote(OLD.user_id), OLD.user_id IS NOT NEW.user_id),
      ('rp_id', json_quote(OLD.rp_id), OLD.rp_id IS NOT NEW.rp_id),
      ('public_key', CASE WHEN OLD.public_key IS NULL THEN 'null' ELSE '"masked"' END, OLD.public_key IS NOT NEW.public_key),
      ('synced', CASE WHEN OLD.synced THEN 'true' ELSE 'false' END, OLD.synced IS NOT NEW.synced),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('user_id', json_quote(NEW.user_id), OLD.user_id IS NOT NEW.user_id),
      ('rp_id', json_quote(NEW.rp_id), OLD.rp_id IS NOT NEW.rp_id),
      ('public_key', CASE WHEN NEW.public_key IS NULL THEN 'null' ELSE '"masked"' END, OLD.public_key IS NOT NEW.public_key),
      ('synced', CASE WHEN NEW.synced THEN 'true' ELSE 'false' END, OLD.synced IS NOT NEW.synced),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_passkeys_delete AFTER DELETE ON passkeys
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'passkey.deleted', 'passkey', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('rp_id', json_quote(OLD.rp_id), TRUE),
      ('public_key', CASE WHEN OLD.public_key IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('synced', CASE WHEN OLD.synced THEN 'true' ELSE 'false' END, TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = OLD.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_recovery_codes_insert AFTER INSERT ON recovery_codes
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'recovery_code.created', 'recovery_code', NEW.user_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_recovery_codes_delete AFTER DELETE ON recovery_codes
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'recovery_code.deleted', 'recovery_code', OLD.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('hash', CASE WHEN OLD.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = OLD.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_password_resets_insert AFTER INSERT ON password_resets
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT member.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'password_reset.created', 'password_reset', NEW.user_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('hash', CASE WHEN NEW.hash IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('expires_at', json_quote(NEW.expires_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT organization_id FROM memberships WHERE user_id = NEW.user_id) AS member LEFT JOIN audit_act AS act ON act.id = 1;
END;
