import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fillPage, PAGE } from "../bench/page.ts";
import { pooled } from "../bench/latencies.ts";
import { quietnessOf } from "../bench/quietness.ts";
import { repeated } from "../bench/statistics.ts";
import type { Table } from "../bench/table.ts";

const TABLE: Table = {
  name: "ingest",
  title: "Ingest",
  head: ["", "req/s"],
  rows: [
    ["floor", 1234.5],
    ["ours", 7],
  ],
};

test("a place of the performance page takes its table, and takes it again", () => {
  const page = "before\n<!-- bench: ingest -->\n<!-- /bench -->\nafter\n";
  const filled = fillPage(page, [TABLE]);
  assert.match(filled, /before\n<!-- bench: ingest -->\n\n\| +\| req\/s +\|\n[^]*\| floor +\| 1235 +\|[^]*after/);
  assert.equal(fillPage(filled, [TABLE]), filled);
});

test("a place that the run has no figures for is refused", () => {
  assert.throws(() => fillPage("<!-- bench: delivery-rows -->\n<!-- /bench -->", [TABLE]), /delivery-rows/);
});

test("what connectors take in is of a run of its own, which changes nothing else", () => {
  const page = "<!-- bench: ingest -->\n<!-- /bench -->\n<!-- bench: connectors -->\n<!-- /bench -->\n";
  const own = { ...TABLE, name: "connectors" };
  assert.match(fillPage(page, [TABLE]), /ingest -->\n\n\|[^]*connectors -->\n<!-- \/bench/);
  assert.match(fillPage(page, [TABLE, own]), /ingest -->\n<!-- \/bench[^]*connectors -->\n\n\|/);
});

test("every place of the performance page is filled", () => {
  const page = readFileSync(PAGE, "utf8");
  const places = [...page.matchAll(/<!-- bench: ([a-z-]+) -->\n\n\|[^]*?\|\n\n<!-- \/bench -->/g)];
  assert.equal(places.length, [...page.matchAll(/<!-- bench: /g)].length);
  assert.ok(places.length >= 15);
});

test("figures are medians of the repetitions, with their spread", () => {
  const { perSecond, spread } = repeated([{ perSecond: 90 }, { perSecond: 100 }, { perSecond: 120 }]);
  assert.equal(perSecond, 100);
  assert.equal(spread.perSecond, 0.3);
});

test("a machine is quiet when no floor moved by more than a quarter, and unknown after one repetition", () => {
  assert.equal(quietnessOf([0.1, 0.25]), "quiet");
  assert.equal(quietnessOf([0.1, 0.26]), "busy");
  assert.equal(quietnessOf([Number.NaN]), "unknown");
});

test("a p99 needs a thousand calls", () => {
  const turn = { latencies: Array.from({ length: 999 }, (_, number) => number + 1), calls: 999 };
  assert.ok(Number.isNaN(pooled([turn]).p99));
  assert.equal(pooled([turn]).p50, 500);
  assert.equal(pooled([turn, { latencies: [0], calls: 1 }]).p99, 989);
});
