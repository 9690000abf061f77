import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../../support/command.ts';

const sh = (script: string, ...args: readonly string[]) =>
  runToEnd(['sh', '-ec', script, 'sh', ...args], { cwd: '/' });

/** Mounts a copy of this machine's files, in which a program can have a /certs of its own. Returns its path. */
export async function mountRoot(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const script = `
    mount -t tmpfs none "$1"
    mkdir "$1/upper" "$1/work" "$1/root"
    mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" none "$1/root"
    for name in proc dev tmp; do mount --rbind "/$name" "$1/root/$name"; done
    mount --bind /etc/hosts "$1/root/etc/hosts"`;
  await sh(script, folder);
  return join(folder, 'root');
}

/** Undoes it. A program in it may still be ending. */
export async function unmountRoot(folder: string): Promise<void> {
  await sh('umount --recursive --lazy "$1"', folder);
}

/** Gives this machine's loopback an address. */
export async function addAddress(address: string): Promise<void> {
  await sh('ip link set lo up; ip address add "$1/32" dev lo', address);
}

/** Replaces /var/lib by an empty folder with this one, for this process and those that it starts. */
export async function makeWritable(folder: string): Promise<void> {
  await sh('mount -t tmpfs none /var/lib; mkdir -p "$1"', folder);
}

/** Makes these names stand for 127.0.0.1. */
export async function nameHosts(file: string, ...names: readonly string[]): Promise<void> {
  await sh(
    'printf "127.0.0.1 %s\\n" "$2" > "$1"; mount --bind "$1" /etc/hosts',
    file,
    ['localhost', ...names].join(' '),
  );
}
