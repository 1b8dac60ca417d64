import { describe, expect, test } from 'vitest';
import type { CheckReport } from '#reports/check-report';
import { annotations, summary } from '#reports/github';
import { junit } from '#reports/junit';

/** A report in which rules were violated, each saying something. */
function report(says: string, count = 1): CheckReport {
  const byRule = Array.from({ length: count }, (_, at) => ({
    rule: `toy/rule-${at}`, number: `TOY-${at}`, standing: 'stated', status: 'violated' as const, exercised: {}, violations: [says], trace: 'out/toy.trace.json',
  }));
  return {
    format: 'portcullis-check/1', tool: 'portcullis', profile: 'quick', seed: 1, exit: 1, interrupted: false,
    kernels: [{
      kernel: 'toy', variant: 'documented', model: '0'.repeat(12), runs: 1, steps: 2, cut: 0,
      rules: { total: count, exercised: count, waived: 0, violated: count, byRule }, mutants: null,
    }],
  };
}

describe('for GitHub', () => {
  test('a violation is one line, whatever it says', () => {
    const [line, ...others] = annotations(report('a\nb %0A ::warning::c'));
    expect(others).toEqual([]);
    expect(line).toBe('::error title=toy/rule-0::a%0Ab %250A ::warning::c%0Aportcullis replay out/toy.trace.json');
  });

  test('the summary keeps to its bytes, violations first and the table whole', () => {
    const text = summary(report('ä'.repeat(500), 300), 20_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
    expect(text).toMatch(/^### ✗ toy\/rule-0\n/);
    expect(text).toContain('| toy (documented) |');
    expect(text).toContain('The rest is left out');
  });

  test('the summary says all there is, and no markup of others', () => {
    const text = summary(report('<img src=x> `code` | [link](x)', 3));
    expect(text).not.toMatch(/(?<!\\)<img/);
    expect(text).not.toContain('[link](');
    expect(text.match(/^### /gm)).toHaveLength(3);
    expect(text).not.toContain('left out');
  });
});

describe('as JUnit', () => {
  test('a violation is a failure, and its text is text', () => {
    const xml = junit(report('<&>"\u0001'));
    expect(xml).toContain('<testsuite name="toy" tests="1" failures="1" errors="0" skipped="0">');
    expect(xml).toContain('<failure message="&lt;&amp;&gt;&quot;\ufffd">');
  });
});
