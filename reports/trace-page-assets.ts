/** How a page about a trace looks, by day and by night. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
h1 { font-size: 1.3rem; margin-bottom: 0; }
.source, .keys { opacity: .7; font-size: .85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dt { opacity: .7; } dd { margin: 0; }
.outcome { font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
tr:focus { outline: 2px solid Highlight; }
.raised { color: var(--bad); } .returned { color: var(--good); } .blocked, .ended { opacity: .7; }
.diff { font-family: ui-monospace, monospace; white-space: pre-wrap; }
ins, del { display: block; text-decoration: none; }
ins { color: var(--good); } ins::before { content: "+ "; }
del { color: var(--bad); } del::before { content: "− "; }
.allowed td { border-left: 4px solid var(--bad); }
`;

/** Going from call to call by keys. */
export const pageScript = `
document.addEventListener('keydown', (event) => {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = [...document.querySelectorAll('tr[id^=step]')];
  const at = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  if (next) { next.focus(); event.preventDefault(); }
});
`;
