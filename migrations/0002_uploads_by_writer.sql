ALTER TABLE `uploads` ADD `part_numbers` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `uploads` ADD `tail` text;