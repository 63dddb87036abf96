import { count } from "./counters";

const CLASS_A = new Set(["put", "list", "createMultipartUpload"]);
const CLASS_B = new Set(["get", "head"]);

/** R2 with every operation counted by its class; deleting is free. */
export function countedBucket(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        if (CLASS_A.has(String(name))) count("r2ClassA");
        if (CLASS_B.has(String(name))) count("r2ClassB");
        const answer: unknown = await Reflect.apply(method, target, args);
        return name === "createMultipartUpload" ? countedUpload(answer as R2MultipartUpload) : answer;
      };
    },
  });
}

// Every part and the completion is a class A operation; giving up is free.
function countedUpload(upload: R2MultipartUpload): R2MultipartUpload {
  return {
    key: upload.key,
    uploadId: upload.uploadId,
    uploadPart: (...args) => (count("r2ClassA"), upload.uploadPart(...args)),
    complete: (...args) => (count("r2ClassA"), upload.complete(...args)),
    abort: () => upload.abort(),
  };
}
