import { styleText } from 'node:util';
import type { Env } from './args.ts';

/** Colours a text for one stream, or returns it as it is. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** A stream that may be a terminal. */
export type Screen = Readonly<{
  isTTY?: boolean;
  columns?: number;
  getColorDepth?: (env: Env) => number;
}>;

/** Whether to colour what a stream shows. As in Node, FORCE_COLOR overrides everything, and NO_COLOR the terminal. */
export function hasColor({ isTTY, getColorDepth }: Screen, env: Env): boolean {
  if (env.FORCE_COLOR !== undefined) return ['', '1', '2', '3', 'true'].includes(env.FORCE_COLOR);
  return isTTY === true && (getColorDepth?.(env) ?? 1) > 2;
}

/** The style that colours nothing. */
export const plain: Style = (_format, text) => text;

export function createStyle(screen: Screen, env: Env): Style {
  if (!hasColor(screen, env)) return plain;
  // Without this option, some versions of Node would decide for themselves.
  return (format, text) => styleText(format, text, { validateStream: false });
}
