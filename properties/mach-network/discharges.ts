import type { MachNetworkRule } from '#spec/mach-network/rules';
import { carryingLaws } from '#properties/mach-network/laws/carrying';
import { guaranteeLaws } from '#properties/mach-network/laws/guarantees';
import { messageLaws } from '#properties/mach-network/laws/messages';
import { nameServiceLaws } from '#properties/mach-network/laws/names-find-services';
import { tableLaws } from '#properties/mach-network/laws/tables';
import { whereaboutsLaws } from '#properties/mach-network/laws/whereabouts';
import type { MachNetworkLaws, MachNetworkObligation } from '#properties/mach-network/obligation';
import type { Waiver } from '#properties/obligation';

const waived: MachNetworkLaws = {
  'mach-network/transparency-has-limits': {
    waived: 'It collects what other rules say, each of which is checked: order, crashes, send-once rights, no-senders, and memory that is not shared.',
  },
};

/** How each rule is discharged: by an obligation, or by a waiver that says why not. */
export const machNetworkDischarges = {
  ...tableLaws, ...messageLaws, ...carryingLaws, ...whereaboutsLaws, ...guaranteeLaws, ...nameServiceLaws, ...waived,
} as Readonly<Record<MachNetworkRule, MachNetworkObligation | Waiver>>;
