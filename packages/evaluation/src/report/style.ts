/** Style of an evaluation's report beyond that of all reports: findings, and exhibits that fold. */
export const EVALUATION_STYLE = `
.findings { padding-left: 1.4rem; }
.findings li { margin: .55rem 0; max-width: 48rem; }
details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .7rem .2rem; font-weight: 600; font-size: 1.05rem; }
summary small { font-weight: 400; color: var(--soft); margin-left: .5rem; }
summary:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
details > :not(summary) { margin-left: .2rem; }
details[open] { padding-bottom: 1.2rem; }
.caption { font-size: .9rem; color: var(--soft); }
details figure { margin: .5rem 0 1rem; }
details figure svg { width: 100%; max-width: 52rem; }
@media (max-width: 40rem) {
  body { padding: 1.25rem .8rem 3rem; }
  dl.facts { grid-template-columns: 1fr; }
  dl.facts dd { margin-bottom: .5rem; }
  details figure svg { min-width: 34rem; }
}
@media print {
  details::details-content { content-visibility: visible; height: auto; }
  details { break-inside: auto; }
  summary { list-style: none; break-after: avoid; }
}
`
