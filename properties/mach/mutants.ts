import { messageFormMutants } from '#properties/mach/laws/message-form-mutants';
import { receiveRightMutants } from '#properties/mach/laws/receive-right-is-exclusive';
import { sendRoomMutants } from '#properties/mach/laws/send-room-mutants';
import { sendWakesMutants } from '#properties/mach/laws/send-wakes-mutants';
import type { MachMutants } from '#properties/mach/obligation';

/** Mach's mutants by slug. */
export const machMutants: MachMutants = { ...receiveRightMutants, ...messageFormMutants, ...sendRoomMutants, ...sendWakesMutants };
