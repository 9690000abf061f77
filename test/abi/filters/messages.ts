/** The operations on headers, trailers, bodies and properties: `requestHeaders.get name`. */

import { HeaderMap } from "./envoy/header-map";
import {
  requestBody,
  requestHeaders,
  requestTrailers,
  responseBody,
  responseHeaders,
  responseTrailers,
} from "./envoy/http";
import { StreamBuffer } from "./envoy/stream-buffer";
import { show, showHeaders, showStatus, showText, toBytes, toHeaders } from "./script";

/** null where it is none of these. */
export function runOnMessage(target: string, method: string, args: string[]): string | null {
  if (target === "requestHeaders") return runOnMap(requestHeaders, method, args);
  if (target === "requestTrailers") return runOnMap(requestTrailers, method, args);
  if (target === "responseHeaders") return runOnMap(responseHeaders, method, args);
  if (target === "responseTrailers") return runOnMap(responseTrailers, method, args);
  if (target === "requestBody") return runOnBuffer(requestBody, method, args);
  if (target === "responseBody") return runOnBuffer(responseBody, method, args);
  return null;
}

export function runOnMap(map: HeaderMap, method: string, args: string[]): string {
  if (method === "get") return show(map.get(args[0]));
  if (method === "getText") return showText(map.getText(args[0]));
  if (method === "set") return showStatus(map.set(args[0], toBytes(args[1])));
  if (method === "setText") return showStatus(map.setText(args[0], args[1]));
  if (method === "add") return showStatus(map.add(args[0], toBytes(args[1])));
  if (method === "addText") return showStatus(map.addText(args[0], args[1]));
  if (method === "addLine") return showStatus(map.addText(args[0], "1\nx-two: 2"));
  if (method === "remove") return showStatus(map.remove(args[0]));
  if (method === "getAll") return showHeaders(map.getAll());
  if (method === "setAll") return showStatus(map.setAll(toHeaders(args)));
  // What is set is what was got: whatever its bytes are, it must come back as it was.
  if (method === "resetAll") return showStatus(map.setAll(map.getAll()));
  return `there is no ${method}`;
}

export function runOnBuffer(buffer: StreamBuffer, method: string, args: string[]): string {
  if (method === "get" && args.length === 0) return show(buffer.get());
  if (method === "get" && args.length === 1) return show(buffer.get(U32.parseInt(args[0])));
  if (method === "get") return show(buffer.get(U32.parseInt(args[0]), U32.parseInt(args[1])));
  if (method === "set") return showStatus(buffer.set(toBytes(args[0])));
  if (method === "fill") return showStatus(buffer.set(new Uint8Array(U32.parseInt(args[0]))));
  if (method === "prepend") return showStatus(buffer.prepend(toBytes(args[0])));
  if (method === "append") return showStatus(buffer.append(toBytes(args[0])));
  return `there is no ${method}`;
}
