import { linesOf, type ReceiverParts } from "./contract";

/** PHP 8 or later, as a script of any web server. */
export function php({ form, header, timestamp, window }: ReceiverParts): string {
  const standard = form === "standard";
  const given = (name: string) => `$_SERVER['HTTP_${name.toUpperCase().replaceAll("-", "_")}'] ?? ''`;
  return linesOf([
    "<?php",
    "// SECRET=… php -S 127.0.0.1:9000 receive.php",
    "function isGenuine(string $body): bool",
    "{",
    standard ? "    $key = base64_decode(substr(getenv('SECRET'), strlen('whsec_')));" : "    $key = getenv('SECRET');",
    timestamp !== null && `    $time = ${given(timestamp)};`,
    window !== null && `    if (!ctype_digit($time) || abs(time() - (int) $time) > ${window}) {`,
    window !== null && "        return false;",
    window !== null && "    }",
    standard && `    $signed = (${given("webhook-id")}) . ".$time.$body";`,
    !standard && (timestamp === null ? "    $signed = $body;" : '    $signed = "$time.$body";'),
    standard
      ? "    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));"
      : "    $expected = hash_hmac('sha256', $signed, $key);",
    `    foreach (explode(' ', ${given(header)}) as $one) {`,
    "        if (hash_equals($expected, $one)) {",
    "            return true;",
    "        }",
    "    }",
    "    return false;",
    "}",
    "",
    "$body = file_get_contents('php://input');",
    "if (!isGenuine($body)) {",
    "    http_response_code(401);",
    "    exit;",
    "}",
    "// Store it here; the work comes after the answer. A delivery can come twice: keep its id.",
    `error_log((${given("trunkline-delivery")}) . " $body");`,
    "http_response_code(204);",
  ]);
}
