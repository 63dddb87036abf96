import type { View } from "../view";

/**
 * A time. As a clock time or relative to now, with the exact one on hover; `focusable` adds the exact one for the
 * keyboard where it is not inside something that is focusable itself.
 */
export function Moment(props: {
  view: View;
  at: number;
  as?: "moment" | "relative" | "exactTime";
  focusable?: boolean;
}) {
  const { view, at, as = "moment", focusable = false } = props;
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
