import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { callSchema, implementationSchema } from '#spec/protocol';
import { anyScope, type ScopeSchemas } from '#spec/scope';

/** The version of the trace format that this package writes. */
export const traceFormat = 'portcullis-trace/1';

const thread = z.string().max(64);

const spelledEvent = z.object({
  thread,
  tag: z.enum(['returned', 'raised', 'blocked', 'ended', 'indeterminate', 'unsupported']),
  error: z.string().max(256).optional(),
  value: z.unknown().optional(),
});

/** A trace file: concrete calls and what was seen, so that it replays on any subject and any version. */
export function traceSchema(vocabulary: Vocabulary, scope: ScopeSchemas['trace']) {
  return z.object({
    format: z.literal(traceFormat),
    kernel: z.string().max(64),
    variant: z.string().max(64),
    /** The model the trace was made with: a hash of its transition functions. */
    model: z.string().regex(/^[0-9a-f]{12}$/),
    /** Where the run begins, in the model's own terms. */
    scope,
    /** What it was made on: `mutant:mach/…`, `model:mach`, or an implementation's name. */
    subject: z.string().max(512),
    /** What it shows. */
    verdict: z.object({
      rule: z.string().max(256),
      check: z.enum(['always', 'step', 'monitor', 'relates', 'conformance']),
      violations: z.array(z.string().max(4096)),
    }),
    /** Where it came from; not needed to replay it. */
    origin: z.object({
      tool: z.string().max(256),
      seed: z.int().optional(),
      run: z.int().optional(),
    }),
    steps: z.array(z.object({
      call: callSchema(vocabulary),
      /** The choices taken where the source leaves the matter open. */
      choices: z.array(z.string().max(256)).optional(),
      events: z.array(spelledEvent),
      /** What the model would have allowed, where that differs. */
      allowed: z.array(z.object({ events: z.array(spelledEvent), choices: z.array(z.string().max(256)) })).optional(),
    })),
  });
}

export type TraceFile = z.infer<ReturnType<typeof traceSchema>>;

/** The version of the recording format: one JSON object a line. */
export const recordingFormat = 'portcullis-recording/1';

/**
 * A recording of what an implementation did: a first line that says what it is, then for each case a line
 * with its scope, and for each step a line with the call and one with what was seen. The call comes first,
 * and is written before it is made: a recording that breaks off tells what it broke off at.
 */
export const recordingLines = (scope: ScopeSchemas['wire'] = anyScope) => ({
  first: z.object({ format: z.literal(recordingFormat), kernel: z.string().max(64), implementation: implementationSchema.optional() }),
  case: z.object({ case: z.string().max(4096), scope }),
  call: z.object({ call: z.object({ operation: z.string().max(256) }).loose() }),
  events: z.object({ events: z.array(z.object({ tag: z.string().max(64), thread: z.string().max(64).optional() }).loose()) }),
  /** A whole program, written before it was sent: what was under way if no answer to it follows. */
  ahead: z.object({ ahead: z.string().max(4096), scope, calls: z.array(z.unknown()) }),
  /** The case could not go on. */
  stopped: z.object({ stopped: z.string().max(65536) }),
}) as const;
