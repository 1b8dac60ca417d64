import { codeName, messageCode, noError, requestCode } from './codes.js';
import type { Compiled } from './compile.js';
import type { Plan } from './plan.js';
import type { Event, Run } from './program.js';
import { readHeader, readMessage, readReturned } from './received.js';
import { type Brought, Reply } from './reply.js';

/** Numbers shared with the agent. */
const tags = {
  success: 1, error: 2, answer: 3, blocked: 4, ended: 5, unsupported: 6, failed: 7, step: 0x10, program: 0x20,
} as const;
const statuses = { complete: 0, stopped: 1, leaked: 2 } as const;

const reasons: Readonly<Record<number, string>> = {
  1: 'there is no such thread',
  2: 'the thread has not come back from an earlier call',
  3: 'the thread is suspended',
  4: 'the thread is in a task that shares no memory with the harness',
  5: 'there is no such task or thread',
  6: 'the name denotes no port of the kernel, so there would never be an answer',
  7: 'the thread is in no wait that could expire',
  8: 'the thread has ended',
  9: 'there is a task or thread of that name already',
  10: 'several threads that failed have ended at once, and nobody can tell which of them ended the others',
};

const failures: Readonly<Record<number, string>> = {
  16: 'giving the caller the right to send its request',
  17: 'taking back the right to send a request',
  18: 'finding out what the call has made',
  19: 'reading what the answer refers to',
  20: 'waiting for the system to come to rest',
};

const threadName = (index: number): string => `t${index + 1}`;

