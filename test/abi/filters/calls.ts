/**
 * HTTP and gRPC callouts from all kinds of contexts. A request says in `x-script` what to do, a connection in its first
 * line, and the plugin configuration what the root context does.
 */

import { decodeUtf8Lossy, encodeUtf8 } from "./bytes";
import { Action } from "./envoy/action";
import { Call } from "./envoy/call";
import { Context, RootContext, setRootContext } from "./envoy/context";
import { setEffectiveContext } from "./envoy/effective-context";
import {
  cancelGrpcCall,
  closeGrpcStream,
  getGrpcMessage,
  grpcCall,
  grpcInitialMetadata,
  grpcTrailingMetadata,
  openGrpcStream,
  sendGrpcMessage,
} from "./envoy/grpc-call";
import { continueRequest, HttpContext, requestHeaders } from "./envoy/http";
import { callResponseHeaders, callResponseTrailers, getCallResponseBody, httpCall } from "./envoy/http-call";
import { sendLocalResponse } from "./envoy/local-response";
import { getProperty } from "./envoy/property";
import { continueDownstream, downstreamData, StreamContext } from "./envoy/stream";
import { setTickPeriod } from "./envoy/timer";
import { runOnMap } from "./messages";
import { Runner, Script, show, showStatus, toBytes, toHeaders } from "./script";

export * from "./envoy/exports/grpc";
export * from "./envoy/exports/http";
export * from "./envoy/exports/root";
export * from "./envoy/exports/stream";

setRootContext((id: u32) => new Root(id));

class CallRunner extends Runner {
  private callId: u32 = 0;

  override run(operation: string, args: string[]): string {
    const words = operation.split(".");
    if (words.length === 2) return runOnAnswer(words[0], words[1], args);
    if (operation === "httpCall") return this.started(callHttp(args));
    if (operation === "grpcCall") return this.started(callGrpc(args));
    if (operation === "openGrpcStream") {
      return this.started(openGrpcStream(args[0], args[1], args[2], toHeaders(args.slice(3))));
    }
    if (operation === "sendGrpcMessage") {
      return showStatus(sendGrpcMessage(this.callId, toBytes(args[0]), args.length > 1));
    }
    if (operation === "closeGrpcStream") return showStatus(closeGrpcStream(this.callId));
    if (operation === "cancelGrpcCall") return showStatus(cancelGrpcCall(this.callId));
    if (operation === "getGrpcMessage") return show(getGrpcMessage());
    if (operation === "getCallResponseBody") {
      return show(args.length === 0 ? getCallResponseBody() : getCallResponseBody(U32.parseInt(args[0])));
    }
    return goOn(operation, args);
  }

  private started(call: Call): string {
    this.callId = call.id;
    return showStatus(call.status);
  }

  answered(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.script.say(`onHttpCallResponse ${callId === this.callId} ${headers > 0} ${bodySize} ${trailers}`);
    this.call("onHttpCallResponse");
  }

  grpc(callback: string, callId: u32, number: u32): void {
    this.script.say(`${callback} ${callId === this.callId} ${number}`);
    this.call(callback);
  }
}

function runOnAnswer(target: string, method: string, args: string[]): string {
  if (target === "requestHeaders") return runOnMap(requestHeaders, method, args);
  if (target === "callResponseHeaders") return runOnMap(callResponseHeaders, method, args);
  if (target === "callResponseTrailers") return runOnMap(callResponseTrailers, method, args);
  if (target === "grpcInitialMetadata") return runOnMap(grpcInitialMetadata, method, args);
  return runOnMap(grpcTrailingMetadata, method, args);
}

function goOn(operation: string, args: string[]): string {
  if (operation === "continueRequest") return showStatus(continueRequest());
  if (operation === "continueDownstream") return showStatus(continueDownstream());
  if (operation === "sendLocalResponse") return showStatus(sendLocalResponse(403, encodeUtf8("no")));
  if (operation === "setTickPeriod") return showStatus(setTickPeriod(U32.parseInt(args[0])));
  if (operation === "memory") return memory.size().toString();
  return `there is no ${operation}`;
}

