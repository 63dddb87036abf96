CREATE TABLE `operator_moves` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`from_id` text NOT NULL,
	`into_id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`cursor` text,
	`moved` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `operator_moves_open` ON `operator_moves` (`created_at`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `operator_references` (
	`organization_id` text NOT NULL,
	`reference` text NOT NULL,
	`operator_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `reference`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `call_lookups` (
	`call_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`source_id` text NOT NULL,
	`external_id` text NOT NULL,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`give_up_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `reconciliations` (
	`organization_id` text NOT NULL,
	`source_id` text NOT NULL,
	`id` text NOT NULL,
	`asked` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`cursor` text,
	`listed` integer NOT NULL,
	`missing` integer NOT NULL,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`organization_id`, `source_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `reconciliations_open` ON `reconciliations` (`due_at`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `source_counts` (
	`organization_id` text NOT NULL,
	`source_id` text NOT NULL,
	`source_kind` text NOT NULL,
	`hour` integer NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL,
	`requests` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `source_id`, `source_kind`, `hour`, `outcome`, `reason`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `uploads` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`source_id` text NOT NULL,
	`source_kind` text NOT NULL,
	`file_name` text,
	`media_type` text,
	`size` integer,
	`received` integer NOT NULL,
	`key` text NOT NULL,
	`r2_upload_id` text,
	`parts` text NOT NULL,
	`call` text NOT NULL,
	`state` text NOT NULL,
	`call_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `uploads_open` ON `uploads` (`expires_at`) WHERE state = 'open';--> statement-breakpoint
ALTER TABLE `calls` ADD `operator_reference` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `account` text;--> statement-breakpoint
CREATE INDEX `calls_in_quarantine` ON `calls` (`organization_id`,`started_at`,`id`) WHERE quarantine IS NOT NULL;--> statement-breakpoint
ALTER TABLE `operators` ADD `merged_into` text;--> statement-breakpoint
ALTER TABLE `inbound` ADD `form` text DEFAULT 'notice' NOT NULL;--> statement-breakpoint
CREATE INDEX `inbound_exceptions` ON `inbound` (`organization_id`,`outcome`,`id`) WHERE outcome <> 'accepted';--> statement-breakpoint
ALTER TABLE `sources` ADD `credentials` text;
--> statement-breakpoint
UPDATE `sources` SET `settings` = replace(`settings`, '"timeZone"', '"time_zone"');
