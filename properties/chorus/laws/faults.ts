import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { Mechanisms } from '#model/chorus/mechanisms';
import type { ChorusKernel } from '#model/chorus/kernel';
import { operations } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { Chorus, ChorusCall } from '#model/chorus/world';
import { change } from '#model/operation';
import type { OperationName } from '#properties/chorus/obligation';

/** The same world with other mechanisms: a fault that shows in one operation only. */
export const altered = <W extends Chorus>(world: W, mechanisms: Partial<Mechanisms>): W =>
  Object.create(world, { mechanisms: { value: { ...world.mechanisms, ...mechanisms } } }) as W;

type Operations = ChorusKernel['operations'];
type Step<Op extends OperationName> = Operations[Op]['step'];
type World = Parameters<Operations['ipcCall']['step']>[0] & Parameters<Operations['ipcReceive']['step']>[0];
type CallTo<Op extends OperationName> = Extract<ChorusCall, { operation: Op }>;

/** An operation that goes by other arguments than it was given. */
export function misread<Op extends OperationName>(name: Op, read: (state: ChorusState, call: CallTo<Op>) => CallTo<Op>): Partial<Operations> {
  return around(name, (world, call, step) => step(world, read(world.state, call)));
}

/** An operation with something wrong before or after it. */
export function around<Op extends OperationName>(
  name: Op, wrong: (world: World, call: CallTo<Op>, step: (world: World, call: CallTo<Op>) => ReturnType<Step<Op>>) => ReturnType<Step<Op>>,
): Partial<Operations> {
  const sound = operations[name];
  const step = sound.step as unknown as (world: World, call: CallTo<Op>) => ReturnType<Step<Op>>;
  return { [name]: { ...sound, step: (world: World, call: CallTo<Op>) => wrong(world, call, step) } } as unknown as Partial<Operations>;
}

/** An operation that does something more once it has gone through. */
export const afterwards = <Op extends OperationName>(name: Op, more: (world: World, call: CallTo<Op>) => void): Partial<Operations> =>
  around(name, (world, call, step) => {
    const verdict = step(world, call);
    if (verdict.tag !== 'raised') more(world, call);
    return verdict;
  });

/** An operation that takes every thread for a privileged one. */
export const unguarded = (name: OperationName): Partial<Operations> => around(name, (world, call, step) => {
  const { thread: id } = call as unknown as { thread: ThreadId };
  const thread = world.state.threads[id]!;
  const { supervisor } = thread;
  change(thread).supervisor = true;
  const verdict = step(world, call as never);
  change(world.state.threads[id]!).supervisor = supervisor;
  return verdict;
});

/** The capability with the key that it ought to have. */
export function rekeyed(state: ChorusState, capability: Capability | null): Capability | null {
  const actor = capability === null ? undefined : state.actors.find(({ ui }) => ui === capability.ui);
  return capability === null || actor === undefined ? capability : { ...capability, key: actor.key };
}

/** The identity of an operation at the door: it is let through as on the site of the actor it is about. */
export const anySite = <Op extends OperationName>(name: Op): Partial<Operations> => around(name, (world, call, step) => {
  const { actor, thread } = call as unknown as { actor: Capability | null; thread: ThreadId };
  const target = actor === null ? undefined : world.state.actors.find(({ ui, life }) => ui === actor.ui && life === 'live');
  const home = world.state.actors[world.state.threads[thread]!.actor]!;
  if (target === undefined) return step(world, call);
  const { site } = home;
  change(home).site = target.site;
  const verdict = step(world, call);
  change(home).site = site;
  return verdict;
});
