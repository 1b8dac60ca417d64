import type { MachNetworkRule } from '#spec/mach-network/rules';
import { carryingLaws } from '#properties/mach-network/laws/carrying';
import { guaranteeLaws } from '#properties/mach-network/laws/guarantees';
import { messageLaws } from '#properties/mach-network/laws/messages';
import { nameServiceLaws } from '#properties/mach-network/laws/names-find-services';
import { tableLaws } from '#properties/mach-network/laws/tables';
import { whereaboutsLaws } from '#properties/mach-network/laws/whereabouts';
import type { MachNetworkLaws, MachNetworkObligation } from '#properties/mach-network/obligation';
import { ledgerAfter } from '#properties/mach-network/ledger';
import { isWaiver, type Waiver } from '#properties/obligation';

const waived: MachNetworkLaws = {
  'mach-network/transparency-has-limits': {
    waived: 'It collects what other rules say, each of which is checked: order, crashes, send-once rights, no-senders, and memory that is not shared.',
  },
};

/** Whichever of the laws are asked, and of whatever steps: the ledger is kept through all of them. */
function withLedger(law: MachNetworkObligation | Waiver): MachNetworkObligation | Waiver {
  if (isWaiver(law)) return law;
  const own = law.monitor;
  return {
    ...law,
    monitor: {
      start: () => own?.start() ?? null,
      next: (seen, step) => {
        ledgerAfter(step);
        return own?.next(seen, step) ?? [];
      },
    },
  };
}

const laws = { ...tableLaws, ...messageLaws, ...carryingLaws, ...whereaboutsLaws, ...guaranteeLaws, ...nameServiceLaws, ...waived };

/** How each rule is discharged: by an obligation, or by a waiver that says why not. */
export const machNetworkDischarges = Object.fromEntries(
  Object.entries(laws).map(([rule, law]) => [rule, withLedger(law)]),
) as Readonly<Record<MachNetworkRule, MachNetworkObligation | Waiver>>;
