import type { Reference, TaskId } from '#spec/mach/vocabulary';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Theme } from '#properties/suite';

export type DrawCall = Theme<MachState, MachCall>['draw'];

/** How often another call is drawn where one is not fit. */
export const TRIES = 20;

/** The tasks that a call may be about: any, where it says so by a name. */
export const targets = ({ tasks }: MachState, task: Reference<TaskId>): readonly number[] =>
  (task.tag === 'identity' ? [task.identity] : tasks.map((_, id) => id));
