/** The name and its mark. */
export function Brand({ href }: { href: string }) {
  return (
    <a class="brand" href={href}>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <rect class="brand-mark" width="20" height="20" rx="5" />
        <path class="brand-line" d="M3 10.5h3l2-5 3.5 9.5 2-4.5H17" />
      </svg>
      Trunkline
    </a>
  );
}