/** Who waits for the next tick. */
const waiting: Request[] = [];

/** `cluster timeout body header=value header=value trailers trailer=value` */
function callHttp(args: string[]): Call {
  const trailers = args.indexOf("trailers");
  const end = trailers < 0 ? args.length : trailers;
  const timeout = U32.parseInt(args[1]);
  return httpCall(args[0], toHeaders(args.slice(3, end)), toBytes(args[2]), toHeaders(args.slice(end)), timeout);
}

/** `cluster timeout service method message name=value` */
function callGrpc(args: string[]): Call {
  const metadata = toHeaders(args.slice(5));
  return grpcCall(args[0], args[2], args[3], metadata, toBytes(args[4]), U32.parseInt(args[1]));
}

class Root extends RootContext {
  private runner: CallRunner = new CallRunner(new Script("", ""));

  override onConfigure(configuration: Uint8Array): bool {
    const name = getProperty(["plugin_name"]);
    if (name === null) return false;
    this.runner = new CallRunner(new Script(decodeUtf8Lossy(name), decodeUtf8Lossy(configuration)));
    this.runner.call("onConfigure");
    return true;
  }

  override onTick(): void {
    this.runner.call("onTick");
    for (let i = 0; i < waiting.length; i++) waiting[i].tick();
    waiting.length = 0;
  }

  override createContext(id: u32): Context {
    return this.runner.script.of("stream").length > 0 ? new Connection(id) : new Request(id);
  }

  override onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.runner.answered(callId, headers, bodySize, trailers);
  }

  override onGrpcInitialMetadata(callId: u32, count: u32): void {
    this.runner.grpc("onGrpcInitialMetadata", callId, count);
  }

  override onGrpcMessage(callId: u32, size: u32): void {
    this.runner.grpc("onGrpcMessage", callId, size);
  }

  override onGrpcTrailingMetadata(callId: u32, count: u32): void {
    this.runner.grpc("onGrpcTrailingMetadata", callId, count);
  }

  override onGrpcClose(callId: u32, status: u32, message: string): void {
    this.runner.script.say(`'${message}'`);
    this.runner.grpc("onGrpcClose", callId, status);
  }
}

class Request extends HttpContext {
  private runner: CallRunner = new CallRunner(new Script("", ""));

  tick(): void {
    setEffectiveContext(this.id);
    this.runner.call("onTick");
  }

  override onRequestHeaders(count: u32, endOfStream: bool): Action {
    const tag = requestHeaders.getText("x-tag");
    const script = requestHeaders.getText("x-script");
    if (tag !== null && script !== null) this.runner = new CallRunner(new Script(tag, script));
    if (this.runner.script.of("onTick").length > 0) waiting.push(this);
    return this.runner.call("onRequestHeaders");
  }

  override onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.runner.answered(callId, headers, bodySize, trailers);
  }

  override onGrpcInitialMetadata(callId: u32, count: u32): void {
    this.runner.grpc("onGrpcInitialMetadata", callId, count);
  }

  override onGrpcMessage(callId: u32, size: u32): void {
    this.runner.grpc("onGrpcMessage", callId, size);
  }

  override onGrpcTrailingMetadata(callId: u32, count: u32): void {
    this.runner.grpc("onGrpcTrailingMetadata", callId, count);
  }

  override onGrpcClose(callId: u32, status: u32, message: string): void {
    this.runner.script.say(`'${message}'`);
    this.runner.grpc("onGrpcClose", callId, status);
  }

  override onDelete(): void {
    this.runner.script.say("end");
  }
}

class Connection extends StreamContext {
  private runner: CallRunner = new CallRunner(new Script("", ""));

  override onDownstreamData(size: u32, endOfStream: bool): Action {
    const lines = decodeUtf8Lossy(downstreamData.get()).split("\n");
    if (lines.length !== 3) return Action.Continue;
    this.runner = new CallRunner(new Script(lines[0], lines[1]));
    return this.runner.call("onDownstreamData");
  }

  override onHttpCallResponse(callId: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.runner.answered(callId, headers, bodySize, trailers);
  }

  override onDelete(): void {
    this.runner.script.say("end");
  }
}
