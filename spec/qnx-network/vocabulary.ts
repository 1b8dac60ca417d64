import { qnxVocabulary } from '#spec/qnx/vocabulary';
import { happeningOn, networkVocabulary } from '#spec/network/vocabulary';
import type { Form, Vocabulary } from '#spec/vocabulary';

/** What the network manager of a node does by itself, and what happens to it. */
export const netOperations = {
  /** Net carries off what has waited for it longest. */
  net_runs: happeningOn(),
  /** Time passes: Proc looks after the circuits of its node. */
  poll: happeningOn(),
  net_stops: happeningOn(),
  net_starts: happeningOn(),
} as const satisfies Vocabulary;

export const qnxNetworkVocabulary = (form: Form): Vocabulary => networkVocabulary(qnxVocabulary(form), netOperations);
