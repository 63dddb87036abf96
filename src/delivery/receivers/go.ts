import { linesOf, type ReceiverParts } from "./contract";

/** Go 1.19 or later, nothing but its own library. */
export function go({ form, header, timestamp, window }: ReceiverParts): string {
  const standard = form === "standard";
  const signed = [standard && 'request.Header.Get("webhook-id")+"."', timestamp !== null && 'stamp+"."'].filter(
    (part) => part !== false,
  );
  return linesOf([
    "// SECRET=… go run receive.go",
    "package main",
    "",
    "import (",
    '\t"crypto/hmac"',
    '\t"crypto/sha256"',
    standard ? '\t"encoding/base64"' : '\t"encoding/hex"',
    '\t"io"',
    '\t"log"',
    window !== null && '\t"math"',
    '\t"net/http"',
    '\t"os"',
    window !== null && '\t"strconv"',
    '\t"strings"',
    window !== null && '\t"time"',
    ")",
    "",
    "func isGenuine(request *http.Request, body []byte) bool {",
    standard
      ? '\tkey, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("SECRET"), "whsec_"))'
      : '\tkey := []byte(os.Getenv("SECRET"))',
    standard && "\tif err != nil {",
    standard && "\t\treturn false",
    standard && "\t}",
    timestamp !== null && `\tstamp := request.Header.Get("${timestamp}")`,
    window !== null && "\tseconds, err := strconv.ParseInt(stamp, 10, 64)",
    window !== null && `\tif err != nil || math.Abs(float64(time.Now().Unix()-seconds)) > ${window} {`,
    window !== null && "\t\treturn false",
    window !== null && "\t}",
    "\tsum := hmac.New(sha256.New, key)",
    signed.length > 0 && `\tsum.Write([]byte(${signed.join(" + ")}))`,
    "\tsum.Write(body)",
    standard
      ? '\texpected := "v1," + base64.StdEncoding.EncodeToString(sum.Sum(nil))'
      : "\texpected := hex.EncodeToString(sum.Sum(nil))",
    `\tfor _, one := range strings.Fields(request.Header.Get("${header}")) {`,
    "\t\tif hmac.Equal([]byte(one), []byte(expected)) {",
    "\t\t\treturn true",
    "\t\t}",
    "\t}",
    "\treturn false",
    "}",
    "",
    "func receive(response http.ResponseWriter, request *http.Request) {",
    "\tbody, err := io.ReadAll(request.Body)",
    "\tif err != nil || !isGenuine(request, body) {",
    "\t\tresponse.WriteHeader(http.StatusUnauthorized)",
    "\t\treturn",
    "\t}",
    "\t// Store it here; the work comes after the answer. A delivery can come twice: keep its id.",
    '\tlog.Println(request.Header.Get("trunkline-delivery"), string(body))',
    "\tresponse.WriteHeader(http.StatusNoContent)",
    "}",
    "",
    "func main() {",
    '\tport := os.Getenv("PORT")',
    '\tif port == "" {',
    '\t\tport = "9000"',
    "\t}",
    '\thttp.HandleFunc("/", receive)',
    '\tlog.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))',
    "}",
  ]);
}
