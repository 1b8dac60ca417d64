import { machVocabulary } from '#spec/mach/vocabulary';
import { happeningOn, networkVocabulary } from '#spec/network/vocabulary';
import type { Form, Vocabulary } from '#spec/vocabulary';

/** What network message servers do by themselves. */
export const serverOperations = {
  /** The server takes one message of its port set, and handles it. */
  netmsgserver_runs: happeningOn(),
  /** Time for a checkup: what has been silent is asked after, sent again or given up. */
  checkup: happeningOn(),
  /** The server's task ends and another takes its place. */
  netmsgserver_restarts: happeningOn(),
} as const satisfies Vocabulary;

export const machNetworkVocabulary = (form: Form): Vocabulary => networkVocabulary(machVocabulary(form), serverOperations);
