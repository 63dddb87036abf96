-- The search database is derived: all of it can be made again from the calls (docs/operate/search.md).
-- `row` is the order of calls, the newest last (src/search/row.ts), and the rowid of `search_calls`.
CREATE TABLE search_rows (
  row INTEGER PRIMARY KEY,
  call_id TEXT NOT NULL UNIQUE,
  stamp INTEGER NOT NULL
);
--> statement-breakpoint
CREATE VIRTUAL TABLE search_calls USING fts5(
  scope, number, operator, tags, words,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
--> statement-breakpoint
-- How far the calls from before it are indexed. `number` counts how often that was begun.
CREATE TABLE search_build (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  cursor TEXT NOT NULL,
  number INTEGER NOT NULL,
  ended_at INTEGER
);
--> statement-breakpoint
INSERT INTO search_build (id, cursor, number) VALUES (1, '', 1);
