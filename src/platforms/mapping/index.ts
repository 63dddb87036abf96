/** Notices of any form, read by a mapping that the source's user writes. */
export { DEFAULT_MAPPING } from "./default-mapping";
export { mappedExample } from "./example";
export { mappedReader, type MappedSettings } from "./read";
export { mappingSchema, mappingSetting, type Mapping } from "./schema";
export { tryMapping, type TryOut } from "./try-out";
export { MAPPED_NEXT, MAPPED_READING, MAPPED_TROUBLE, SAMPLE_NOTICE, trySnippet, variablesOf } from "./guide-parts";
