import type { TraceFile } from '#spec/trace';

const LIMIT = 20_000;

/** A trace as a Mermaid sequence diagram: a lane for each thread, and one for the kernel. */
export function sequenceDiagram({ steps }: Pick<TraceFile, 'steps'>): string {
  const lines: string[] = [];
  const threads = new Set<string>();
  for (const [at, step] of steps.entries()) {
    const { operation, ...call } = step.call as Record<string, unknown> & { operation: string };
    const thread = typeof call['thread'] === 'string' ? call['thread'] : null;
    if (thread !== null) threads.add(thread);
    lines.push(thread === null
      ? `  Note over kernel: ${at + 1}. ${label(operation, call)}`
      : `  ${thread}->>kernel: ${at + 1}. ${label(operation, call)}`);
    for (const event of step.events) {
      threads.add(event.thread);
      lines.push(`  kernel${event.tag === 'blocked' ? '--x' : '-->>'}${event.thread}: ${answer(event)}`);
    }
  }
  const lanes = [...threads].sort().map((thread) => `  participant ${thread}`);
  const text = ['sequenceDiagram', ...lanes, '  participant kernel', ...lines].join('\n');
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}\n  Note over kernel: cut short` : text;
}

function label(operation: string, call: Readonly<Record<string, unknown>>): string {
  const { thread: _thread, ...rest } = call;
  return clean(`${operation} ${brief(rest)}`);
}

function answer(event: TraceFile['steps'][number]['events'][number]): string {
  if (event.tag === 'raised') return clean(`${event.error ?? ''} ${event.value === undefined || event.value === null ? '' : brief(event.value)}`);
  if (event.tag !== 'returned') return event.tag;
  return event.value === undefined || event.value === null ? 'done' : clean(brief(event.value));
}

/** Arguments and answers without what is empty or ordinary. */
export function brief(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(brief).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).filter(([key, field]) => !isOrdinary(key, field));
  return fields.map(([key, field]) => (key === 'tag' ? String(field) : `${key}=${nested(field)}`)).join(' ');
}

const nested = (value: unknown): string =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? `(${brief(value)})` : brief(value));

function isOrdinary(key: string, value: unknown): boolean {
  if (value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return (key === 'timeout' && value === 0) || (key === 'notify' && value === 'null') || (key === 'bits' && value === 32)
    || (key === 'size' && value === 1024);
}

/** Mermaid reads semicolons and hash signs as its own. */
const clean = (text: string): string => text.replace(/[;#<>]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 200);
