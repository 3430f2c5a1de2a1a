/** Style of report.html: light, dark and on paper; nothing comes from elsewhere. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #16181b);
  --ink: light-dark(#1a1a1a, #e6e6e3);
  --soft: light-dark(#5a5f66, #a2a8b0);
  --line: light-dark(#d5d9de, #3a3f46);
  --wash: light-dark(#f4f6f8, #1f2328);
  --mark: light-dark(#8a3b00, #f0a070);
  --mark-wash: light-dark(#fdf3ea, #33251a);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 5rem; max-width: 68rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif;
}
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { font-size: 1.9rem; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 3.25rem 0 .75rem; padding-top: .9rem; border-top: 1px solid var(--line); }
p, dd, li { max-width: 46rem; }
.lead { font-size: 1.08rem; color: var(--soft); margin: 0 0 1.25rem; }
code, pre { font: .9em/1.5 ui-monospace, monospace; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
nav ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .93rem; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .18em; }
a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.4rem; margin: 1rem 0; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
dl.measures dt { font-weight: 600; margin-top: .9rem; }
dl.measures dd { margin: .1rem 0 0; }
.table { margin: 1.5rem 0 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; line-height: 1.35; font-variant-numeric: tabular-nums; min-width: 60%; border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink); }
caption { text-align: left; font-weight: 600; font-size: .98rem; padding: 0 0 .5rem; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; font-weight: 400; white-space: nowrap; }
th:first-child { padding-left: .15rem; }
thead th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--ink); white-space: normal; }
thead small { display: block; font-weight: 400; color: var(--soft); white-space: nowrap; }
.right { text-align: right; }
td.text { white-space: normal; min-width: 13rem; }
tbody tr:nth-child(even) { background: var(--wash); }
tbody tr.group > * { border-top: 1px solid var(--line); }
.note { font-size: .85rem; color: var(--soft); margin: .5rem 0 0; }
figure { margin: 1.5rem 0 2rem; }
figure .sheet { background: #ffffff; border: 1px solid var(--line); border-radius: 6px; padding: .5rem; overflow-x: auto; }
figure svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
figcaption { font-size: .88rem; color: var(--soft); margin-top: .5rem; max-width: 46rem; }
.warning { border-left: 4px solid var(--mark); background: var(--mark-wash); padding: .7rem 1rem; margin: 1rem 0; max-width: 48rem; }
.warning strong { color: var(--mark); }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2 { margin-top: 1.6rem; break-after: avoid; }
  figure, tr, .warning { break-inside: avoid; }
  thead { display: table-header-group; }
  table { font-size: 6.6pt; }
  th, td { padding: .15rem .3rem; }
  td.text { min-width: 0; }
  .scroll { overflow: visible; }
}
`
