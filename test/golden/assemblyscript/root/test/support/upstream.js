/** What the service asks: a server in the test process, which answers as a test wants. */

import { once } from "node:events";
import { createServer } from "node:net";

/** Serves until it is stopped or the test `t` ends. */
export async function startUpstream(t, answer) {
  const upstream = new Upstream(answer);
  t.after(() => upstream.stop());
  await upstream.start();
  return upstream;
}

class Upstream {
  /** A client gets these bytes, and the connection ends. With no bytes at all it does not end. */
  answer;
  lastRequest = "";
  #server = createServer((client) => this.#serve(client));

  constructor(answer) {
    this.answer = answer;
  }

  get port() {
    return this.#server.address().port;
  }

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Refuses connections from now on. */
  stop() {
    this.#server.close();
  }

  #serve(client) {
    // The client may go at any time.
    client.on("error", () => {});
    // A request without a body is small enough to come in one piece.
    client.once("data", (request) => {
      this.lastRequest = request.toString();
      if (this.answer.length > 0) client.end(this.answer);
    });
  }
}

/** An answer in HTTP. */
export function http(status, body) {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status} x\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
