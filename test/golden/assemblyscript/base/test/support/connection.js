/** A TCP connection that does only what it is told. It carries any bytes, also those that no HTTP client sends. */

import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { PATIENCE } from "./envoy.js";

/** If the other side has gone, sending does nothing. */
export class Connection {
  #socket;
  #chunks;
  #unread = Buffer.alloc(0);

  /** Connects to the listener `ingress`. Closed when the test `t` ends. */
  static async open(t, envoy) {
    const [host, port] = envoy.address("ingress").split(":");
    const socket = net.connect({
      host,
      port,
      noDelay: true,
      allowHalfOpen: true,
    });
    t.after(() => socket.destroy());
    await once(socket, "connect");
    return new Connection(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error("nothing has come for half a minute")));
    // `receive` throws it; where nobody receives, nobody minds.
    socket.on("error", () => {});
  }

  /** Its own address, as the other side sees it. */
  get address() {
    return `${this.#socket.localAddress}:${this.#socket.localPort}`;
  }

  send(bytes) {
    this.#socket.write(bytes);
  }

  /** Sends the bytes one at a time, so that each arrives in a segment of its own. */
  async sendSplit(bytes) {
    for (const byte of Buffer.from(bytes)) {
      this.send(Uint8Array.of(byte));
      await sleep(10);
    }
  }

  /** Nothing more will be sent. Envoy's HTTP listeners then drop requests that are not yet answered. */
  stopSending() {
    this.#socket.end();
  }

  /** The next `size` bytes; fewer if the other side closes. Throws if it resets, or is silent for half a minute. */
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

  /** All bytes until the other side closes, as Envoy does after a request with `connection: close`. */
  receiveAll() {
    return this.receive(Number.POSITIVE_INFINITY);
  }

  close() {
    this.#socket.destroySoon();
  }

  /** Closes the connection in the way of a crashed machine: the other side gets an error. */
  reset() {
    this.#socket.resetAndDestroy();
  }
}
