/** A key and what it does. Narrow screens, which have no keys, leave it out. */
export function KeyHint({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <span class="key-hint">
      {keys.map((key) => (
        <kbd>{key}</kbd>
      ))}{" "}
      {does}
    </span>
  );
}
