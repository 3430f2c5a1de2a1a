// Text of the report on its measures and on the limits of its figures.
import { QUARTILE_METHOD } from '@hushgrid/lab'

/** Measures, each with its method and its scope. */
export const MEASURES: readonly (readonly [term: string, text: string])[] = [
  [
    'CPU',
    'User and system time of a role’s process, all its threads, from one slot’s deadline to the next. In it: protocol, cryptography, libp2p, gossip, garbage collection, obfuscators that are made ahead of time, and in the meters’ process looking a reading up, or making up a synthetic one. Not in it: the script, a process of its own, which starts the others and checks totals.'
  ],
  [
    'Per reading',
    'A slot’s cost over the readings in its total. All meters share one process, so that a meter’s figure is its share of it; a process per meter would add what a process costs by itself.'
  ],
  [
    'Steady slots',
    'Those with nothing but readings: no join, leave or crash in them or in the two before, and no churn. The first slots, which warm the compiler up, are in no figure. A slot that was lost has no cost per reading; it is counted.'
  ],
  [
    'Bytes on the wire',
    'Written to and read from TCP sockets by the role’s process: after Noise and yamux, with gossip’s own traffic, pings and identification. Not in it: headers of TCP and IP. Tables of all roles count what is sent only, so that no byte counts twice.'
  ],
  [
    'Payload and messages',
    'What is handed to libp2p, once for each peer that it is sent to, and what is taken from it. What gossip repeats by itself is not in it, but in the bytes on the wire.'
  ],
  [
    'After deadline',
    'Real milliseconds from the moment at which a slot’s submissions are due to the moment when the total is where it ends up: published by the aggregator, or decrypted by the supplier. Below zero where everybody had submitted before.'
  ],
  ['Peak memory', 'The largest resident set of a role’s process in a run, with Node itself in it.'],
  [
    'Setting up',
    'From the first process to the moment when the first slot could begin: processes start, keys are made, meters connect and enrol, neighbours agree on keys or keys are wrapped. One value a repeat.'
  ],
  [
    'Join, leave, crash',
    'What all roles together used in the slots in which the change showed, less as many median steady slots of the same run. Small changes drown in what slots vary by, and may come out below zero.'
  ],
  [
    'Exact, recovered, lost',
    'A total is exact if it equals the sum of its contributors’ readings, which the script knows. A slot is recovered if members were missing and there is a total all the same, and lost if there is none.'
  ],
  ['Median and middle half', `Over all steady slots of all repeats, or over repeats where there is one value each: ${QUARTILE_METHOD}.`]
]

/** Limits of what the figures say. */
export const LIMITS: readonly string[] = [
  'All nodes ran on one machine and shared its processors; connections went over loopback. Real meters have slower processors and real networks are slower and lose more. Ratios between modes carry further than the figures themselves.',
  'A slot was shortened to the real time stated above. What goes by the clock (heartbeats, pings) therefore weighs less in a slot than it would in a real one.',
  'Slots of one run are not independent of each other: middle halves show how slots vary on this machine, not how runs would vary on another.',
  'Modes promise different things. A cheaper row that trusts more is not better than a dearer one that trusts less: read the figures beside the tables on security and trust.',
  'Research software, not audited.'
]

/** Files beside the report. */
export const FILES: readonly (readonly [name: string, what: string])[] = [
  ['results.csv', 'every measured value in a row of its own, with its unit'],
  ['results.parquet', 'the same, with types'],
  ['results.json', 'the same as the runs recorded it; pnpm compare --from makes everything else from it again'],
  ['environment.json', 'what it was measured on'],
  ['figures/*.svg', 'the figures'],
  ['tables/*.tex, tables/*.md', 'the tables, for LaTeX with booktabs and as Markdown']
]
