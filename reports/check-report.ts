import { z } from 'zod';
import type { AnyCall } from '#model/kernel';
import { isWaiver } from '#properties/obligation';
import type { Checked } from '#properties/check';
import type { Suite } from '#properties/suite';
import { table } from '#reports/table';

/** What became of one rule in a check. */
export const ruleStatus = z.enum(['holds', 'violated', 'not exercised', 'waived']);

const ruleReport = z.object({
  rule: z.string(),
  number: z.string(),
  standing: z.string(),
  status: ruleStatus,
  /** How often each condition that puts the rule to the test was met; 25 stands for as many or more. */
  exercised: z.record(z.string(), z.number()),
  /** Why it is not checked, for a rule that is waived. */
  waived: z.string().optional(),
  violations: z.array(z.string()).optional(),
  /** Where the shrunk counterexample was written. */
  trace: z.string().optional(),
});
export type RuleReport = z.infer<typeof ruleReport>;

/** What `check --json` prints. */
export const checkReport = z.object({
  format: z.literal('portcullis-check/1'),
  tool: z.string(),
  profile: z.string(),
  seed: z.int(),
  /** 0 all rules hold and were exercised, 1 a rule is violated, 3 a rule was not exercised. */
  exit: z.int(),
  interrupted: z.boolean(),
  kernels: z.array(z.object({
    kernel: z.string(),
    variant: z.string(),
    model: z.string(),
    runs: z.int(),
    steps: z.int(),
    cut: z.int(),
    rules: z.object({
      total: z.int(), exercised: z.int(), waived: z.int(), violated: z.int(),
      byRule: z.array(ruleReport),
    }),
    mutants: z.object({
      total: z.int(), tried: z.int(), caught: z.int(),
      survivors: z.array(z.string()),
      /** Checks that no mutant showed to be able to fail. */
      toothless: z.array(z.string()),
    }).nullable(),
  })),
});
export type CheckReport = z.infer<typeof checkReport>;
export type KernelReport = CheckReport['kernels'][number];

/** The rules of a kernel with what a check made of them. */
export function ruleReports<S, Call extends AnyCall>(suite: Suite<S, Call>, checked: Checked<Call>): RuleReport[] {
  return Object.entries(suite.rules).map(([rule, { number, standing }]) => {
    const discharge = suite.discharges[rule];
    if (discharge === undefined) return { rule, number, standing, status: 'not exercised', exercised: {} };
    if (isWaiver(discharge)) return { rule, number, standing, status: 'waived', exercised: {}, waived: discharge.waived };
    const exercised = Object.fromEntries(checked.counts.get(rule)!);
    const found = checked.found.find((breach) => breach.rule === rule);
    if (found !== undefined) return { rule, number, standing, status: 'violated', exercised, violations: [...found.violations] };
    return { rule, number, standing, status: isExercised(checked, rule) ? 'holds' : 'not exercised', exercised };
  });
}

/** A rule is exercised if every condition that puts it to the test was met. */
export const isExercised = ({ counts }: Pick<Checked<AnyCall>, 'counts'>, rule: string): boolean =>
  counts.has(rule) && [...counts.get(rule)!.values()].every((times) => times > 0);

/** The exit code a check ends with. */
export function exitOf(kernels: readonly KernelReport[]): number {
  if (kernels.some(({ rules }) => rules.violated > 0)) return 1;
  const vacuous = ({ rules, mutants }: KernelReport) =>
    rules.exercised + rules.waived < rules.total || (mutants !== null && mutants.survivors.length + mutants.toothless.length > 0);
  return kernels.some(vacuous) ? 3 : 0;
}

/** The table that `check` prints, and what needs saying besides. */
export function showCheck(report: CheckReport): string {
  const rows = report.kernels.map(({ kernel, variant, runs, steps, rules, mutants }) => [
    `${kernel} (${variant})`, runs, steps, rules.total, rules.exercised, rules.waived, rules.violated,
    mutants === null ? 'not tried' : `${mutants.caught} of ${mutants.tried}`,
  ]);
  const lines = [table(['kernel', 'runs', 'steps', 'rules', 'exercised', 'waived', 'violated', 'mutants caught'], rows)];
  for (const { kernel, rules, mutants } of report.kernels) {
    for (const { rule, number, status, violations, trace } of rules.byRule) {
      if (status === 'violated') lines.push('', `✗ ${rule} (${number})`, ...(violations ?? []).map((text) => `    ${text}`));
      if (trace !== undefined) lines.push(`    replay it: portcullis replay ${trace}`);
    }
    for (const { rule, number, exercised } of rules.byRule.filter(({ status }) => status === 'not exercised')) {
      const never = Object.entries(exercised).filter(([, count]) => count === 0).map(([condition]) => condition);
      lines.push('', `? ${rule} (${number}) was not put to the test${never.length > 0 ? `; never met: ${never.join('; ')}` : ''}`);
    }
    for (const rule of mutants?.toothless ?? []) lines.push('', `! no mutant shows that the check of ${rule} can fail`);
    for (const slug of mutants?.survivors ?? []) lines.push('', `! mutant ${kernel}/${slug} was not caught`);
  }
  return lines.join('\n');
}
