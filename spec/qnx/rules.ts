import { costRules } from '#spec/qnx/rules/costs';
import { failureRules } from '#spec/qnx/rules/failures';
import { memoryRules } from '#spec/qnx/rules/memory';
import { messageRules } from '#spec/qnx/rules/messages';
import { nameRules } from '#spec/qnx/rules/names';
import { nodeRules } from '#spec/qnx/rules/network';
import { processRules } from '#spec/qnx/rules/processes';
import { proxyRules } from '#spec/qnx/rules/proxies';
import { redirectRules } from '#spec/qnx/rules/redirect';
import { schedulingRules } from '#spec/qnx/rules/scheduling';
import { signalRules } from '#spec/qnx/rules/signals';

/** Every rule of QNX 4 on one node, by slug. */
export const qnxRules = {
  ...messageRules,
  ...proxyRules,
  ...signalRules,
  ...processRules,
  ...nameRules,
  ...schedulingRules,
  ...memoryRules,
  ...failureRules,
  ...redirectRules,
  ...costRules,
  ...nodeRules,
};

/** The slug of a rule of QNX. */
export type QnxRule = keyof typeof qnxRules;
