/** Recordings that come in by hand and through the API: in one request, or in pieces that can be resumed. */
export { abortUpload, forgetUpload, isRefused } from "./abort";
export { appendToUpload, setSize } from "./append";
export { addFacts, bringFile, type BroughtFile } from "./bring-file";
export { beginUpload, refuseSize, type OpenUploadExtras } from "./begin";
export { UPLOAD_FIELDS, type UploadedCall, type UploadFields } from "./call-fields";
export { checkAnalysedCall } from "./check-analysed";
export { checkUploadedCall, type CheckedCall, type Uploader } from "./check-call";
export { CHECKSUM_ALGORITHMS, type Checksum } from "./checksum";
export { attachFile, completeUpload } from "./complete";
export { concatenateUploads } from "./concatenate";
export { uploadContent } from "./content";
export { finishUpload } from "./finish";
export { beginInParts, completeInParts, putFilePart } from "./in-parts";
export { partLinks, verifyPartLink } from "./part-link";
export { arrivedParts, forgetLeftParts, partsOf, type FilePart } from "./part-rows";
export { uploadedAudio } from "./open-upload";
export { storeFile, type FileHead, type StoredFile } from "./store-file";
export { takeLink, type TakenLink } from "./take-link";
export { sweepOpenUploads, sweepUploadedFiles } from "./sweep";
export { uploaderWithin } from "./uploader";
export { type AnnouncedUpload, type UploadDeps } from "./announce";
export {
  discardFiles,
  IN_PARTS,
  forgetOldUploads,
  listUploads,
  readUploadRow,
  uploadOfCall,
  type UploadFailure,
  type UploadName,
  type UploadPosition,
  type UploadRow,
} from "./upload";
