const WIDTH = 96;

/** A share as a bar, with its figure beside it: what is not in the bar failed. */
export function ShareBar({ share, label }: { share: number; label: string }) {
  const width = Math.round(WIDTH * Math.min(1, Math.max(0, share)) * 10) / 10;
  return (
    <span class="share">
      <svg width={WIDTH} height="8" viewBox={`0 0 ${WIDTH} 8`} aria-hidden="true">
        <rect class="share-rest" width={WIDTH} height="8" rx="2" />
        <rect class="share-part" width={width} height="8" rx="2" />
      </svg>
      {label}
    </span>
  );
}
