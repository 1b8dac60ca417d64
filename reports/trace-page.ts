import type { Rule } from '#spec/rule';
import type { TraceFile } from '#spec/trace';
import type { Departure } from '#traces/allowed';
import { printable } from '#traces/text';
import { brief } from '#reports/diagram';
import type { StateDiff } from '#reports/state-diff';
import { pageScript, pageStyle } from '#reports/trace-page-assets';

/** One step as it was run. */
export interface PageStep { readonly number: number; readonly events: readonly object[]; readonly diff: StateDiff | null }

/** What a page about a trace is made of. */
export interface TracePageParts {
  readonly trace: TraceFile;
  readonly on: string;
  readonly steps: readonly PageStep[];
  /** What came of the run, in words. */
  readonly outcome: string;
  readonly departure: Departure | null;
  readonly rule: Rule | undefined;
}

/** How much a page may hold: browsers are slow with more. */
const BUDGET = 2_000_000;

/**
 * A page that shows a run: a lane for each thread, the steps, what each changed, and what was allowed. One
 * file without scripts or styles from elsewhere, so that it opens from a disk; all text in it is escaped.
 */
export function tracePage(parts: TracePageParts): string {
  const { trace, on, outcome, rule } = parts;
  const lanes = lanesOf(parts);
  let size = 0;
  const rows: string[] = [];
  for (const step of parts.steps) {
    const row = rowOf(parts, lanes, step);
    size += row.length;
    if (size > BUDGET) {
      rows.push(`<tr><td colspan="${lanes.length + 2}">cut short: ${parts.steps.length - step.number + 1} steps more</td></tr>`);
      break;
    }
    rows.push(row);
  }
  const title = `${trace.verdict.rule} on ${on}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<h1>${escapeHtml(trace.verdict.rule)}</h1>
<p>${escapeHtml(rule?.states ?? '')}</p>
<p class="source">${escapeHtml(rule?.source.map(({ document, section }) => `${document}: ${section}`).join('; ') ?? '')}</p>
<dl>
<dt>run on</dt><dd>${escapeHtml(on)}</dd>
<dt>made on</dt><dd>${escapeHtml(`${trace.subject} (${trace.variant}), model ${trace.model}, ${trace.origin.tool}`)}</dd>
<dt>begins with</dt><dd>${escapeHtml(JSON.stringify(trace.scope))}</dd>
<dt>outcome</dt><dd class="outcome">${escapeHtml(outcome).replace(/\n/g, '<br>')}</dd>
</dl>
<table>
<thead><tr><th>call</th>${lanes.map((lane) => `<th>${escapeHtml(lane)}</th>`).join('')}<th>what it changed</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p class="keys">j and k, or the arrow keys, go from call to call.</p>
<script>${pageScript}</script>
</body>
</html>
`;
}

const KERNEL = 'kernel';

/** A lane for every thread that calls or is answered; the kernel's own is for calls that nobody makes. */
function lanesOf({ trace, steps }: TracePageParts): readonly string[] {
  const threads = new Set<string>();
  for (const { call } of trace.steps) threads.add(threadOf(call));
  for (const { events } of steps) for (const event of events) threads.add(String((event as { thread?: unknown }).thread));
  return [...threads].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function threadOf(call: object): string {
  const { thread } = call as { readonly thread?: unknown };
  return typeof thread === 'string' ? thread : KERNEL;
}

function rowOf({ trace, departure }: TracePageParts, lanes: readonly string[], { number, events, diff }: PageStep): string {
  const { operation, thread: _thread, ...args } = trace.steps[number - 1]!.call as { readonly operation: string; readonly thread?: string };
  const cells = lanes.map((lane) => {
    const said = [
      ...(lane === threadOf(trace.steps[number - 1]!.call) ? [`<b>${escapeHtml(operation)}</b> ${escapeHtml(brief(args))}`] : []),
      ...events.filter((event) => String((event as { thread?: unknown }).thread) === lane)
        .map((event) => `<span class="${escapeHtml(String((event as { tag?: unknown }).tag))}">→ ${escapeHtml(answer(event))}</span>`),
    ];
    return `<td>${said.join('<br>')}</td>`;
  });
  const allowed = departure?.step === number ? allowedOf(departure) : '';
  return `<tr id="step${number}" tabindex="0"><td>${number}</td>${cells.join('')}<td class="diff">${diff === null ? '' : changes(diff)}</td></tr>${
    allowed === '' ? '' : `\n<tr class="allowed"><td></td><td colspan="${lanes.length + 1}">${allowed}</td></tr>`}`;
}

function answer(event: object): string {
  const { thread: _thread, ...rest } = event as { readonly thread?: string };
  return brief(rest);
}

const changes = ({ gone, come }: StateDiff): string => [
  ...gone.map((line) => `<del>${escapeHtml(line)}</del>`), ...come.map((line) => `<ins>${escapeHtml(line)}</ins>`),
].join('');

const allowedOf = ({ allowed }: Departure): string => `The model allows here: <ul>${allowed.map(({ events, choices }) =>
  `<li>${escapeHtml(events.map(brief).join(', ') || 'nothing to be seen')}${choices.length > 0 ? ` [${escapeHtml(choices.join(', '))}]` : ''}</li>`).join('')}</ul>`;

/** Text from anywhere, made fit to stand in a page. */
export const escapeHtml = (text: string): string => printable(text, 20_000)
  .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
