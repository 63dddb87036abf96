import type { Delivery } from "./store.ts";

/** The plain list at the receiver's root. */
export function renderPage(deliveries: readonly Delivery[]): string {
  const rows = deliveries.map(
    (one) =>
      `<tr><td>${escape(one.receivedAt)}</td><td>${escape(one.callId ?? "")}</td><td>${one.seq ?? ""}</td><td>${escape(one.type)}</td>` +
      `<td>${escape(one.id)}</td><td>${one.verified ? "verified" : "<b>not verified</b>"}</td><td>${one.status}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Trunkline: local receiver</title>
<style>body{font:14px system-ui;margin:2rem}table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd}</style>
<h1>What this subscriber received</h1>
<p>Newest first. The same as JSON: <a href="/deliveries">/deliveries</a> (<code>?call_id=…&amp;after=n</code>).</p>
${rows.length === 0 ? "<p>Nothing yet. Try <code>npm run demo</code>.</p>" : table(rows)}
</html>
`;
}

function table(rows: readonly string[]): string {
  const heads = ["received", "call", "seq", "event", "id", "signature", "answered"]
    .map((head) => `<th>${head}</th>`)
    .join("");
  return `<table><tr>${heads}</tr>${rows.join("\n")}</table>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
