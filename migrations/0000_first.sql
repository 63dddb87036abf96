CREATE TABLE `analyses` (
	`call_id` text NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`recording_id` text NOT NULL,
	`engine` text NOT NULL,
	`engine_version` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`give_up_at` integer NOT NULL,
	`findings` text,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	PRIMARY KEY(`call_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `analyses_pending` ON `analyses` (`call_id`) WHERE state = 'pending';--> statement-breakpoint
CREATE TABLE `calls` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`source_id` text NOT NULL,
	`source_kind` text NOT NULL,
	`external_id` text NOT NULL,
	`campaign_id` text,
	`operator_id` text,
	`quarantine` text,
	`state` text NOT NULL,
	`direction` text,
	`from_raw` text,
	`from_e164` text,
	`to_raw` text,
	`to_e164` text,
	`provider_status` text,
	`error` text,
	`started_at` integer NOT NULL,
	`started_at_raw` text,
	`answered_at` integer,
	`ended_at` integer,
	`duration_seconds` real,
	`talk_seconds` real,
	`operator_name` text,
	`campaign_number` integer,
	`custom` text NOT NULL,
	`conversation` text,
	`ranks` text NOT NULL,
	`terminal` text,
	`finalize_at` integer NOT NULL,
	`version` integer NOT NULL,
	`writer` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `calls_by_time` ON `calls` (`organization_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_in_progress` ON `calls` (`finalize_at`) WHERE state = 'in_progress';--> statement-breakpoint
CREATE TABLE `recordings` (
	`call_id` text NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`source_id` text NOT NULL,
	`source_kind` text NOT NULL,
	`external_id` text NOT NULL,
	`url` text,
	`state` text NOT NULL,
	`reason` text,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`give_up_at` integer NOT NULL,
	`key` text,
	`size` integer,
	`sha256` text,
	`media_type` text,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	PRIMARY KEY(`call_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `recordings_pending` ON `recordings` (`call_id`) WHERE state = 'pending';--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`campaign_id` text,
	`operator_id` text,
	`recording_id` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `campaigns` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`number` integer NOT NULL,
	`name` text NOT NULL,
	`settings` text NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `campaigns_by_number` ON `campaigns` (`organization_id`,`number`);--> statement-breakpoint
CREATE TABLE `operators` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`folded_name` text NOT NULL,
	`needs_review` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operators_by_folded_name` ON `operators` (`organization_id`,`folded_name`);--> statement-breakpoint
CREATE INDEX `operators_by_organization` ON `operators` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `company_secrets` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`secrets` text NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `endpoint_health` (
	`endpoint_id` text NOT NULL,
	`object` text NOT NULL,
	`organization_id` text NOT NULL,
	`backlog` integer NOT NULL,
	`oldest_due_at` integer,
	`last_success_at` integer,
	`last_failure_at` integer,
	`failing_since` integer,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`endpoint_id`, `object`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `endpoint_hours` (
	`endpoint_id` text NOT NULL,
	`hour` integer NOT NULL,
	`organization_id` text NOT NULL,
	`attempts` integer NOT NULL,
	`delivered` integer NOT NULL,
	`failed` integer NOT NULL,
	`parked` integer NOT NULL,
	`latencies` text NOT NULL,
	PRIMARY KEY(`endpoint_id`, `hour`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`url` text NOT NULL,
	`description` text,
	`profile` text NOT NULL,
	`payload_version` text NOT NULL,
	`method` text NOT NULL,
	`headers` text NOT NULL,
	`template` text,
	`events` text NOT NULL,
	`filters` text NOT NULL,
	`ordering` text NOT NULL,
	`settings` text NOT NULL,
	`shards` text NOT NULL,
	`active` integer NOT NULL,
	`paused` integer NOT NULL,
	`disabled_reason` text,
	`disabled_at` integer,
	`secrets` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `endpoints_by_organization` ON `endpoints` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `secret_reveals` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`endpoint_id` text,
	`api_key_id` text NOT NULL,
	`revealed_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `undelivered` (
	`endpoint_id` text NOT NULL,
	`stream` text NOT NULL,
	`organization_id` text NOT NULL,
	`from_seq` integer NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`reason` text,
	PRIMARY KEY(`endpoint_id`, `stream`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `events` (
	`stream` text NOT NULL,
	`seq` integer NOT NULL,
	`id` text NOT NULL,
	`organization_id` text NOT NULL,
	`type` text NOT NULL,
	`recorded_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`stream`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pending_streams` (
	`stream` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`from_seq` integer NOT NULL,
	`since` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`hash` text NOT NULL,
	`campaign_id` text,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_by_organization` ON `api_keys` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `organizations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `inbound` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`source_id` text,
	`source_kind` text NOT NULL,
	`received_at` integer NOT NULL,
	`path` text NOT NULL,
	`headers` text NOT NULL,
	`body` blob,
	`body_key` text,
	`body_size` integer NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	`status` integer NOT NULL,
	`call_id` text,
	`replays` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `inbox` (
	`id` text PRIMARY KEY NOT NULL,
	`message` text NOT NULL,
	`sent_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`campaign_id` text,
	`settings` text NOT NULL,
	`secrets` text,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `sources_by_organization` ON `sources` (`organization_id`,`id`);