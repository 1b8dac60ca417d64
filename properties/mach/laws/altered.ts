import type { Mechanisms } from '#model/mach/mechanisms';
import type { ChoiceKind, Mach } from '#model/mach/world';

/** The same world with other mechanisms: a fault that shows in one operation only. */
export const altered = <W extends Mach>(world: W, mechanisms: Partial<Mechanisms>): W =>
  Object.create(world, { mechanisms: { value: { ...world.mechanisms, ...mechanisms } } }) as W;

/** The same world, where one kind of choice is always decided for the first option. */
export function decided<W extends Mach>(world: W, kind: ChoiceKind): W {
  const open = world as unknown as Mach<ChoiceKind>;
  const decide = <T>(of: ChoiceKind, options: readonly T[], label: (option: T) => string): T =>
    (of === kind ? options[0]! : open.choose(of, options, label));
  return Object.create(world, { choose: { value: decide } }) as W;
}

/** The same world, where one kind of choice is offered the other way round. */
export function reversed<W extends Mach>(world: W, kind: ChoiceKind): W {
  const open = world as unknown as Mach<ChoiceKind>;
  const turned = <T>(of: ChoiceKind, options: readonly T[], label: (option: T) => string): T =>
    open.choose(of, of === kind ? options.toReversed() : options, label);
  return Object.create(world, { choose: { value: turned } }) as W;
}
