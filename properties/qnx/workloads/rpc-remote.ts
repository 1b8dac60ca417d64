import type { Scripts } from '#properties/script';
import { farExchange } from '#properties/qnx/scripts/far-exchange';

export const scripts: Scripts = { 'Send, Receive, Reply': farExchange(true) };
