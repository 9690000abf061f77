import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** A TCP client that does what it is told and no more. It gives up after half a minute of silence. */
export class Client {
  /** Its own, as the other side sees it. */
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

  /** Sends one byte after the other, so that they arrive in segments of their own. */
  async sendSplit(bytes: Uint8Array | string): Promise<void> {
    for (const byte of Buffer.from(bytes)) {
      this.send(Buffer.of(byte));
      await sleep(20);
    }
  }

  /** Sends these bytes, and that there will be no more; it still reads. */
  sendLast(bytes: Uint8Array | string): void {
    this.#socket.end(bytes);
  }

  /** Waits for so many bytes; gives fewer if the other side ends before. */
  async receive(length: number): Promise<Buffer> {
    while (this.#length < length && !this.#hasEnded) await once(this.#arrivals, 'change');
    if (this.#socket.errored) throw this.#socket.errored;
    const received = Buffer.concat(this.#received);
    this.#received = [received.subarray(length)];
    this.#length = Math.max(0, received.length - length);
    return received.subarray(0, length);
  }

  /** Waits for the end of what the other side sends, and gives it. Throws if the connection is reset. */
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

/** Fails unless the next that the client receives is the greeting, and then these bytes. */
export async function expectGreeted(client: Client, bytes: string, greeting = 'Hello world'): Promise<void> {
  await expectReceived(client, `${greeting} from ${client.address}\n${bytes}`);
}

/** Fails unless these bytes are the next that the client receives. */
export async function expectReceived(client: Client, bytes: string): Promise<void> {
  expect((await client.receive(Buffer.byteLength(bytes))).toString()).toBe(bytes);
}
