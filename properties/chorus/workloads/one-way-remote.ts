import type { Scripts } from '#properties/script';
import { message } from '#properties/chorus/exchange';

export const scripts: Scripts = { ipcSend: message(true) };
