ALTER TABLE `analyses` ADD `claims` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `analyses` ADD `nudge_after` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recordings` ADD `claims` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recordings` ADD `nudge_after` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recordings` ADD `slow` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `operator_moves` ADD `due_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `operator_moves` ADD `attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `operator_moves` ADD `claims` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `operator_moves` ADD `nudge_after` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `call_lookups` ADD `claims` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `reconciliations` ADD `claims` integer DEFAULT 0 NOT NULL;