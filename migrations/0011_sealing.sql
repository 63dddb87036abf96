CREATE TABLE `master_key_versions` (
	`version` integer PRIMARY KEY NOT NULL,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `endpoints` ADD `objects_sealed_with` integer;