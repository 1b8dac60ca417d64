import { qnxScope } from '#spec/qnx/scope';
import { qnxVocabulary } from '#spec/qnx/vocabulary';
import { lookup } from '#model/qnx/entries';
import type { QnxKernel, QnxScope } from '#model/qnx/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { qnxDepth } from '#properties/qnx/depth';
import { qnxExchanges } from '#properties/qnx/exchanges';
import { qnxScopes } from '#properties/qnx/scopes';
import { simplifyQnx } from '#properties/qnx/simplify';
import { qnxSuite } from '#properties/qnx/suite';
import { conformanceTheme } from '#properties/qnx/theme';
import type { Bundle } from '#traces/bundle';
import { showQnx } from '#traces/qnx/show';
import { qnxSpelling } from '#traces/qnx/spelling';
import { qnxWire } from '#traces/qnx/wire';

const ORDINARY_PRIORITY = 10;

/** Everything that running, recording, judging and replaying need to know of QNX. */
export const bundle: Bundle<QnxState, QnxCall, QnxKernel> = {
  suite: qnxSuite,
  explorations: qnxScopes,
  exchanges: qnxExchanges,
  simplify: simplifyQnx,
  spelling: qnxSpelling,
  wire: qnxWire,
  vocabularies: { wire: qnxVocabulary('wire'), program: qnxVocabulary('program'), trace: qnxVocabulary('trace') },
  scopes: qnxScope,
  conformanceTheme,
  spontaneous: () => [],
  /** A process is a task with one thread of control. */
  wireScope: (scope) => ({ threads: (scope as unknown as QnxScope).priorities.map(() => 1) }),
  modelScope: ({ threads }) => ({ priorities: threads.map(() => ORDINARY_PRIORITY) }),
  isLive: (state, space, id) => space !== 'pid' || lookup(state, id as never) !== null,
  depth: qnxDepth,
  show: showQnx,
};
