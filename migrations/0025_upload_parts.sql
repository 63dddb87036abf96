CREATE TABLE `upload_parts` (
	`organization_id` text NOT NULL,
	`upload_id` text NOT NULL,
	`number` integer NOT NULL,
	`size` integer NOT NULL,
	`attempts` integer NOT NULL,
	`r2_part` integer DEFAULT 0 NOT NULL,
	`etag` text,
	PRIMARY KEY(`organization_id`, `upload_id`, `number`)
) WITHOUT ROWID;
