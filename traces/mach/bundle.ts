import { machScope } from '#spec/mach/scope';
import { machVocabulary } from '#spec/mach/vocabulary';
import type { MachKernel, MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machExchanges } from '#properties/mach/exchanges';
import { machScopes } from '#properties/mach/scopes';
import { simplifyMach } from '#properties/mach/simplify';
import { machSuite } from '#properties/mach/suite';
import { machDepth } from '#properties/mach/depth';
import { timedWaits } from '#properties/mach/draw';
import { conformanceTheme } from '#properties/mach/conformance-theme';
import type { Bundle } from '#traces/bundle';
import { showMach } from '#traces/mach/show';
import { machSpelling } from '#traces/mach/spelling';
import { machWire } from '#traces/mach/wire';

const NAMES = 'names of ';

/** Everything that running, recording, judging and replaying need to know of Mach. */
export const bundle: Bundle<MachState, MachCall, MachKernel> = {
  suite: machSuite,
  explorations: machScopes,
  exchanges: machExchanges,
  simplify: simplifyMach,
  spelling: machSpelling,
  wire: machWire,
  vocabularies: { wire: machVocabulary('wire'), program: machVocabulary('program'), trace: machVocabulary('trace') },
  scopes: machScope,
  conformanceTheme,
  spontaneous: (state) => timedWaits(state).map((waiting) => ({ operation: 'timeout', waiting })),
  wireScope: (scope) => {
    const { threads, memory } = scope as unknown as MachScope;
    return { threads: [...threads], ...(memory === undefined ? {} : { memory: { pageSize: memory.pageSize, pageCount: memory.pageCount } }) };
  },
  modelScope: ({ threads, memory }) => ({ threads, ...(memory === undefined ? {} : { memory }) }),
  isLive: (state, space, id) => {
    if (!space.startsWith(NAMES)) return true;
    const task = state.tasks[Number(space.slice(NAMES.length))];
    return (task?.names[id] ?? null) !== null;
  },
  depth: machDepth,
  show: showMach,
};
