import type { CheckReport, RuleReport } from '#reports/check-report';

/** A check as JUnit XML: a case for each rule; violated is a failure, not exercised an error, waived skipped. */
export function junit(report: CheckReport): string {
  const suites = report.kernels.map(({ kernel, rules }) => {
    const count = (status: string) => rules.byRule.filter((row) => row.status === status).length;
    const head = `  <testsuite name="${escapeXml(kernel)}" tests="${rules.total}" failures="${count('violated')}" errors="${count('not exercised')}" skipped="${count('waived')}">`;
    return [head, ...rules.byRule.map((row) => testcase(kernel, row)), '  </testsuite>'].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="portcullis">\n${suites.join('\n')}\n</testsuites>\n`;
}

function testcase(kernel: string, { rule, status, violations, waived, exercised }: RuleReport): string {
  const open = `    <testcase classname="${escapeXml(kernel)}" name="${escapeXml(rule)}"`;
  switch (status) {
    case 'holds': return `${open}/>`;
    case 'violated': return `${open}><failure message="${escapeXml(violations?.[0] ?? '')}">${escapeXml((violations ?? []).join('\n'))}</failure></testcase>`;
    case 'waived': return `${open}><skipped message="${escapeXml(waived ?? '')}"/></testcase>`;
    case 'not exercised': {
      const never = Object.entries(exercised).filter(([, count]) => count === 0).map(([condition]) => condition).join('; ');
      return `${open}><error message="not put to the test">${escapeXml(never)}</error></testcase>`;
    }
  }
}

/** XML has no place at all for most control characters. */
const escapeXml = (text: string): string => text
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
