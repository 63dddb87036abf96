/** One bar: its name on the axis, and a value for each series. */
export type Bar = { label: string; values: readonly number[] };

const HEIGHT = 120;
const STEP = 20;

/**
 * Stacked bars. The same figures are in a table for screen readers. `labelEvery`: so many bars share one label on the
 * axis.
 */
export function BarChart(props: {
  label: string;
  series: readonly string[];
  bars: readonly Bar[];
  labelEvery?: number;
}) {
  const { label, series, bars, labelEvery = 1 } = props;
  const highest = Math.max(1, ...bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const width = Math.max(1, bars.length) * STEP;
  return (
    <figure class="chart">
      <figcaption class="chart-legend">
        {series.map((name, index) => (
          <span>
            <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
              <rect class={`series-${index + 1}`} width="10" height="10" rx="2" />
            </svg>
            {name}
          </span>
        ))}
      </figcaption>
      <svg class="bars" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {bars.map(({ values }, index) => stacked(values, index, highest))}
        <path class="axis" d={`M0 ${HEIGHT - 0.5}H${width}`} />
      </svg>
      <div class="chart-axis" aria-hidden="true">
        {bars
          .filter((_, index) => index % labelEvery === 0)
          .map((bar) => (
            <span>{bar.label}</span>
          ))}
      </div>
      <div class="for-screen-readers">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">{label}</th>
              {series.map((name) => (
                <th scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr>
                <th scope="row">{bar.label}</th>
                {bar.values.map((value) => (
                  <td>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function stacked(values: readonly number[], index: number, highest: number) {
  let top = HEIGHT;
  return values.map((value, series) => {
    const height = (value / highest) * (HEIGHT - 10);
    top -= height;
    return (
      <rect
        class={`series-${series + 1}`}
        x={index * STEP + 3}
        y={Math.round(top * 10) / 10}
        width={STEP - 6}
        height={Math.round(height * 10) / 10}
      />
    );
  });
}
