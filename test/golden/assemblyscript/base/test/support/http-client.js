/** HTTP clients. None uses a proxy, whatever the environment says: Envoy is on this machine. */

import { once } from "node:events";
import http from "node:http";
import { text } from "node:stream/consumers";

/** Keeps its connections. */
export function agent() {
  return new http.Agent({ keepAlive: true });
}

/** As `agent`, from the address `source`, where the bootstrap is one `withSourceAddresses`. */
export function agentFrom(source) {
  const agent = new http.Agent({ keepAlive: true });
  const connect = agent.createConnection;
  agent.createConnection = (...args) => {
    const socket = connect.apply(agent, args);
    socket.write(proxyLine(source));
    return socket;
  };
  return agent;
}

/** What a TCP client sends first to appear as port 1234 of the address `source`. */
export function proxyLine(source) {
  const family = source.includes(":") ? "TCP6" : "TCP4";
  return `PROXY ${family} ${source} ${source} 1234 80\r\n`;
}

/** The body of what `url` answers; undefined unless with 200. */
export async function get(url) {
  try {
    const [response] = await once(http.get(url, { agent: new http.Agent() }), "response");
    const body = await text(response);
    return response.statusCode === 200 ? body : undefined;
  } catch {
    return undefined;
  }
}
