import type { Scripts } from '#properties/script';
import { message } from '#properties/chorus/scripts/exchange';

export const scripts: Scripts = { ipcSend: message({ apart: true }) };

export const note = 'the packets of the network managers are counted, not the processor that they need';
