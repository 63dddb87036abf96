import { linesOf, type ReceiverParts } from "./contract";

/** Any .NET, or Mono, with nothing but its own library. */
export function csharp({ form, header, timestamp, window }: ReceiverParts): string {
  const standard = form === "standard";
  const parts = [standard && 'request.Headers["webhook-id"] + "."', timestamp !== null && 'stamp + "."'].filter(
    (part) => part !== false,
  );
  return linesOf([
    "// SECRET=… dotnet run",
    "using System;",
    "using System.IO;",
    "using System.Linq;",
    "using System.Net;",
    "using System.Security.Cryptography;",
    "using System.Text;",
    "",
    "class Receiver",
    "{",
    "    static bool IsGenuine(HttpListenerRequest request, byte[] body)",
    "    {",
    '        var secret = Environment.GetEnvironmentVariable("SECRET");',
    standard
      ? '        var key = Convert.FromBase64String(secret.Replace("whsec_", ""));'
      : "        var key = Encoding.UTF8.GetBytes(secret);",
    timestamp !== null && `        var stamp = request.Headers["${timestamp}"] ?? "";`,
    window !== null && "        long seconds;",
    window !== null && "        if (!long.TryParse(stamp, out seconds)) return false;",
    window !== null &&
      `        if (Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) > ${window}) return false;`,
    parts.length > 0
      ? `        var signed = Encoding.UTF8.GetBytes(${parts.join(" + ")}).Concat(body).ToArray();`
      : "        var signed = body;",
    "        byte[] sum;",
    "        using (var hmac = new HMACSHA256(key)) sum = hmac.ComputeHash(signed);",
    standard
      ? '        var expected = "v1," + Convert.ToBase64String(sum);'
      : '        var expected = BitConverter.ToString(sum).Replace("-", "").ToLowerInvariant();',
    `        var given = request.Headers["${header}"] ?? "";`,
    "        return given.Split(' ').Any(one => AreEqual(one, expected));",
    "    }",
    "",
    "    // Looks at every letter, so that its time says nothing.",
    "    static bool AreEqual(string one, string other)",
    "    {",
    "        if (one.Length != other.Length) return false;",
    "        var difference = 0;",
    "        for (var at = 0; at < one.Length; at++) difference |= one[at] ^ other[at];",
    "        return difference == 0;",
    "    }",
    "",
    "    static void Main()",
    "    {",
    "        var listener = new HttpListener();",
    '        listener.Prefixes.Add("http://127.0.0.1:" + (Environment.GetEnvironmentVariable("PORT") ?? "9000") + "/");',
    "        listener.Start();",
    "        while (true)",
    "        {",
    "            var context = listener.GetContext();",
    "            var memory = new MemoryStream();",
    "            context.Request.InputStream.CopyTo(memory);",
    "            var body = memory.ToArray();",
    "            var genuine = IsGenuine(context.Request, body);",
    "            // Store it here; the work comes after the answer. A delivery can come twice: keep its id.",
    '            if (genuine) Console.WriteLine(context.Request.Headers["trunkline-delivery"] + " " + Encoding.UTF8.GetString(body));',
    "            context.Response.StatusCode = genuine ? 204 : 401;",
    "            context.Response.Close();",
    "        }",
    "    }",
    "}",
  ]);
}
