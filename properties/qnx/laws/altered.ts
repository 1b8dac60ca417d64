import type { Mechanisms } from '#model/qnx/mechanisms';
import type { ChoiceKind, Qnx } from '#model/qnx/world';

/** The same world with other mechanisms: a fault that shows in one operation only. */
export const altered = (world: Qnx, mechanisms: Partial<Mechanisms>): Qnx =>
  Object.create(world, { mechanisms: { value: { ...world.mechanisms, ...mechanisms } } }) as Qnx;

/** The same world, where one kind of choice is always decided for the first option. */
export function decided(world: Qnx, kind: ChoiceKind): Qnx {
  const { choose } = world;
  const decide = <T>(of: ChoiceKind, options: readonly T[], label: (option: T) => string): T =>
    (of === kind ? options[0]! : choose(of, options, label));
  return Object.create(world, { choose: { value: decide } }) as Qnx;
}
