import { connect } from "cloudflare:sockets";

/** A plain connection to a host that the network guard let through. Failures come out of its streams. */
export function openSocket(address: { hostname: string; port: number }): Socket {
  const socket = connect(address, { secureTransport: "off", allowHalfOpen: false });
  socket.opened.catch(() => undefined);
  socket.closed.catch(() => undefined);
  return socket;
}
