import { Parsed } from "../json/fields";
import { LogLevel, log } from "./log";

/** The configuration; null if it is wrong, and then the log says why. */
export function configOrLog<T>(parsed: Parsed<T>): T | null {
  const error = parsed.error;
  if (error === null) return parsed.config;
  log(LogLevel.Error, `configuration: ${error}`);
  return null;
}
