import { readFileSync } from 'node:fs';
import { traceFormat, traceSchema, type TraceFile } from '#spec/trace';
import { runInPlace, type AnyCall, type Kernel, type Scope } from '#model/kernel';
import type { CheckKind } from '#properties/laws';
import { following, type Ran } from '#properties/program';
import type { Bundle } from '#traces/bundle';
import { BadInput, complaint } from '#traces/fault';
import { readCall, spellCall, spellEvent } from '#traces/spelling';
import { oneLine, stableJson } from '#traces/text';
import { modelVersion, packageVersion } from '#traces/version';

/** What a trace is made of. */
export interface TraceParts<Call> {
  readonly variant: string;
  readonly subject: string;
  readonly scope: Scope;
  readonly calls: readonly Ran<Call>[];
  readonly verdict: { readonly rule: string; readonly check: CheckKind | 'conformance'; readonly violations: readonly string[] };
  readonly origin: { readonly seed?: number; readonly run?: number };
}

/** A trace of a run on a kernel of ours, made by running it again. */
export function makeTrace<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, { variant, subject, scope, calls, verdict, origin }: TraceParts<Call>,
): TraceFile {
  const state = kernel.boot(scope as never);
  const asked = new Map<number, Call>();
  const steps = calls.map(({ call, choices }) => {
    if (call.thread !== undefined) asked.set(call.thread, call);
    const spelled = spellCall(bundle, call);
    const { events } = runInPlace(kernel, state, call, following(choices));
    return {
      call: spelled as never,
      ...(choices.length > 0 ? { choices: [...choices] } : {}),
      events: events.map((event) => spellEvent(bundle, asked.get(event.thread), event)) as never,
    };
  });
  return {
    format: traceFormat, kernel: kernel.name, variant, model: modelVersion(kernel.name), scope, subject,
    verdict: { ...verdict, violations: [...verdict.violations] },
    origin: { tool: `portcullis ${packageVersion}`, ...origin },
    steps,
  };
}

/** The bytes of a trace file: one line a step, so that a change of one shows as a change of one. */
export function writeTrace(trace: TraceFile): string {
  const { steps, ...head } = trace;
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${stableJson(value)}`);
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  return `{\n${fields.join(',\n')},\n  "steps": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** What the traces of a kernel are written in. */
export type TraceForm = Pick<Bundle, 'vocabularies' | 'scopes'>;

/** Reads a trace file; what is wrong with it is named by line or field. */
export function readTrace(path: string, formOf: (kernel: string) => TraceForm | undefined): TraceFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(`${path}: ${(error as Error).message}`);
  }
  return parseTrace(path, text, formOf);
}

export function parseTrace(path: string, text: string, formOf: (kernel: string) => TraceForm | undefined): TraceFile {
  const value = parseJson(path, text) as { format?: unknown; kernel?: unknown };
  if (typeof value !== 'object' || value === null) throw new BadInput(`${path}: a trace is a JSON object`);
  if (value.format !== traceFormat) {
    throw new BadInput(`${path}: format: ${oneLine(String(value.format))} is not supported; this version reads ${traceFormat}`);
  }
  const form = formOf(String(value.kernel));
  if (form === undefined) throw new BadInput(`${path}: kernel: there is no kernel ${oneLine(String(value.kernel))}`);
  const parsed = traceSchema(form.vocabularies.trace, form.scopes.trace).safeParse(value);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path ?? [];
  throw new BadInput(`${path}:${lineOf(text, place)}: ${complaint(parsed.error)}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const at = /position (\d+)/.exec(message)?.[1];
    const line = at === undefined ? text.split('\n').length : text.slice(0, Number(at)).split('\n').length;
    throw new BadInput(`${path}:${line}: not JSON (${oneLine(message)}); is the file cut short?`);
  }
}

/** The line of a file as this package writes it that a field stands on. */
function lineOf(text: string, place: readonly PropertyKey[]): number {
  const lines = text.split('\n');
  const [field, step] = place;
  const head = lines.findIndex((line) => line.startsWith(`  ${JSON.stringify(field)}:`));
  if (head < 0) return 1;
  return typeof step === 'number' ? head + 2 + step : head + 1;
}

/** The calls of a trace, as the model has them. */
export function callsOf<S, Call extends AnyCall>(bundle: Bundle<S, Call>, { steps }: TraceFile): readonly Ran<Call>[] {
  return steps.map(({ call, choices }) => ({ call: readCall(bundle, call as never), choices: choices ?? [] }));
}
