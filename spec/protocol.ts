import { z } from 'zod';
import { anyScope, type ScopeSchemas } from '#spec/scope';
import type { Vocabulary } from '#spec/vocabulary';

/**
 * The adapter protocol, version 1: a strict subset of JSON-RPC 2.0, one UTF-8 object a line, requests on the
 * adapter's standard input and exactly one reply each on its standard output. No batches, no notifications
 * but `log`. A kernel's error is a result; a JSON-RPC error means that the adapter could not do its job.
 */
export const protocolVersion = 1;

/** Requests every adapter answers, and those it may declare in `features`. */
export const methods = ['initialize', 'reset', 'step', 'run', 'shutdown'] as const;
export type Method = (typeof methods)[number];

const id = z.int().min(0);
const text = z.string().max(4096);

/** What an implementation says of itself. */
export const implementationSchema = z.object({
  name: text,
  version: text,
  language: text.optional(),
  homepage: text.optional(),
  issues: text.optional(),
});

export const initializeParams = z.object({
  protocol: z.array(z.int()),
  client: z.object({ name: text, version: text }),
});

export const initializeResult = z.object({
  protocol: z.literal(protocolVersion),
  implementation: implementationSchema,
  /** The model it claims to implement: `mach`, `chorus`, `qnx`. */
  kernel: text,
  /** The operations it implements; others are never asked for. */
  operations: z.array(text),
  features: z.object({
    /** Answers `step`: one call at a time. */
    step: z.boolean(),
    /** Answers `run`: whole programs, names given by reference to earlier answers. */
    run: z.boolean(),
    /** What it can set up of a scope beside `threads`; nothing else of one is ever said to it. */
    scope: z.array(text).optional(),
  }),
  /** Milliseconds, as declared; the harness derives its time limits from them. */
  cost: z.object({ reset: z.number().min(0), step: z.number().min(0) }).partial().optional(),
});
export type Initialized = z.infer<typeof initializeResult>;

export const resetResult = z.object({});

/** What one thread was seen to do in the course of one step. */
export function eventSchema(vocabulary: Vocabulary) {
  const thread = z.string().regex(/^[a-zA-Z][0-9]+$/);
  const values = z.union([
    ...new Set(Object.values(vocabulary).flatMap(({ returns, spoils }) => [returns, ...Object.values(spoils ?? {})])),
  ] as unknown as [z.ZodType, z.ZodType]);
  return z.union([
    /** The call a thread had made came back with this value. */
    z.object({ tag: z.literal('returned'), thread, value: values }),
    /** The kernel refused. `value` is there where the error comes with something, such as a message given back. */
    z.object({ tag: z.literal('raised'), thread, error: text, value: values.optional() }),
    /** The call has not come back, and the thread is waiting. */
    z.object({ tag: z.literal('blocked'), thread }),
    /** The thread is no more. */
    z.object({ tag: z.literal('ended'), thread }),
    /** The adapter cannot tell whether the call took effect. */
    z.object({ tag: z.literal('indeterminate'), thread }),
    /** The adapter cannot make this call: it was not made, and the case ends here. */
    z.object({ tag: z.literal('unsupported'), thread, why: text.optional() }),
  ]);
}

/** A call as it crosses: the operation's name and its arguments in one object. */
export function callSchema(vocabulary: Vocabulary) {
  const calls = Object.entries(vocabulary).map(([operation, { takes }]) =>
    takes.extend({ operation: z.literal(operation) }));
  return z.discriminatedUnion('operation', calls as unknown as [z.ZodObject, ...z.ZodObject[]]);
}

/** The schemas of the protocol for one kernel: `wire` and `program` are its vocabulary in those forms, `scope` where its runs begin. */
export function protocolSchemas(wire: Vocabulary, program: Vocabulary, scope: ScopeSchemas['wire'] = anyScope) {
  const events = z.array(eventSchema(wire));
  return {
    initialize: { params: initializeParams, result: initializeResult },
    reset: { params: z.object({ case: text, scope }), result: resetResult },
    step: {
      params: z.object({ call: callSchema(wire) }),
      result: z.object({ events }),
    },
    run: {
      params: z.object({
        programs: z.array(z.object({ case: text, scope, calls: z.array(callSchema(program)) })),
      }),
      /** A reference to an answer that has not come reads as 0. A run may stop early; then `stopped` says why, and the later calls were not made. */
      result: z.object({
        runs: z.array(z.object({ steps: z.array(z.object({ events })), stopped: text.optional() })),
      }),
    },
    shutdown: { params: z.object({}), result: z.object({}) },
  } as const;
}

/** The frame around every message. */
export const requestFrame = z.object({ jsonrpc: z.literal('2.0'), id, method: z.enum(methods), params: z.unknown() });
export const replyFrame = z.union([
  z.object({ jsonrpc: z.literal('2.0'), id, result: z.unknown() }),
  z.object({ jsonrpc: z.literal('2.0'), id: id.nullable(), error: z.object({ code: z.int(), message: text, data: z.unknown().optional() }) }),
  z.object({ jsonrpc: z.literal('2.0'), method: z.literal('log'), params: z.object({ text }) }),
]);
