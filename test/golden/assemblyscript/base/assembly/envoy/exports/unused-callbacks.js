/**
 * Takes the callbacks that no class overrides out of the module's exports: Envoy makes every callback that is exported,
 * for each request or connection, and that costs time. To get a callback, just override its method.
 *
 * The Makefile passes this file to asc as a transform. asc calls the function when it has read the sources.
 */

/** The methods of contexts, and the callbacks that call them, by the file that exports these. */
const callbacks = {
  root: {
    onVmStart: "proxy_on_vm_start",
    onConfigure: "proxy_on_configure",
    onTick: "proxy_on_tick",
    onQueueReady: "proxy_on_queue_ready",
    onLog: "proxy_on_log",
    onDone: "proxy_on_done",
  },
  http: {
    onRequestHeaders: "proxy_on_request_headers",
    onRequestBody: "proxy_on_request_body",
    onRequestTrailers: "proxy_on_request_trailers",
    onResponseHeaders: "proxy_on_response_headers",
    onResponseBody: "proxy_on_response_body",
    onResponseTrailers: "proxy_on_response_trailers",
  },
  stream: {
    onNewConnection: "proxy_on_new_connection",
    onDownstreamData: "proxy_on_downstream_data",
    onDownstreamClose: "proxy_on_downstream_connection_close",
    onUpstreamData: "proxy_on_upstream_data",
    onUpstreamClose: "proxy_on_upstream_connection_close",
  },
  grpc: {
    onGrpcInitialMetadata: "proxy_on_grpc_receive_initial_metadata",
    onGrpcMessage: "proxy_on_grpc_receive",
    onGrpcTrailingMetadata: "proxy_on_grpc_receive_trailing_metadata",
    onGrpcClose: "proxy_on_grpc_close",
  },
};

/**
 * Callbacks that are kept even if nothing overrides them. Without the first, Envoy 1.40 serves with a plugin whose root
 * context could not be created. The others also end the calls.
 */
const kept = ["proxy_on_vm_start", ...Object.values(callbacks.grpc)];

/** The kind of a file that asc is called with. */
const USER_ENTRY = 1;

/** AS102: an error that is not the compiler's own. */
const USER_DEFINED = 102;

/** @param {import("assemblyscript").Program} program */
export function afterInitialize(program) {
  const files = [...program.filesByName.values()];
  const index = files.find(({ name, source }) => source.sourceKind === USER_ENTRY && !name.startsWith("~lib/"));
  for (const [file, methods] of Object.entries(callbacks)) {
    for (const [method, callback] of Object.entries(methods)) {
      const override = findOverride(program, method);
      if (override === undefined) {
        if (!kept.includes(callback)) for (const { exports } of files) exports?.delete(callback);
      } else if (index.lookupExport(callback) === null) {
        const message = `Envoy never calls it unless ${index.name} has: export * from "./envoy/exports/${file}";`;
        program.error(USER_DEFINED, override.identifierNode.range, message);
      }
    }
  }
}

/**
 * @param {import("assemblyscript").Program} program
 * @param {string} method
 */
function findOverride(program, method) {
  for (const { basePrototype, instanceMembers } of program.elementsByDeclaration.values()) {
    if (!instanceMembers?.has(method)) continue;
    for (let base = basePrototype; base; base = base.basePrototype) {
      if (base.instanceMembers?.has(method)) return instanceMembers.get(method);
    }
  }
}
