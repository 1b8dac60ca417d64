import { operationNames } from './operations.js';
import { installation, kernel, missing, setupCommand } from './place.js';
import type { Program } from './program.js';
import { runPrograms } from './runner.js';

/** A request the session cannot answer with a result. */
export class RequestError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const parseError = -32700;
export const invalidRequest = -32600;
export const methodNotFound = -32601;
export const invalidParams = -32602;
const notReady = -32001;

const protocolVersion = 1;

/** What a run takes, as declared: a boot, and then very little. */
const cost = { reset: 400, step: 1 };

function initialize(params: { protocol?: readonly number[] }): object {
  if (params.protocol !== undefined && !params.protocol.includes(protocolVersion)) {
    throw new RequestError(invalidParams, `this adapter speaks protocol ${protocolVersion}`);
  }
  const lacks = missing();
  if (lacks.length > 0) throw new RequestError(notReady, `${lacks.join('\n')}\nset up with: ${setupCommand}`);
  return {
    protocol: protocolVersion,
    implementation: {
      name: 'GNU Mach',
      version: `Debian ${kernel.package} ${kernel.version}`,
      language: 'C',
      homepage: 'https://www.gnu.org/software/hurd/microkernel/mach/gnumach.html',
    },
    kernel: 'mach',
    operations: operationNames,
    features: { step: false, run: true, scope: ['memory'] },
    cost,
  };
}

const tell = (line: string): void => void process.stderr.write(`gnumach: ${line}\n`);

async function run(params: { programs?: readonly Program[] }): Promise<object> {
  if (!Array.isArray(params.programs)) throw new RequestError(invalidParams, 'run needs programs');
  const lacks = missing();
  if (lacks.length > 0) throw new RequestError(notReady, `${lacks.join('\n')}\nset up with: ${setupCommand}`);
  return { runs: await runPrograms(installation(), params.programs, tell) };
}

/** Answers one request. `shutdown` is answered like any other; the caller then ends. */
export async function answer(method: string, params: unknown): Promise<object> {
  const given = (params ?? {}) as object;
  switch (method) {
    case 'initialize': return initialize(given);
    case 'run': return run(given);
    case 'shutdown': return {};
    default: throw new RequestError(methodNotFound, `no method ${method}`);
  }
}
