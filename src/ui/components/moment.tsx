import type { View } from "../view";

/**
 * A time. With its day or relative to now, with the exact one on hover. `timeInList`: the clock time alone today, in a column of
 * times; `secondInList`: with seconds. `focusable` adds the exact one for the
 * keyboard: a relative one has it, but where it is told otherwise because it stands in a link.
 */
export function Moment(props: {
  view: View;
  at: number;
  as?: "moment" | "timeInList" | "secondInList" | "relative" | "exactTime";
  focusable?: boolean;
}) {
  const { view, at, as = "moment", focusable = as === "relative" } = props;
  const { formats, now } = view;
  const text = as === "exactTime" ? formats.exactTime(at) : formats[as](at, now);
  return (
    <time
      class="moment"
      datetime={new Date(at).toISOString()}
      title={formats.exact(at)}
      tabindex={focusable ? 0 : undefined}
    >
      {text}
    </time>
  );
}
