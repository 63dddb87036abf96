/** The id of an upload. */
export const UPLOAD_ID = /^upl_[0-9a-z]{26}$/;

const SCHEME = "upload:";

/** The address by which a recording names the upload it comes from. */
export function uploadUrl(id: string): string {
  return `${SCHEME}${id}`;
}

/** The id in such an address; undefined for any other. */
export function uploadIdOf(url: string): string | undefined {
  const id = url.startsWith(SCHEME) ? url.slice(SCHEME.length) : "";
  return UPLOAD_ID.test(id) ? id : undefined;
}
