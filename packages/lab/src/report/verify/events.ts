// events.jsonl: each line by its schema, in order, and its claims against slots, changes and rosters.
import { isDeepStrictEqual } from 'node:util'
import { millis, slotAt } from '@hushgrid/primitives'
import { type RunEvent, runEvent } from '../schema/events.ts'
import type { RunDocument } from '../schema/run.ts'
import { readText } from './read-text.ts'
import { inWords, type RosterFacts } from './replayed.ts'

const NAME = 'events.jsonl'

/** Types whose lines are held against the rest of the report; of a crash it is only noticed that a counted one lacks its line. */
export const CHECKED_EVENTS: ReadonlySet<RunEvent['type']> = new Set(['roster', 'change', 'fault', 'slot', 'summary'])

/** Lists where the events of a report contradict their schema, the rest of the report, or its rosters. */
export function eventProblems(folder: string, run: RunDocument, rosters: readonly RosterFacts[]): string[] {
  const { events, problems } = readEvents(folder)
  return [
    ...problems,
    ...momentProblems(run, events),
    ...rowProblems(run, events),
    ...countProblems(run, events),
    ...rosterProblems(rosters, events)
  ]
}

type Numbered = RunEvent & { readonly line: number }

function readEvents(folder: string): { readonly events: readonly Numbered[]; readonly problems: readonly string[] } {
  const { text, problems } = readText(folder, { name: NAME, what: 'the events of the run' })
  if (text === undefined) return { events: [], problems }
  const events: Numbered[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue
    try {
      const event = runEvent.safeParse(JSON.parse(line))
      const [issue] = event.error?.issues ?? []
      if (event.success) events.push({ ...event.data, line: i + 1 })
      else problems.push(`${NAME}:${i + 1}: ${issue?.path.join('.')}: ${issue?.message}`)
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      problems.push(`${NAME}:${i + 1}: expected JSON, got something else`)
    }
  }
  return { events, problems }
}

function momentProblems({ kind, configuration, slots }: RunDocument, events: readonly Numbered[]): string[] {
  const { slotSeconds } = configuration.network
  const problems: string[] = []
  let before: Numbered | undefined
  for (const event of events) {
    const where = `${NAME}:${event.line}`
    if ((event.time === null) !== (kind === 'virtual')) problems.push(`${where}: expected ${kind === 'virtual' ? 'no' : 'a'} real time`)
    const isLater = before === undefined || (event.protocolTime >= before.protocolTime && (event.time ?? '') >= (before.time ?? ''))
    if (!isLater) problems.push(`${where}: expected a moment not before that of the line above`)
    before = event
    const within = slotAt(millis(Date.parse(event.protocolTime)), slotSeconds)
    // An attack, a fault, a roster or a slot's end is of the slot that it is about.
    const isOwn = ['attack', 'fault', 'roster', 'slot'].includes(event.type)
    if (!isOwn && event.slot !== within) problems.push(`${where}: slot is ${event.slot}, its protocol time is in ${within}`)
    const [first, last] = [slots[0]?.slot, slots.at(-1)?.slot]
    // A neighbourhood forms in the slots before its first, and notices things in those after its last.
    if (first !== undefined && last !== undefined && (event.slot < first - AROUND || event.slot > last + AROUND))
      problems.push(`${where}: slot ${event.slot} is none of the run's, ${first} to ${last}`)
  }
  return problems
}

/** Slots around a run that its events may be of: a roster is signed some slots ahead. */
const AROUND = 96

function rowProblems({ slots, summary, load, doubleMask }: RunDocument, events: readonly Numbered[]): string[] {
  const rows = events.flatMap(event => (event.type === 'slot' ? [event] : []))
  const problems = rows.flatMap(({ row, slot, line }, i) => {
    const same = isDeepStrictEqual(row, slots[i]) && slot === row.slot
    return same ? [] : [`${NAME}:${line}: expected the row of slot ${slots[i]?.slot ?? 'none'} as run.json has it`]
  })
  if (rows.length !== slots.length) problems.push(`${NAME}: expected ${slots.length} slots, got ${rows.length}`)
  const ends = events.flatMap(event => (event.type === 'summary' ? [event] : []))
  if (ends.length !== 1) problems.push(`${NAME}: expected one summary, got ${ends.length}`)
  for (const { line, ...says } of ends)
    for (const [field, is] of Object.entries({ summary, load: load ?? undefined, doubleMask }))
      if (!isDeepStrictEqual(says[field as keyof typeof says], is))
        problems.push(`${NAME}:${line}: expected the ${field} as run.json has it`)
  return problems
}

/** Faults are told one by one, and each crash that was counted has its line. */
function countProblems({ slots, churn }: RunDocument, events: readonly Numbered[]): string[] {
  const first = slots[0]?.slot ?? 0
  const told = events.flatMap(event => (event.type === 'fault' ? [`${event.slot - first} ${event.who} ${event.what}`] : [])).sort()
  const counted = churn.faults.map(({ slot, who, what }) => `${slot} ${who} ${what}`).sort()
  const crashes = (meter: number): number => events.filter(event => event.type === 'crash' && event.meter === meter).length
  const crashed = new Map<number, number>()
  for (const { kind, meter } of churn.changes) if (kind === 'crash') crashed.set(meter, (crashed.get(meter) ?? 0) + 1)
  return [
    ...(isDeepStrictEqual(told, counted) ? [] : [`${NAME}: its faults are not those of run.json`]),
    ...[...crashed].flatMap(([meter, count]) =>
      crashes(meter) >= count ? [] : [`${NAME}: expected ${count} crashes of meter ${meter}, got ${crashes(meter)}`]
    )
  ]
}

/** Rosters and changes are told as the signed rosters have them, each once. */
function rosterProblems(rosters: readonly RosterFacts[], events: readonly Numbered[]): string[] {
  if (rosters.length === 0) return []
  const problems: string[] = []
  const told = events.flatMap(event => (event.type === 'roster' ? [event] : []))
  const say = ({ epoch, firstSlot, members, degree }: Omit<RosterFacts, 'changes'>): string =>
    `epoch ${epoch} from slot ${firstSlot} with ${members} members of degree ${degree}`
  for (let i = 0; i < Math.max(told.length, rosters.length); i++) {
    const [event, roster] = [told[i], rosters[i]]
    const [says, is] = [event && say({ ...event, firstSlot: event.slot }), roster && say(roster)]
    if (says !== is)
      problems.push(`${NAME}${event ? `:${event.line}` : ''}: the roster is ${inWords(says)}, rosters.log has ${inWords(is)}`)
  }
  const changes = events.flatMap(event => (event.type === 'change' ? [event] : []))
  const name = (epoch: number, change: string, meter: number): string => `${change} of meter ${meter} in epoch ${epoch}`
  const signed = new Map(
    rosters.flatMap(({ epoch, changes: all }) => all.map(({ change, meter, silent }) => [name(epoch, change, meter), silent] as const))
  )
  for (const { epoch, change, meter, line } of changes)
    if (!signed.delete(name(epoch, change, meter)))
      problems.push(`${NAME}:${line}: ${name(epoch, change, meter)}, which rosters.log does not have, or once`)
  for (const [each, silent] of signed) if (!silent) problems.push(`${NAME}: expected the ${each}, which rosters.log has`)
  return problems
}
