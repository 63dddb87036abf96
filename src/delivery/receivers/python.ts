import { linesOf, type ReceiverParts } from "./contract";

/** Python 3.9 or later, nothing to install. */
export function python({ form, header, timestamp, window }: ReceiverParts): string {
  const standard = form === "standard";
  return linesOf([
    "# SECRET=… python3 receive.py",
    standard && "import base64",
    "import hashlib",
    "import hmac",
    "import os",
    window !== null && "import time",
    "from http.server import BaseHTTPRequestHandler, HTTPServer",
    "",
    standard
      ? 'KEY = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))'
      : 'KEY = os.environ["SECRET"].encode()',
    "",
    "",
    "def is_genuine(headers, body):",
    timestamp !== null && `    stamp = headers.get("${timestamp}", "")`,
    window !== null && `    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > ${window}:`,
    window !== null && "        return False",
    standard && "    signed = f\"{headers.get('webhook-id', '')}.{stamp}.\".encode() + body",
    !standard && (timestamp === null ? "    signed = body" : '    signed = f"{stamp}.".encode() + body'),
    "    sum = hmac.new(KEY, signed, hashlib.sha256)",
    standard ? '    expected = "v1," + base64.b64encode(sum.digest()).decode()' : "    expected = sum.hexdigest()",
    `    given = headers.get("${header}", "").split()`,
    "    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in given)",
    "",
    "",
    "class Receiver(BaseHTTPRequestHandler):",
    "    def do_POST(self):",
    '        body = self.rfile.read(int(self.headers.get("content-length", 0)))',
    "        genuine = is_genuine(self.headers, body)",
    "        if genuine:",
    "            # Store it here; the work comes after the answer. A delivery can come twice: keep its id.",
    '            print(self.headers["trunkline-delivery"], body.decode(), flush=True)',
    "        self.send_response(204 if genuine else 401)",
    "        self.end_headers()",
    "",
    "    do_PUT = do_POST",
    "",
    "",
    'HTTPServer(("127.0.0.1", int(os.environ.get("PORT", 9000))), Receiver).serve_forever()',
  ]);
}
