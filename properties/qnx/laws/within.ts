import type { Part, ProcessId } from '#spec/qnx/vocabulary';
import { faults, toParts } from '#model/qnx/memory/bytes';
import type { QnxState } from '#model/qnx/state';

/** For mutants: whether a buffer lies in the memory of its process. */
export const isWithin = (state: QnxState, process: ProcessId, part: Part): boolean => !faults(state, process, toParts([part]));
