import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { recordingFormat, recordingLines } from '#spec/trace';
import type { WireScope } from '#spec/scope';
import { BadInput, complaint } from '#traces/fault';
import { oneLine } from '#traces/text';
import type { SeenEvent, WireCall } from '#traces/wire';

const lineSchemas = recordingLines();

/** One case of a recording: where it began, and each call with what was seen. */
export interface RecordedCase {
  readonly name: string;
  readonly scope: WireScope;
  readonly steps: readonly { readonly call: WireCall; readonly events: readonly SeenEvent[] | null; readonly line: number }[];
  readonly stopped: string | null;
}

export interface Recording { readonly kernel: string; readonly implementation: string | null; readonly cases: Iterable<RecordedCase> }

/**
 * A write-ahead journal, in the format of recordings: each call is on the disk before it is made, so that
 * whatever the implementation does, what led to it is kept.
 */
export class Journal {
  readonly path: string;
  readonly #file: number;

  constructor(path: string, kernel: string, implementation: { readonly name: string; readonly version: string }) {
    this.path = path;
    this.#file = openSync(path, 'w');
    this.#write({ format: recordingFormat, kernel, implementation: { name: implementation.name, version: implementation.version } });
  }

  case(name: string, scope: WireScope): void {
    this.#write({ case: name, scope });
  }

  /** Programs that are about to be sent as a whole. */
  ahead(programs: readonly { readonly case: string; readonly scope: WireScope; readonly calls: readonly WireCall[] }[]): void {
    for (const { case: ahead, scope, calls } of programs) this.#write({ ahead, scope, calls });
  }

  call(call: WireCall): void {
    this.#write({ call });
  }

  events(events: readonly SeenEvent[]): void {
    this.#write({ events });
  }

  stopped(why: string): void {
    this.#write({ stopped: why });
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** The recording in a file, read as far as its cases are asked for. */
export const openRecording = (path: string): Recording => readRecording(path, linesOf(path));

const CHUNK = 1 << 20;

/** The lines of a file, however long the file is. */
function* linesOf(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new BadInput(`${path}: ${(error as Error).message}`);
  }
  try {
    const decoder = new TextDecoder();
    const buffer = Buffer.alloc(CHUNK);
    let rest = '';
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, read), { stream: true })).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}

/** Reads a recording, case by case. What is wrong is named by line and field. */
export function readRecording(path: string, lines: Iterable<string>): Recording {
  const numbered = number(path, lines);
  const head = numbered.next();
  if (head.done === true) throw new BadInput(`${path}: the recording is empty`);
  const first = head.value.value as { format?: unknown };
  if (typeof first.format === 'string' && first.format !== recordingFormat) {
    throw new BadInput(`${path}:1: format: ${oneLine(first.format)} is not supported; this version reads ${recordingFormat}`);
  }
  const { kernel, implementation } = parse(path, 1, lineSchemas.first, head.value.value);
  return { kernel, implementation: implementation?.name ?? null, cases: cases(path, numbered) };
}

interface Line { readonly line: number; readonly value: unknown }

function* number(path: string, lines: Iterable<string>): Generator<Line, undefined> {
  let line = 0;
  for (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    try {
      yield { line, value: JSON.parse(text) };
    } catch (error) {
      throw new BadInput(`${path}:${line}: not JSON: ${(error as Error).message}`);
    }
  }
}

function* cases(path: string, lines: Iterable<Line>): Generator<RecordedCase> {
  let open: { name: string; scope: WireScope; steps: RecordedCase['steps'][number][]; stopped: string | null } | null = null;
  for (const { line, value } of lines) {
    const has = (key: string) => typeof value === 'object' && value !== null && key in value;
    if (has('case')) {
      if (open !== null) yield open;
      const { case: name, scope } = parse(path, line, lineSchemas.case, value);
      open = { name, scope, steps: [], stopped: null };
    } else if (has('ahead')) {
      parse(path, line, lineSchemas.ahead, value);
    } else if (open === null) {
      throw new BadInput(`${path}:${line}: a call or an answer before the first case`);
    } else if (has('call')) {
      open.steps.push({ call: parse(path, line, lineSchemas.call, value).call, events: null, line });
      if (has('events')) answer(path, line, open.steps, value);
    } else if (has('events')) {
      answer(path, line, open.steps, value);
    } else if (has('stopped')) {
      open.stopped = parse(path, line, lineSchemas.stopped, value).stopped;
    } else {
      throw new BadInput(`${path}:${line}: neither a case, nor a call, nor events`);
    }
  }
  if (open !== null) yield open;
}

function answer(path: string, line: number, steps: RecordedCase['steps'][number][], value: unknown): void {
  const last = steps.at(-1);
  if (last === undefined || last.events !== null) throw new BadInput(`${path}:${line}: events without a call`);
  const { events } = parse(path, line, lineSchemas.events, value);
  steps[steps.length - 1] = { ...last, events: events as unknown as readonly SeenEvent[] };
}

function parse<T>(path: string, line: number, schema: { safeParse: (value: unknown) => { success: true; data: T } | { success: false; error: Parameters<typeof complaint>[0] } }, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new BadInput(`${path}:${line}: ${complaint(parsed.error)}`);
  return parsed.data;
}

