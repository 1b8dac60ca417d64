import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { initializeParams, protocolSchemas, protocolVersion, requestFrame } from '#spec/protocol';
import type { AnyCall } from '#model/kernel';
import type { Bundle } from '#traces/bundle';
import { complaint } from '#traces/fault';
import { fieldsOf } from '#traces/scope';
import type { Subject } from '#traces/subject';
import { packageVersion } from '#traces/version';

const INVALID_REQUEST = -32600;
const UNKNOWN_METHOD = -32601;
const FAILED = -32000;

/** Serves the adapter protocol for a subject of ours: what an adapter has to do, in the shortest form. */
export async function serve<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, subject: Subject, input: Readable, output: Writable,
): Promise<void> {
  const schemas = protocolSchemas(bundle.vocabularies.wire, bundle.vocabularies.program, bundle.scopes.wire);
  const answers: Record<string, (params: unknown) => Promise<unknown>> = {
    initialize: async (params) => {
      initializeParams.parse(params);
      return {
        protocol: protocolVersion,
        implementation: { name: subject.name, version: packageVersion, language: 'typescript' },
        kernel: bundle.suite.kernel.name,
        operations: Object.keys(bundle.suite.kernel.operations),
        features: { step: true, run: false, scope: fieldsOf(bundle.scopes) },
      };
    },
    reset: async (params) => {
      const { case: name, scope } = schemas.reset.params.parse(params);
      await subject.reset(name, scope);
      return {};
    },
    step: async (params) => ({ events: await subject.step(schemas.step.params.parse(params).call as never) }),
    shutdown: async () => ({}),
  };
  const reply = (message: object) => output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  for await (const line of createInterface({ input })) {
    const frame = requestFrame.safeParse(parseJson(line));
    if (!frame.success) {
      reply({ id: null, error: { code: INVALID_REQUEST, message: complaint(frame.error) } });
      continue;
    }
    const { id, method, params } = frame.data;
    const answer = answers[method];
    if (answer === undefined) {
      reply({ id, error: { code: UNKNOWN_METHOD, message: `no method ${method}` } });
      continue;
    }
    try {
      reply({ id, result: await answer(params) });
    } catch (error) {
      reply({ id, error: { code: FAILED, message: (error as Error).message } });
    }
    if (method === 'shutdown') return;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
