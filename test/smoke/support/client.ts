import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** A TCP client that does only what it is told. It gives up after half a minute of silence. */
export class Client {
  /** Its own address, as the other side sees it. */
  readonly address: string;
  readonly #socket: Socket;
  readonly #arrivals = new EventEmitter();
  #received: Buffer[] = [];
  #length = 0;
  #hasEnded = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.address = `${socket.localAddress}:${socket.localPort}`;
    socket.setTimeout(30_000, () => socket.destroy(new Error('nothing has come for half a minute')));
    socket.on('data', (bytes) => {
      this.#received.push(bytes);
      this.#length += bytes.length;
      this.#arrivals.emit('change');
    });
    for (const end of ['end', 'error', 'close']) {
      socket.on(end, () => {
        this.#hasEnded = true;
        this.#arrivals.emit('change');
      });
    }
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    await once(socket, 'connect');
    return new Client(socket);
  }

  send(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Sends byte by byte, with a pause in milliseconds, in separate segments. */
  async sendSplit(bytes: Uint8Array | string, pause = 20): Promise<void> {
    for (const byte of Buffer.from(bytes)) {
      this.send(Buffer.of(byte));
      await sleep(pause);
    }
  }

  /** Sends these bytes and ends its side of the connection. It can still read. */
  sendLast(bytes: Uint8Array | string): void {
    this.#socket.end(bytes);
  }

  /** Waits for so many bytes. Returns fewer if the other side ends. */
  async receive(length: number): Promise<Buffer> {
    while (this.#length < length && !this.#hasEnded) await once(this.#arrivals, 'change');
    if (this.#socket.errored) throw this.#socket.errored;
    const received = Buffer.concat(this.#received);
    this.#received = [received.subarray(length)];
    this.#length = Math.max(0, received.length - length);
    return received.subarray(0, length);
  }

  /** Returns everything that the other side sends until it ends. Throws if the connection is reset. */
  receiveAll(): Promise<Buffer> {
    return this.receive(Number.POSITIVE_INFINITY);
  }

  close(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}

/** Fails unless the client next receives the greeting and these bytes. */
export async function expectGreeted(client: Client, bytes: string, greeting = 'Hello world'): Promise<void> {
  await expectReceived(client, `${greeting} from ${client.address}\n${bytes}`);
}

/** Fails unless the client next receives these bytes. */
export async function expectReceived(client: Client, bytes: string): Promise<void> {
  expect((await client.receive(Buffer.byteLength(bytes))).toString()).toBe(bytes);
}
