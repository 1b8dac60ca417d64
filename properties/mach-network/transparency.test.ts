import { describe, expect, it } from 'vitest';
import { legacyMachNetwork, machNetwork } from '#model/mach-network/kernel';
import { machNetworkRedirect } from '#properties/mach-network/redirect-stage';
import { machNetworkExcuses, machNetworkStage, onOneMachine } from '#properties/mach-network/stage';
import { oneProgram, sum } from '#properties/network/failing';
import type { Placement } from '#properties/network/stage';
import { compareProgram } from '#properties/network/transparency';
import { Random } from '#properties/random';

const compared = (kernel: typeof machNetwork, programs: number) => Array.from({ length: programs }, (_, seed) =>
  compareProgram(machNetworkStage, machNetworkExcuses, kernel, machNetworkStage.draw(new Random(seed)), onOneMachine));

describe('programs of Mach tasks on several machines', () => {
  it('see what they see on one machine', () => {
    const all = compared(machNetwork, 120);
    expect(all.flatMap(({ violations }) => violations)).toEqual([]);
    expect(all.reduce((total, one) => total + one.compared, 0)).toBeGreaterThan(500);
  });

  it('see that servers of 1989 know no send-once rights', () => {
    const [first] = compared(legacyMachNetwork, 20).flatMap(({ violations }) => violations);
    expect(first).toContain('"kind":"send"');
    expect(first).toContain('"kind":"send-once"');
  });

  it('find their server on another machine after its task has ended, and lose nothing', () => {
    const spread = (processes: number): Placement => Array.from({ length: processes }, (_, process) => process % 3);
    const { violations, fates } = sum(Array.from({ length: 20 }, (_, seed) => oneProgram(machNetworkRedirect, spread, machNetwork, seed)));
    expect(violations).toEqual([]);
    expect(fates.redirected).toBeGreaterThan(100);
  });
});
