/** Recordings that come in by hand and through the API: in one request, or in pieces that can be resumed. */
export { abortUpload, forgetUpload } from "./abort";
export { appendToUpload, setSize } from "./append";
export { beginUpload, refuseSize, type OpenUploadExtras } from "./begin";
export { UPLOAD_FIELDS, type UploadedCall, type UploadFields } from "./call-fields";
export { checkAnalysedCall } from "./check-analysed";
export { checkUploadedCall, type CheckedCall, type Uploader } from "./check-call";
export { CHECKSUM_ALGORITHMS, type Checksum } from "./checksum";
export { completeUpload } from "./complete";
export { concatenateUploads } from "./concatenate";
export { finishUpload } from "./finish";
export { uploadedAudio } from "./open-upload";
export { storeFile, type FileHead, type StoredFile } from "./store-file";
export { takeLink, type TakenLink } from "./take-link";
export { sweepOpenUploads, sweepUploadedFiles } from "./sweep";
export { type AnnouncedUpload, type UploadDeps } from "./announce";
export {
  discardFiles,
  forgetOldUploads,
  listUploads,
  readUploadRow,
  uploadOfCall,
  type UploadFailure,
  type UploadName,
  type UploadPosition,
  type UploadRow,
} from "./upload";
