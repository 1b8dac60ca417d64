import { describe, expect, it, test } from 'vitest';
import { chorus } from '#model/chorus/kernel';
import type { AnyCall, Kernel } from '#model/kernel';
import { mach } from '#model/mach/kernel';
import { qnx } from '#model/qnx/kernel';
import { aloneOnItsSite, besideItsBackup, chorusCrash, chorusDeletion } from '#properties/chorus/redirect-stage';
import { chorusMutants } from '#properties/chorus/mutants';
import { machFailure, machRedirect } from '#properties/mach/redirect-stage';
import { machMutants } from '#properties/mach/mutants';
import { oneProgram, sum, together, type Failing } from '#properties/network/failing';
import type { Placement } from '#properties/network/stage';
import { mutate, type Mutant } from '#properties/obligation';
import { qnxMutants } from '#properties/qnx/mutants';
import { qnxFailure } from '#properties/qnx/redirect-stage';

type AnyFailing = Failing<unknown, AnyCall, unknown, unknown>;
type Case = readonly [what: string, failing: AnyFailing, placed: (processes: number) => Placement, kernel: Kernel, mutants: Readonly<Record<string, Mutant<never>>>];

const cases = [
  ['a server of Mach with a backup', machRedirect, together, mach, machMutants],
  ['a server of Mach without one', machFailure, together, mach, machMutants],
  ['a member of a Chorus group whose site crashes', chorusCrash, aloneOnItsSite, chorus, chorusMutants],
  ['a member of a Chorus group whose actor is deleted', chorusDeletion, besideItsBackup, chorus, chorusMutants],
  ['a server of QNX', qnxFailure, together, qnx, qnxMutants],
] as unknown as readonly Case[];

/** Faults by which messages are lost, come twice or out of order, or clients wait for ever. */
const faults: Readonly<Record<string, readonly string[]>> = {
  'a server of Mach with a backup': ['hand-over-drops-the-queue', 'hand-over-turns-the-queue-round', 'dying-task-has-no-backups', 'moved-port-loses-its-queue', 'dying-task-drops-send-once-rights'],
  'a server of Mach without one': ['dead-servers-clients-wait-for-ever', 'dead-destination-swallows-messages', 'last-message-comes-first'],
  'a member of a Chorus group whose site crashes': ['crash-forgets-its-clients', 'functional-mode-reaches-everybody', 'request-is-queued-twice'],
  'a member of a Chorus group whose actor is deleted': ['dead-ports-stay-in-groups', 'clients-of-a-deleted-actor-hang', 'clients-of-held-requests-hang'],
  'a server of QNX': ['death-leaves-send-blocked', 'death-leaves-reply-blocked', 'parent-takes-over-the-queue'],
};

const all = (failing: AnyFailing, placed: (processes: number) => Placement, kernel: Kernel, programs: number) =>
  sum(Array.from({ length: programs }, (_, seed) => oneProgram(failing, placed, kernel, seed)));

describe.each(cases)('%s fails at every place of programs', (what, failing, placed, kernel, mutants) => {
  it('and messages are received once, in order, and lost only where the rules say so; nobody waits for ever', () => {
    const { violations, fates, runs } = all(failing, placed, kernel, 60);
    expect(violations).toEqual([]);
    expect(runs).toBeGreaterThan(500);
    expect(fates.received).toBeGreaterThan(100);
    if (what.includes('backup') || what.includes('group')) expect(fates.redirected).toBeGreaterThan(100);
    else expect(fates.redirected).toBe(0);
  });

  test.each(faults[what]!)('and %s is noticed', (name) => {
    expect(all(failing, placed, mutate(kernel as never, mutants[name]!), 40).violations).not.toEqual([]);
  });
});
