// Claims of a report that neither signed messages nor its other figures decide, for the last lines of a verdict.
import { MEMBERSHIP_COLUMNS } from '../membership.ts'
import { EVENT_TYPES } from '../schema/events.ts'
import type { RunDocument } from '../schema/run.ts'
import { COLUMNS } from '../schema/slots.ts'
import { CHECKED_EVENTS } from './events.ts'

/** Fields of run.json that every run has beside its slots. */
const OF_EVERY_RUN = ['configuration but for what is signed', 'started', 'seed', 'versions', 'commit', 'changed', 'machine']
/** Fields of which a kind of run has no value. */
const OF_SOME_RUNS = [
  ...['load.average', 'load.cores', 'startup.readyMs', 'startup.firstTotalMs', 'memory.rssBytes', 'wire.bytesPerSubmission'],
  ...['keyAgreements', 'credentialChecks', 'dropped', 'doubleMask', 'virtual', 'churn.faults', 'churn.withoutEffect']
]

/** Names what nobody can check afterwards, a line for each file. */
export function uncheckedLines(run: RunDocument): string[] {
  const measured = COLUMNS.filter(({ ground }) => ground === 'lab').map(({ name }) => name)
  const has = (path: string): boolean => {
    const value = path.split('.').reduce<unknown>((within, key) => (within as Record<string, unknown> | null | undefined)?.[key], run)
    return value !== undefined && value !== null
  }
  const costs = MEMBERSHIP_COLUMNS.filter(({ ground }) => ground === 'lab').map(({ name }) => name)
  const events = EVENT_TYPES.filter(type => !CHECKED_EVENTS.has(type))
  return [
    `not checked, since it is measured or the lab's own word: ${[...measured, 'expected sums but for exact totals'].join(', ')}`,
    `not checked, of run.json: ${[...OF_EVERY_RUN, ...OF_SOME_RUNS.filter(has)].join(', ')}`,
    `not checked, of membership.csv: ${costs.join(', ')}`,
    `not checked, of events.jsonl but for order and moments: ${events.join(', ')}`
  ]
}
