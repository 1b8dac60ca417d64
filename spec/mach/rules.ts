import { circularityRules } from '#spec/mach/rules/circularity';
import { costRules } from '#spec/mach/rules/costs';
import { dispositionRules } from '#spec/mach/rules/dispositions';
import { entryRules } from '#spec/mach/rules/entries';
import { errorRules } from '#spec/mach/rules/errors';
import { exceptionRules } from '#spec/mach/rules/exceptions';
import { kernelPortRules } from '#spec/mach/rules/kernel-ports';
import { messageRules } from '#spec/mach/rules/messages';
import { nameErrorRules } from '#spec/mach/rules/name-errors';
import { nameRules } from '#spec/mach/rules/names';
import { notificationRules } from '#spec/mach/rules/notifications';
import { openRules } from '#spec/mach/rules/open';
import { memoryObjectRules } from '#spec/mach/rules/memory-objects';
import { defaultManagerRules } from '#spec/mach/rules/default-manager';
import { pagerRules } from '#spec/mach/rules/pagers';
import { outOfLineRules } from '#spec/mach/rules/out-of-line';
import { portRules } from '#spec/mach/rules/ports';
import { receiveRules } from '#spec/mach/rules/receive';
import { receiveErrorRules } from '#spec/mach/rules/receive-errors';
import { deviceRules } from '#spec/mach/rules/devices';
import { requestRules } from '#spec/mach/rules/requests';
import { redirectRules } from '#spec/mach/rules/redirect';
import { rpcRules } from '#spec/mach/rules/rpc';
import { sendRules } from '#spec/mach/rules/send';
import { sendErrorRules } from '#spec/mach/rules/send-errors';
import { taskRules } from '#spec/mach/rules/tasks';
import { virtualMemoryRules } from '#spec/mach/rules/virtual-memory';
import { threadRules } from '#spec/mach/rules/threads';
import type { Rule } from '#spec/rule';

/** Every rule of Mach 3 that ports, rights, messages, notifications, tasks and threads need, by slug. */
export const machRules = {
  ...taskRules,
  ...threadRules,
  ...kernelPortRules,
  ...requestRules,
  ...deviceRules,
  ...portRules,
  ...nameRules,
  ...entryRules,
  ...dispositionRules,
  ...circularityRules,
  ...messageRules,
  ...sendRules,
  ...receiveRules,
  ...rpcRules,
  ...notificationRules,
  ...errorRules,
  ...nameErrorRules,
  ...sendErrorRules,
  ...receiveErrorRules,
  ...redirectRules,
  ...costRules,
  ...openRules,
  ...virtualMemoryRules,
  ...exceptionRules,
  ...outOfLineRules,
  ...memoryObjectRules,
  ...pagerRules,
  ...defaultManagerRules,
};

/** The slug of a rule of Mach. */
export type MachRule = keyof typeof machRules;

requireDistinct(machRules, [
  taskRules, threadRules, kernelPortRules, requestRules, deviceRules, portRules, nameRules, entryRules, dispositionRules,
  circularityRules, messageRules, sendRules, receiveRules, rpcRules, notificationRules, errorRules,
  nameErrorRules, sendErrorRules, receiveErrorRules, redirectRules, costRules, openRules,
  virtualMemoryRules, exceptionRules, outOfLineRules, memoryObjectRules, pagerRules,
  defaultManagerRules,
]);

type Table = Readonly<Record<string, Rule>>;

/** Throws unless slug and number tell every rule of the tables apart, and together they make up `union`. */
function requireDistinct(union: Table, tables: readonly Table[]): void {
  const rules = tables.flatMap((table) => Object.entries(table));
  const slugOf = new Map<string, string>();
  for (const [slug, { number }] of rules) {
    const other = slugOf.get(number);
    if (other !== undefined) throw new Error(`${slug} and ${other} are both numbered ${number}`);
    slugOf.set(number, slug);
  }
  const slugs = new Set(rules.map(([slug]) => slug));
  const shared = rules.find(([slug], place) => rules.findIndex(([first]) => first === slug) < place);
  if (shared !== undefined) throw new Error(`two rules are called ${shared[0]}`);
  const unchecked = Object.keys(union).filter((slug) => !slugs.delete(slug));
  const missing = [...unchecked, ...slugs];
  if (missing.length > 0) throw new Error(`not in both the union and its check: ${missing.join(', ')}`);
}
