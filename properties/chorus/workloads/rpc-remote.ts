import type { Scripts } from '#properties/script';
import { exchange } from '#properties/chorus/scripts/exchange';

export const scripts: Scripts = { 'ipcCall, ipcReply': exchange({ apart: true }) };

export const note = 'the packets of the network managers are counted, not the processor that they need';
