/**
 * GNU Mach in QEMU as an implementation to be judged: answers the adapter protocol on standard input and
 * output, one JSON-RPC object a line. Whatever else there is to say goes to standard error.
 */
import { stopMachines } from './machine.js';
import { answer, invalidRequest, parseError, RequestError } from './session.js';

const harnessFault = 4;

interface Request { readonly id: number; readonly method: string; readonly params: unknown }

function parse(line: string): Request {
  let request: Partial<Request>;
  try {
    request = JSON.parse(line) as Partial<Request>;
  } catch {
    throw new RequestError(parseError, 'not JSON');
  }
  const { id, method, params } = request ?? {};
  if (typeof id !== 'number' || typeof method !== 'string') {
    throw new RequestError(invalidRequest, 'not a request');
  }
  return { id, method, params };
}

/** Writes a line, and waits until the reader has taken it. */
const write = (message: object): Promise<void> => new Promise((resolve) => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`, () => resolve());
});

/** Answers one line; false when it was the last. */
async function respond(line: string): Promise<boolean> {
  let id: number | null = null;
  try {
    const request = parse(line);
    id = request.id;
    await write({ id, result: await answer(request.method, request.params) });
    return request.method !== 'shutdown';
  } catch (error) {
    const code = error instanceof RequestError ? error.code : -32603;
    const message = error instanceof Error ? error.message : String(error);
    await write({ id, error: { code, message: message.slice(0, 4096) } });
    return true;
  }
}

/** The lines of standard input. A run of many programs is one line of megabytes, so pieces are kept apart. */
async function* lines(): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; start = end + 1, end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]).toString('utf8');
      pieces = [];
    }
    pieces.push(chunk.subarray(start));
  }
}

async function main(): Promise<void> {
  for await (const line of lines()) {
    if (line.trim() !== '' && !await respond(line)) return;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(harnessFault));
}
process.on('exit', stopMachines);

await main();
process.exit(0);
