ALTER TABLE `analyses` ADD `findings_key` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `talk_strip` text;