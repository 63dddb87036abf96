CREATE TABLE `job_results` (
	`organization_id` text NOT NULL,
	`job_id` text NOT NULL,
	`page` integer NOT NULL,
	`results` text NOT NULL,
	PRIMARY KEY(`organization_id`, `job_id`, `page`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `jobs` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`action` text NOT NULL,
	`params` text NOT NULL,
	`selection` text NOT NULL,
	`actor` text NOT NULL,
	`rights` text NOT NULL,
	`address` text,
	`request_id` text,
	`state` text NOT NULL,
	`reason` text,
	`total` integer,
	`done` integer NOT NULL,
	`changed` integer NOT NULL,
	`failed` integer NOT NULL,
	`pages` integer NOT NULL,
	`cursor` text,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`claims` integer NOT NULL,
	`nudge_after` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `jobs_open` ON `jobs` (`organization_id`,`id`) WHERE state = 'open';--> statement-breakpoint
CREATE INDEX `jobs_ended` ON `jobs` (`ended_at`) WHERE ended_at IS NOT NULL;