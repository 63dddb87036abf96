import type { Child } from "hono/jsx";
import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";

/**
 * A column. `number` aligns to the right, `mono` is for ids and numbers dialled. On narrow screens a row is two lines:
 * `narrow` says which line and side a cell takes there, and a column without one is left out.
 */
export type Column<Row> = {
  name: string;
  title: string;
  cell(row: Row): Child;
  kind?: "number" | "mono";
  narrow?: "start" | "middle" | "end" | "below" | "below-end";
  /** On narrow screens, which have no heads, its title stands before its cells: for numbers that say nothing alone. */
  titled?: true;
  /** For screen readers only: a column of marks or buttons. */
  silent?: boolean;
};

export type TableProps<Row> = {
  view: View;
  /** What the table is, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Where a row leads: clicked, or by Enter. */
  hrefOf?(row: Row): string;
  /**
   * The name of the check boxes and the value of a row's, where rows can be selected; `all` names the box that selects
   * every row. Needs a form around it.
   */
  select?: { name: string; idOf(row: Row): string; labelOf(row: Row): string; all?: string };
  /** A line over the whole width below a row that has more to say. */
  belowOf?(row: Row): Child;
  /** The URL of a row's audio, which Space plays. */
  audioOf?(row: Row): string | null;
};

/** Rows, one line each. j, k, Enter, x and Space work on them (ui/browser/rows.ts). */
export function Table<Row>({ view, label, columns, rows, hrefOf, belowOf, select, audioOf }: TableProps<Row>) {
  const words = wordsOf(frame, view.language);
  return (
    <div class="table-scroll" tabindex={0} role="region" aria-label={label}>
      <table class="table" data-rows>
        <thead>
          <tr>
            {select && (
              <th class="cell-select" scope="col">
                {select.all === undefined ? (
                  <span class="for-screen-readers">{words.keySelect}</span>
                ) : (
                  <input class="needs-script" type="checkbox" data-select-all aria-label={select.all} />
                )}
              </th>
            )}
            {columns.map(({ name, title, kind, silent }) => (
              <th class={`cell-${name}${kind ? ` ${kind}` : ""}`} scope="col">
                {silent ? <span class="for-screen-readers">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .map((row) => [row, belowOf?.(row) ?? null] as const)
            .map(([row, below]) => (
              <>
                <tr data-href={hrefOf?.(row)} data-audio={audioOf?.(row) ?? undefined}>
                  {select && (
                    <td class="cell-select">
                      <label>
                        <input
                          type="checkbox"
                          name={select.name}
                          value={select.idOf(row)}
                          aria-label={select.labelOf(row)}
                        />
                      </label>
                    </td>
                  )}
                  {columns.map((column, index) => (
                    <td
                      class={`cell-${column.name}${column.kind ? ` ${column.kind}` : ""} narrow-${column.narrow ?? "none"}`}
                    >
                      {column.titled && <span class="narrow-title">{column.title} </span>}
                      {index === 0 && hrefOf ? (
                        <a class="row-link" href={hrefOf(row)}>
                          {column.cell(row)}
                        </a>
                      ) : (
                        column.cell(row)
                      )}
                    </td>
                  ))}
                </tr>
                {below !== null && (
                  <tr class="row-below">
                    <td colspan={columns.length + (select ? 1 : 0)}>{below}</td>
                  </tr>
                )}
              </>
            ))}
        </tbody>
      </table>
    </div>
  );
}
