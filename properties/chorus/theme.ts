import type { Privilege } from '#spec/chorus/vocabulary';
import type { ChorusScope } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { drawing, rows } from '#properties/chorus/draw-call';
import { Weaver } from '#properties/chorus/motifs';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

/** Actors with their threads and sites. */
const settings: readonly Pick<ChorusScope, 'threads' | 'sites'>[] = [
  { threads: [2, 2], sites: [0, 0] },
  { threads: [2, 2], sites: [0, 1] },
  { threads: [2, 1, 2], sites: [0, 0, 1] },
  { threads: [3, 1, 1], sites: [0, 0, 1] },
  { threads: [1, 1, 2], sites: [0, 1, 2] },
  { threads: [2, 2, 1, 1], sites: [0, 0, 1, 1] },
];

const privileges: readonly Privilege[] = ['system', 'user', 'supervisor'];

/** How privileges are dealt out: system actors alone can do everything. */
const casts: readonly (readonly Privilege[])[] = [['system'], ['system', 'user'], ['user', 'supervisor'], privileges];

/** What ends a run early, or leaves threads to themselves, is rare in most runs. */
const disturbing = ['actorDelete', 'actorStop', 'threadSuspend', 'threadDelete'];

/** A run has a character: some operations are frequent in it, some absent, and its limits are easily met. */
export function chorusTheme(random: Random): Theme<ChorusState, ChorusCall> {
  const setting = random.pick(settings);
  const cast = random.pick(casts);
  const scope: ChorusScope = {
    ...setting,
    privileges: setting.threads.map(() => random.pick(cast)),
    priorities: random.pick([[128], [128, 100], [128, 128, 100]]),
    limits: {
      annex: 2, body: 3, queue: random.pick([1, 2, 3]), saved: random.pick([1, 1, 2]), ports: random.pick([5, 64, 64]), packets: random.pick([1, 3, 8]),
    },
  };
  const draw = drawing(shares(random), { itself: random.pick([3, 6, 12]), accident: random.pick([0, 0, 0, 12, 40]) });
  return { scope: { ...scope }, draw: woven(draw, random.pick([0, 0, 2, 4])) };
}

type DrawCall = Theme<ChorusState, ChorusCall>['draw'];

/** Calls at large, and one in so many of a plan; 0: none. */
function woven(draw: DrawCall, planned: number): DrawCall {
  if (planned === 0) return draw;
  const weaver = new Weaver();
  return (state, random) => (random.once(planned) ? weaver.next(state, random) : null) ?? draw(state, random);
}

/** What other implementations are asked: with the limits that the nucleus has, and without accidents. */
export function conformanceTheme(random: Random): Theme<ChorusState, ChorusCall> {
  const setting = random.pick(settings.slice(0, 4));
  return { scope: { threads: setting.threads }, draw: drawing(shares(random), { itself: 6, accident: 0 }) };
}

function shares(random: Random): Record<string, number> {
  const table: Record<string, number> = {};
  for (const [operation, [weight]] of Object.entries(rows)) table[operation] = weight * random.pick([0, 1, 2, 2, 4]);
  for (const operation of ['ipcSend', 'ipcReceive', 'portCreate']) table[operation] = Math.max(table[operation]!, rows[operation]![0]);
  for (const operation of disturbing) if (!random.once(3)) table[operation] = 0;
  return table;
}
