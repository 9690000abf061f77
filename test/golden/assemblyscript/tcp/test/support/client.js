/** Talks to a listener over TCP. */

import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE = 30_000;

/**
 * A client. It stays connected until it has received everything: the upstream, Envoy's echo, drops bytes in flight
 * when a client stops sending.
 */
export class Client {
  #socket;
  #chunks;
  #unread = Buffer.alloc(0);

  /** Connects; what is still connected when the test `t` ends is closed. */
  static async connect(t, envoy) {
    const [host, port] = envoy.address("ingress").split(":");
    const socket = net.connect({ host, port, noDelay: true });
    t.after(() => socket.destroy());
    await once(socket, "connect");
    return new Client(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error("nothing has come for half a minute")));
    // `receive` throws it; where nobody receives, nobody minds.
    socket.on("error", () => {});
  }

  get address() {
    return `${this.#socket.localAddress}:${this.#socket.localPort}`;
  }

  send(bytes) {
    this.#socket.write(bytes);
  }

  /** Sends the bytes one at a time, so that each arrives in a segment of its own. */
  async sendSplit(bytes) {
    for (const byte of bytes) {
      this.send(Uint8Array.of(byte));
      await sleep(20);
    }
  }

  /** Nothing more will be sent. */
  stopSending() {
    this.#socket.end();
  }

  close() {
    this.#socket.destroy();
  }

  /** The next `size` bytes; fewer where the connection is closed before. */
  async receive(size) {
    const parts = [this.#unread];
    for (let length = this.#unread.length; length < size; ) {
      const { value, done } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      length += value.length;
    }
    const bytes = Buffer.concat(parts);
    this.#unread = bytes.subarray(size);
    return bytes.subarray(0, size);
  }
}
