import { messageFormLaws } from '#properties/mach/laws/message-form';
import { receiveRightLaws } from '#properties/mach/laws/receive-right-is-exclusive';
import { sendRoomLaws } from '#properties/mach/laws/send-room';
import { sendWakesLaws } from '#properties/mach/laws/send-wakes';
import type { MachLaws } from '#properties/mach/obligation';

/** How each of Mach's rules is discharged: by an obligation, or by a waiver that says why not. */
export const machDischarges: MachLaws = { ...receiveRightLaws, ...messageFormLaws, ...sendRoomLaws, ...sendWakesLaws };