/** What the agent wrote, read from the beginning. It may end anywhere. */
export class Report {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The next programs' runs, for as long as the report is whole. */
  run(compiled: Compiled): Run {
    const run: Run = { steps: [] };
    const outstanding = new Map<number, Plan>();
    try {
      for (;;) {
        if (this.peek() === tags.program) return this.finish(run, compiled);
        run.steps.push({ events: this.step(compiled.plans[run.steps.length], outstanding) });
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { ...run, stopped: incomplete };
    }
  }

  private step(plan: Plan | undefined, outstanding: Map<number, Plan>): Event[] {
    const events: Event[] = [];
    for (let isCaller = true; ; isCaller = false) {
      const tag = this.byte();
      if (tag === tags.step) return events;
      const thread = this.byte();
      /* The caller's event comes first; a call without a caller has none. */
      if (isCaller && plan !== undefined && plan.sort !== 'time') outstanding.set(thread, plan);
      events.push(this.event(tag, thread, outstanding));
    }
  }

  private event(tag: number, index: number, outstanding: Map<number, Plan>): Event {
    const thread = threadName(index);
    switch (tag) {
      case tags.success: return { thread, ...outcome(outstanding.get(index)!, noError) };
      case tags.error: return { thread, ...outcome(outstanding.get(index)!, this.word()) };
      case tags.answer: return { thread, ...this.answer(outstanding.get(index)!) };
      case tags.blocked: return { tag: 'blocked', thread };
      case tags.ended: return { tag: 'ended', thread };
      case tags.unsupported: return { tag: 'unsupported', thread, why: this.problem(reasons) };
      case tags.failed: return { tag: 'indeterminate', thread, ...this.failed() };
      default: throw new Error(`the agent reported an event of an unknown kind: ${tag}`);
    }
  }

  private failed(): object {
    this.failure = this.problem(failures);
    return {};
  }

  private failure: string | undefined;

  private problem(texts: Readonly<Record<number, string>>): string {
    const text = texts[this.byte()] ?? 'unknown';
    const code = this.word();
    return code === 0 ? text : `${text}: ${codeName(code)}`;
  }

  private answer(plan: Plan): Outcome {
    const result = this.word();
    const words = this.half();
    const regionWords = this.half();
    const bytes = this.take(words * 4);
    return outcome(plan, result, { bytes, regions: this.take(regionWords * 4) });
  }

  private finish(run: Run, { cut }: Compiled): Run {
    this.byte();
    const status = this.byte();
    const strays = this.word();
    const { failure } = this;
    this.failure = undefined;
    if (status === statuses.leaked) return { ...run, stopped: `the adapter lost track of ${strays} names` };
    if (failure !== undefined) return { ...run, stopped: `the adapter failed at ${failure}` };
    if (status === statuses.stopped) return { ...run, stopped: lastReason(run) };
    if (cut === undefined) return run;
    const events: Event[] = [{ tag: 'unsupported', thread: cut.thread, why: cut.why }];
    return { steps: [...run.steps, { events }], stopped: cut.why };
  }

  private peek(): number { return this.bytes.readUInt8(this.at); }

  private byte(): number {
    this.at += 1;
    return this.bytes.readUInt8(this.at - 1);
  }

  private half(): number {
    this.at += 2;
    return this.bytes.readUInt16LE(this.at - 2);
  }

  private word(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  private take(size: number): Buffer {
    if (this.at + size > this.bytes.length) throw new RangeError('the report ends here');
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }
}

/** Stands for a program whose report breaks off; why, only the machine knows. */
export const incomplete = 'incomplete';

function lastReason(run: Run): string {
  const last = run.steps.at(-1)?.events.find((event) => event.tag === 'unsupported');
  return last?.tag === 'unsupported' ? last.why : 'stopped';
}

type MessagePlan = Extract<Plan, { sort: 'message' }>;

type Outcome =
  | { readonly tag: 'returned'; readonly value: unknown }
  | { readonly tag: 'raised'; readonly error: string; readonly value?: unknown };

const returned = (value: unknown): Outcome => ({ tag: 'returned', value });
const raised = (code: number): Outcome => ({ tag: 'raised', error: codeName(code) });

function trapOutcome(result: number, meaning: Extract<Plan, { sort: 'trap' }>['result']): Outcome {
  if (meaning === 'name') return returned({ name: result });
  if (meaning === 'byte') return returned({ byte: result.toString(16).padStart(2, '0') });
  return meaning === 'code' && result !== noError ? raised(result) : returned(null);
}

function requestOutcome(result: number, brought: Brought, answer: (reply: Reply) => unknown): Outcome {
  return result === noError ? returned(answer(new Reply(brought))) : raised(requestCode(result));
}

/**
 * What an error of `mach_msg` brings along, for those that bring something. A message that was sent says no size
 * in its header, so that one that was refused before anything was done with it does not pass for one given back.
 */
function messageValue(error: string, brought: Brought, { call, window }: MessagePlan): unknown {
  switch (error) {
    case 'MACH_RCV_TOO_LARGE':
      return call.options.includes('receive-large')
        ? { tag: 'kept', size: readHeader(brought.bytes).size }
        : { tag: 'destroyed', header: readHeader(brought.bytes) };
    case 'MACH_RCV_INVALID_NOTIFY':
      return readHeader(brought.bytes);
    case 'MACH_SEND_INVALID_NOTIFY':
    case 'MACH_SEND_TIMED_OUT':
    case 'MACH_SEND_INTERRUPTED':
    case 'MACH_SEND_NOTIFY_IN_PROGRESS':
      return readReturned(brought, window);
    case 'MACH_RCV_BODY_ERROR':
      return readMessage(brought, window);
    default:
      return undefined;
  }
}

function messageOutcome(result: number, brought: Brought, plan: MessagePlan): Outcome {
  if (result === noError) {
    return returned({ message: plan.call.receive === null ? null : readMessage(brought, plan.window) });
  }
  const error = codeName(messageCode(result));
  const value = brought === nothingBrought ? undefined : messageValue(error, brought, plan);
  return value === undefined ? { tag: 'raised', error } : { tag: 'raised', error, value };
}

const nothingBrought: Brought = { bytes: Buffer.alloc(0), regions: Buffer.alloc(0) };

function outcome(plan: Plan, result: number, brought = nothingBrought): Outcome {
  switch (plan.sort) {
    case 'message': return messageOutcome(result, brought, plan);
    case 'word': return result === noError ? returned(null) : raised(messageCode(result));
    case 'request': return requestOutcome(result, brought, plan.answer);
    case 'trap': return trapOutcome(result, plan.result);
    case 'time': throw new Error('the agent reported that a call without a caller came back');
  }
}
