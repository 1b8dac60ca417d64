import type { MachOperationName, TaskId } from '#spec/mach/vocabulary';
import { operations, type MachKernel } from '#model/mach/kernel';
import type { Mechanisms } from '#model/mach/mechanisms';
import type { Entry, MachState } from '#model/mach/state';
import type { MachCall, ChoiceKind, Mach } from '#model/mach/world';
import { raised, type Effects, type Verdict } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';

type World = Mach<ChoiceKind>;
type CallTo<Op extends MachOperationName> = Extract<MachCall, { operation: Op }>;
type Outcome = Verdict<Effects>;
interface Faulty { readonly operations: Partial<MachKernel['operations']> }

/** An operation in which something is wrong: `step` may do as the sound one does, and more or less. */
export function faulty<const Op extends MachOperationName>(
  operation: Op, step: (world: World, call: CallTo<Op>, sound: (call?: object) => Outcome) => Outcome,
): Faulty {
  const sound = operations[operation] as { readonly step: (world: World, call: object) => Outcome };
  const broken = {
    ...sound,
    step: (world: World, call: CallTo<Op>) => step(world, call, (other) => sound.step(world, { ...call, ...other })),
  };
  return { operations: { [operation]: broken } as never };
}

/** Something goes wrong after an operation has succeeded. */
export const afterwards = <const Op extends MachOperationName>(
  operation: Op, spoil: (state: MachState, call: CallTo<Op>, world: World) => void,
): Faulty => faulty(operation, (world, call, sound) => {
  const verdict = sound();
  if (verdict.tag === 'returned') spoil(world.state, call, world);
  return verdict;
});

/** An operation that mistakes one error for another, or for success. */
export const mistaking = <const Op extends MachOperationName>(
  operation: Op, error: string, instead: Outcome | string, when: (call: CallTo<Op>, state: MachState) => boolean = () => true,
): Faulty => faulty(operation, (world, call, sound) => {
  const applies = when(call, world.state);
  const verdict = sound();
  if (!applies || !('error' in verdict) || verdict.error !== error) return verdict;
  return typeof instead === 'string' ? raised(instead) as Outcome : instead;
});

/** An operation during which shared steps are not what they are. */
export const during = <const Op extends MachOperationName>(operation: Op, mechanisms: Partial<Mechanisms>): Faulty => {
  const sound = operations[operation] as { readonly step: (world: World, call: object) => Outcome };
  return { operations: { [operation]: { ...sound, step: (world: World, call: object) => sound.step(altered(world, mechanisms), call) } } as never };
};

/** The task that a call names by identity, as those do that faults are to show in. */
export const taskOf = (call: { readonly task: { readonly tag: string } }): TaskId | null =>
  (call.task.tag === 'identity' ? (call.task as unknown as { readonly identity: TaskId }).identity : null);

/** What a name of the task that a call is about denotes. */
export function entryIn(state: MachState, call: { readonly task: { readonly tag: string }; readonly name: number }): Entry | null {
  const task = taskOf(call);
  return task === null || call.name <= 0 ? null : state.tasks[task]?.names[call.name] ?? null;
}
