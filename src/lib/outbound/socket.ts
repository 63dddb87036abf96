import { connect } from "cloudflare:sockets";

/**
 * A plain connection to a host that the network guard let through; with `starttls` one that may be encrypted once it is
 * there. Failures come out of its streams.
 */
export function openSocket(
  address: { hostname: string; port: number },
  secureTransport: "off" | "starttls" = "off",
): Socket {
  const socket = connect(address, { secureTransport, allowHalfOpen: false });
  socket.opened.catch(() => undefined);
  socket.closed.catch(() => undefined);
  return socket;
}
