/** Forms with files (RFC 7578), read as they arrive. Only the part of a line that may be a boundary is buffered. */
export { boundaryOf } from "./boundary";
export type { PartHead } from "./part-head";
export { readMultipart, type MultipartLimits, type MultipartProblem, type MultipartReader, type Part } from "./read";
