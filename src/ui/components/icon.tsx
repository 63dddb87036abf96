import { assets } from "#assets";
import type { IconName } from "../icon-names";

/** A drawing beside words that say the same: screen readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" width="16" height="16" aria-hidden="true">
      <use href={`${assets.icons}#${name}`} />
    </svg>
  );
}
