/**
 * A kit for adapters in TypeScript: it speaks the adapter protocol, and asks a kernel of yours to make the calls.
 *
 * A kernel answers each call with what the caller gets, or `refused(error)`, or `blocked`; or with `seen([…])` where
 * more is to be seen: answers of threads that waited, threads that ended. What it throws is a fault of the adapter and
 * says nothing about the kernel. Standard output is the protocol's: print on standard error.
 *
 * Node alone is needed; from 22.18 on it runs this file as it is.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';

export interface Event {
  readonly tag: 'returned' | 'raised' | 'blocked' | 'ended' | 'indeterminate' | 'unsupported';
  readonly thread: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly why?: string;
}

type Arguments = Readonly<Record<string, unknown>> & { readonly thread: string };

/** What a kernel makes of a call. */
export type Answer =
  | { readonly tag: 'returned'; readonly value: unknown }
  | { readonly tag: 'raised'; readonly error: string; readonly value?: unknown }
  | { readonly tag: 'blocked' }
  | { readonly tag: 'seen'; readonly events: readonly Event[] };

export const returned = (value: unknown = null): Answer => ({ tag: 'returned', value });
export const refused = (error: string, value?: unknown): Answer => ({ tag: 'raised', error, value });
export const blocked: Answer = { tag: 'blocked' };
export const seen = (events: readonly Event[]): Answer => ({ tag: 'seen', events });

export interface Adapter {
  /** The model it claims to follow: `mach`, `qnx`, … */
  readonly model: string;
  readonly name: string;
  readonly version: string;
  /** Begins anew: how many tasks there are, and how many threads each has; and what else was said, of that named in `scope`. */
  readonly reset: (threads: readonly number[], scope: Scope) => void;
  /** What else of a run's beginning it can set up: of Chorus `sites`, `privileges`, … */
  readonly scope?: readonly string[];
  readonly operations: Readonly<Record<string, (call: Arguments) => Answer>>;
}

export type Scope = Readonly<Record<string, unknown>> & { readonly threads: readonly number[] };

interface Request { readonly id: number; readonly method: string; readonly params: never }

/** Answers requests until there are no more. */
export async function serve(adapter: Adapter): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line) as Request;
    let reply: object;
    try {
      reply = { result: answer(adapter, method, params) };
    } catch (error) {
      reply = { error: { code: -32000, message: String(error) } };
    }
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...reply })}\n`);
    if (method === 'shutdown') return;
  }
}

function answer({ model, name, version, reset, scope = [], operations }: Adapter, method: string, params: never): object {
  switch (method) {
    case 'initialize': return {
      protocol: 1, implementation: { name, version, language: 'typescript' }, kernel: model,
      operations: Object.keys(operations), features: { step: true, run: false, scope },
    };
    case 'reset': {
      const { scope: told } = params as { readonly scope: Scope };
      reset(told.threads, told);
      return {};
    }
    case 'step': return { events: step(operations, (params as { readonly call: Arguments & { readonly operation: string } }).call) };
    case 'shutdown': return {};
    default: throw new Error(`no method ${method}`);
  }
}

function step(operations: Adapter['operations'], { operation, ...call }: Arguments & { readonly operation: string }): readonly Event[] {
  const { thread } = call;
  const made = operations[operation];
  if (made === undefined) return [{ tag: 'unsupported', thread }];
  const given = made(call);
  return given.tag === 'seen' ? given.events : [{ ...given, thread }];
}
