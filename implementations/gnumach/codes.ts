/** What the kernel's return codes are called. */
const names: Readonly<Record<number, string>> = {
  1: 'KERN_INVALID_ADDRESS',
  2: 'KERN_PROTECTION_FAILURE',
  3: 'KERN_NO_SPACE',
  4: 'KERN_INVALID_ARGUMENT',
  5: 'KERN_FAILURE',
  6: 'KERN_RESOURCE_SHORTAGE',
  7: 'KERN_NOT_RECEIVER',
  8: 'KERN_NO_ACCESS',
  9: 'KERN_MEMORY_FAILURE',
  10: 'KERN_MEMORY_ERROR',
  12: 'KERN_NOT_IN_SET',
  13: 'KERN_NAME_EXISTS',
  14: 'KERN_ABORTED',
  15: 'KERN_INVALID_NAME',
  16: 'KERN_INVALID_TASK',
  17: 'KERN_INVALID_RIGHT',
  18: 'KERN_INVALID_VALUE',
  19: 'KERN_UREFS_OVERFLOW',
  20: 'KERN_INVALID_CAPABILITY',
  21: 'KERN_RIGHT_EXISTS',
  22: 'KERN_INVALID_HOST',
  23: 'KERN_MEMORY_PRESENT',
  26: 'KERN_TERMINATED',
  27: 'KERN_TIMEDOUT',
  28: 'KERN_INTERRUPTED',
  0x1000_0002: 'MACH_SEND_INVALID_DATA',
  0x1000_0003: 'MACH_SEND_INVALID_DEST',
  0x1000_0004: 'MACH_SEND_TIMED_OUT',
  0x1000_0005: 'MACH_SEND_WILL_NOTIFY',
  0x1000_0006: 'MACH_SEND_NOTIFY_IN_PROGRESS',
  0x1000_0007: 'MACH_SEND_INTERRUPTED',
  0x1000_0008: 'MACH_SEND_MSG_TOO_SMALL',
  0x1000_0009: 'MACH_SEND_INVALID_REPLY',
  0x1000_000a: 'MACH_SEND_INVALID_RIGHT',
  0x1000_000b: 'MACH_SEND_INVALID_NOTIFY',
  0x1000_000c: 'MACH_SEND_INVALID_MEMORY',
  0x1000_000d: 'MACH_SEND_NO_BUFFER',
  0x1000_000e: 'MACH_SEND_NO_NOTIFY',
  0x1000_000f: 'MACH_SEND_INVALID_TYPE',
  0x1000_0010: 'MACH_SEND_INVALID_HEADER',
  0x1000_4002: 'MACH_RCV_INVALID_NAME',
  0x1000_4003: 'MACH_RCV_TIMED_OUT',
  0x1000_4004: 'MACH_RCV_TOO_LARGE',
  0x1000_4005: 'MACH_RCV_INTERRUPTED',
  0x1000_4006: 'MACH_RCV_PORT_CHANGED',
  0x1000_4007: 'MACH_RCV_INVALID_NOTIFY',
  0x1000_4008: 'MACH_RCV_INVALID_DATA',
  0x1000_4009: 'MACH_RCV_PORT_DIED',
  0x1000_400a: 'MACH_RCV_IN_SET',
  0x1000_400b: 'MACH_RCV_HEADER_ERROR',
  0x1000_400c: 'MACH_RCV_BODY_ERROR',
  0xffff_fed4: 'MIG_TYPE_ERROR',
  0xffff_fed1: 'MIG_BAD_ID',
  0xffff_fed0: 'MIG_BAD_ARGUMENTS',
  0xffff_fecd: 'MIG_ARRAY_TOO_LARGE',
};

/** Bits of a message code that only say which resource ran short. */
const shortageBits = 0x3c00;

/** A code of `mach_msg` without what it says of shortages. */
export const messageCode = (code: number): number => (code & ~shortageBits) >>> 0;

const firstMessageCode = 0x1000_0000;
const lastMessageCode = 0x1000_ffff;

/** A code that comes back of a request: the kernel's answer, or what became of the message. */
export const requestCode = (code: number): number =>
  (code >= firstMessageCode && code <= lastMessageCode ? messageCode(code) : code);

export const codeName = (code: number): string => names[code] ?? `0x${code.toString(16)}`;

export const noError = 0;
export const sendInvalidDestination = 0x1000_0003;
export const migBadId = 0xffff_fed1;
