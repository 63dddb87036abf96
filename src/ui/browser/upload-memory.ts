const MOST_KEPT = 500;

/**
 * Which upload was begun of which file, in this browser: a page that is loaded again, by the same person or after signing
 * in again, goes on with it when the file is chosen again. Only names and sizes are kept, never content.
 */
export function rememberedUploads(organization: string) {
  const place = `trunkline.uploads.${organization}`;

  const read = (): Record<string, string> => {
    try {
      return JSON.parse(localStorage.getItem(place) ?? "{}") as Record<string, string>;
    } catch {
      return {};
    }
  };
  const write = (known: Record<string, string>) => {
    try {
      localStorage.setItem(place, JSON.stringify(Object.fromEntries(Object.entries(known).slice(-MOST_KEPT))));
    } catch {
      // Without storage an upload is only not gone on with after the page was left.
    }
  };
  const nameOf = ({ name, size, lastModified }: File, campaign: string) =>
    JSON.stringify([name, size, lastModified, campaign]);

  return {
    find: (file: File, campaign: string): string | undefined => read()[nameOf(file, campaign)],
    keep: (file: File, campaign: string, id: string) => write({ ...read(), [nameOf(file, campaign)]: id }),
    forget: (file: File, campaign: string) => {
      const { [nameOf(file, campaign)]: _, ...others } = read();
      write(others);
    },
  };
}
