// Text of the report: limits of its figures, and the files beside it.

/** Limits of what the figures say. */
export const LIMITS: readonly string[] = [
  'A run is the unit. Intervals say how the median of such runs on this machine may lie, not how another machine, network or neighbourhood would be; the same readings and seeds are used throughout.',
  'Intervals are given one by one. Of twenty intervals of 95 % one is expected to miss, so that a single small difference among many proves little.',
  'In virtual time only the machines’ own computation is timed, and it takes no protocol time; live nodes share one machine’s processors, and connections go over loopback. Ratios between contenders carry further than the figures.',
  'Schemes of the literature run as described in this repository, with choices where papers leave something open, and with signatures around every message; their authors’ own programs may cost more or less.',
  'Contenders promise different things. A cheaper one that trusts more is not better than a dearer one that trusts less: read costs beside the table on security.',
  'Energy is a model, storage is extrapolated from the length of a run, and bounds on collusion are computed; each says so where it stands.',
  'Research software, not audited.'
]

/** Files beside the report. */
export const FILES: readonly (readonly [name: string, what: string])[] = [
  ['figures/*-column, *-full', 'figures as SVG and PDF, 85 mm and 170 mm wide, without titles; the same in grey under figures/grey'],
  ['tables/*.csv, *.md, *.tex', 'tables: values in full, as text, and for LaTeX with booktabs'],
  ['captions/*.txt, *.tex', 'a caption for each figure and table, with the command that makes it'],
  ['runs/*.json', 'the raw results, a file a run, which everything else is made from']
]
