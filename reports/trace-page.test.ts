import { describe, expect, test } from 'vitest';
import type { TraceFile } from '#spec/trace';
import { tracePage } from '#reports/trace-page';

const hostile = '</style><script>alert(1)</script>"\'&\u202e\u001b[31m';

/** A page about a run in which everything that can be text is hostile. */
function page(steps: number): string {
  const call = { operation: hostile, thread: hostile, name: hostile } as never;
  const events = [{ thread: hostile, tag: 'returned', value: { text: hostile } }] as never;
  const trace = {
    format: 'portcullis-trace/1', kernel: 'toy', variant: hostile, model: '0'.repeat(12), scope: { [hostile]: hostile }, subject: hostile,
    verdict: { rule: hostile, check: 'step', violations: [hostile] }, origin: { tool: hostile },
    steps: Array.from({ length: steps }, () => ({ call, events })),
  } as TraceFile;
  const diff = { gone: [hostile], come: [hostile] };
  return tracePage({
    trace, on: hostile, outcome: hostile, rule: { number: 'TOY-1', states: hostile, source: [{ document: hostile, section: hostile }], standing: 'stated' },
    steps: trace.steps.map((_, at) => ({ number: at + 1, events, diff })),
    departure: { step: 1, allowed: [{ events, choices: [hostile] }] },
  });
}

describe('a page about a trace', () => {
  test('shows text as text', () => {
    const text = page(2);
    expect(text.match(/<script>/g)).toHaveLength(1);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain('&lt;script&gt;alert(1)');
  });

  test('needs nothing from elsewhere', () => {
    expect(page(1)).not.toMatch(/https?:|\bsrc=|\bhref=|@import|url\(/);
  });

  test('shows each step, and what was allowed instead', () => {
    expect(page(3).match(/id="step/g)).toHaveLength(3);
    expect(page(3).match(/The model allows here/g)).toHaveLength(1);
  });

  test('keeps to a size that browsers take, and says so', () => {
    const text = page(6000);
    expect(text.length).toBeLessThan(2_100_000);
    expect(text).toMatch(/cut short: \d+ steps more/);
  });
});
