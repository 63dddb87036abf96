import { readContentType } from "../http/content-type";

// RFC 2046 §5.1.1: 1 to 70 of these characters, and no space at the end.
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/** The boundary of a `multipart/form-data` content type; undefined for other types and for an invalid boundary. */
export function boundaryOf(contentType: string): string | undefined {
  const { type, parameters } = readContentType(contentType);
  const boundary = type === "multipart/form-data" ? parameters.get("boundary") : undefined;
  return boundary !== undefined && BOUNDARY.test(boundary) ? boundary : undefined;
}
