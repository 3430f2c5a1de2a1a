// Display of a lab run: for a person phases with progress, then a line per slot; for programs JSON lines.
import { counted, EXPORT_LANE, IMPORT_LANE, withheldText, wrappedText } from '@hushgrid/primitives'
import { busyText } from '@hushgrid/scenarios'
import { Listr, type ListrTask } from 'listr2'
import type { ShownContender } from '../contender/contender.ts'
import type { DoubleMaskFigures, LabEvent, LabPhase, SlotRow } from '../neighbourhood/events.ts'
import { latencyText } from '../report/schema/latency.ts'

export interface Display {
  show(event: LabEvent): void
  /** Leaves the terminal as it was found. */
  close(): void
}

type PhaseWords = Readonly<Record<LabPhase, string>>

/** Describes each phase of a contender's start. */
export function phaseWords({ shown }: ShownContender): PhaseWords {
  return {
    start: shown.starting,
    enrol: 'Enrol meters',
    dial: `Dial the ${shown.collector}`,
    agree: 'Agree on keys with neighbours',
    roster: 'Roster signed and taken up'
  }
}

/** Writes JSON lines to standard output. */
export function jsonDisplay(write: (text: string) => void): Display {
  return { show: event => write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`), close: () => {} }
}

/** Output for a person. */
interface TextOutput {
  readonly write: (text: string) => void
  readonly writeWarning: (text: string) => void
  readonly terminal: boolean
  readonly contender: ShownContender
}

/** Writes lines for a person; on a terminal the phases of the start redraw themselves. */
export function textDisplay(to: TextOutput): Display {
  const { write, writeWarning, contender } = to
  const say = (text: string): void => write(`${wrappedText(text)}\n`)
  const words = phaseWords(contender)
  const phases = to.terminal ? new LivePhases(words) : new PlainPhases(words, write)
  let header = false
  const reasons = new Reasons()
  return {
    show: event => {
      switch (event.type) {
        case 'phase':
          phases.progress(event.phase, event.done, event.of)
          return
        case 'roster':
          // Later ones come with changes, whose lines say more.
          if (event.why === undefined) return
          phases.end()
          say(
            `Epoch ${event.epoch}: ${event.members} members, degree ${event.degree} (${event.neighbours} mask neighbours each): ${event.why}`
          )
          return
        case 'started':
          write(`Ready after ${(event.startupMs / 1000).toFixed(2)} s. Ctrl-C ends the run.\n\n`)
          return
        case 'slot':
          if (!header) write(`${slotHeader(event.row)}\n`)
          header = true
          for (const line of [slotLine(event.row), ...remarks(event.row), ...reasons.of(event.row)]) write(`${wrappedText(line)}\n`)
          return
        case 'note':
          say(event.text)
          return
        case 'page':
          write(`page: ${event.url} (this machine only; it shows single readings)\n`)
          return
        case 'warning':
          writeWarning(`warning: ${event.text}\n`)
          return
        case 'summary':
          say(`\n${summaryText(event, contender.replay !== undefined)}`)
          return
      }
    },
    close: () => phases.end('stopped')
  }
}

/** Widths that make lines of 80 columns; of a neighbourhood of a thousand and more, whose slots start without a year. */
const WIDTHS = [16, 7, 10, 10, 5, 9, 8, 8]
const WIDTHS_OF_MANY = [11, 11, 10, 10, 5, 9, 8, 8]
const MANY = 1000

/** Sets cells into columns; one that is undefined has none. */
function columns(members: number, cells: readonly (string | undefined)[]): string {
  const widths = members < MANY ? WIDTHS : WIDTHS_OF_MANY
  const set = cells.map((cell, i) => (i === 0 ? cell?.padEnd(widths[i] ?? 0) : cell?.padStart(widths[i] ?? 0)))
  return set.filter(cell => cell !== undefined).join(' ')
}

/** Columns of lanes; a lane that the network does not have has none. */
const LANE_COLUMNS: readonly (readonly [lane: string, head: string])[] = [
  [IMPORT_LANE, 'import kWh'],
  [EXPORT_LANE, 'export kWh']
]

/** What of a slot tells which columns there are. */
type Shape = Pick<SlotRow, 'members' | 'expected'>

function laneCells({ expected }: Shape, cell: (lane: string, head: string) => string): (string | undefined)[] {
  return LANE_COLUMNS.map(([lane, head]) => (lane in expected ? cell(lane, head) : undefined))
}

/** Writes the head of the slots' lines. */
export function slotHeader(shape: Shape): string {
  return columns(shape.members, ['slot (UTC)', 'members', ...laneCells(shape, (_, head) => head), 'exact', 'after end', 'CPU', 'bytes'])
}

/** Writes one slot for a person: kWh, real milliseconds, bytes on the wire. */
export function slotLine(row: SlotRow): string {
  const kwh = (lane: string): string => {
    const value = row.total?.[lane]
    if (value === undefined) return row.withheld[lane] ? 'withheld' : '–'
    return kilowattHours(Number(value) / 1000)
  }
  const start = row.start.slice(row.members < MANY ? 0 : 5, 16).replace('T', ' ')
  return columns(row.members, [
    start,
    `${row.submitted}/${row.members}`,
    ...laneCells(row, kwh),
    row.lost ? 'LOST' : row.exact ? 'yes' : 'NO',
    row.sinceEndMs === null ? '–' : `${row.sinceEndMs > 0 ? '+' : ''}${msText(row.sinceEndMs)}`,
    msText(row.cpuMs),
    bytesText(row.bytes)
  ])
}

/** Writes kWh in ten characters: with fewer decimals where there are more digits before them. */
function kilowattHours(value: number): string {
  const whole = String(Math.trunc(Math.abs(value))).length
  return value.toFixed(whole <= 5 ? 3 : whole <= 7 ? 1 : 0)
}

/** Writes real time in eight characters. */
function msText(ms: number): string {
  return Math.abs(ms) < 9999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(0)} s`
}

/** Describes what did not go as on a calm day in a slot, a line each. */
function remarks(row: SlotRow): string[] {
  const said: string[] = []
  if (row.recovered > 0)
    said.push(`${row.recovered} missing${row.releases > 0 ? `, recovered by ${counted(row.releases, 'release')}` : ', left out'}`)
  if (row.reason !== undefined) {
    const whose = row.named.length > 0 ? ` (${row.named.length === 1 ? 'meter' : 'meters'} ${listed(row.named)})` : ''
    said.push(`${row.reason}${whose}${row.busy ? `: the machine was busy, its event loop up to ${row.lagMs.toFixed(0)} ms late` : ''}`)
  }
  const rules = new Map<string, number>()
  for (const { reason } of row.refused) rules.set(reason, (rules.get(reason) ?? 0) + 1)
  for (const [rule, count] of rules) said.push(`${count} refused: ${rule}`)
  if (row.disputed.length > 0) said.push(`disputed by ${listed(row.disputed)}`)
  return said.map(each => `  ${each}`)
}

/** Reasons of withheld lanes, which are said when they change: most of a run has the same in every slot. */
class Reasons {
  #said = ''

  /** Gives the lines to say after a slot. */
  of({ lost, withheld }: SlotRow): string[] {
    if (lost) return []
    const lines = Object.entries(withheld).map(([lane, why]) => `  ${withheldText(lane, why)}`)
    const isSaid = lines.join() === this.#said
    this.#said = lines.join()
    return isSaid ? [] : lines
  }
}

function listed(numbers: readonly number[]): string {
  const most = 6
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted.length <= most ? sorted.join(', ') : `${sorted.slice(0, most).join(', ')} and ${sorted.length - most} more`
}

/** Writes bytes for a person. */
function bytesText(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`
  const [value, unit] = bytes < 10_000_000 ? [bytes / 1e3, 'kB'] : bytes < 1e10 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value.toFixed(value < 999.95 ? 1 : 0)} ${unit}`
}

function summaryText({ summary, report, churn, doubleMask, load }: Extract<LabEvent, { type: 'summary' }>, replayed: boolean): string {
  const { slots, exact, lost, busy, members, degree } = summary
  const latency =
    summary.medianLatencyMs === null
      ? 'no total'
      : `total ${Math.abs(summary.medianLatencyMs).toFixed(0)} ms ${summary.medianLatencyMs < 0 ? 'before' : 'after'} the deadline`
  return [
    churn ??
      `${counted(slots, 'slot')}, ${members} members${degree > 0 ? `, degree ${degree}` : ''}: ${counted(exact, 'total')} exact, ${lost} lost${busyText(busy)}`,
    `per slot (median): CPU ${summary.medianCpuMs.toFixed(0)} ms for all nodes, ${bytesText(summary.bytesPerSlot)} on the wire, ${latency}`,
    `${summary.keyAgreements > 0 ? `${counted(summary.keyAgreements, 'key agreement')}, ` : ''}${(summary.rssBytes / 1e6).toFixed(0)} MB of memory`,
    ...latencyText(summary),
    ...(load.verdict === 'busy machine'
      ? [`busy machine: ${load.reason}; lag ${load.lagMs.median.toFixed(0)} ms in a usual slot, ${load.lagMs.worst.toFixed(0)} ms at worst`]
      : []),
    ...(doubleMask ? [doubleMaskText(doubleMask)] : []),
    ...(report === null ? [] : [`report: ${report}${replayed ? `   (replay it: pnpm verify ${report})` : ''}`])
  ].join('\n')
}

function doubleMaskText({ submissionExtraBytes, shareReleaseBytes, unmaskMs, meterMsPerDay }: DoubleMaskFigures): string {
  const sizes = `${submissionExtraBytes} B more a submission, ${shareReleaseBytes} B of shares a meter and slot`
  return `double mask: ${sizes}; measured again: a slot opened in ${unmaskMs.toFixed(1)} ms, ${meterMsPerDay.toFixed(1)} ms a meter and day of 96 slots`
}

/** Phases without a terminal: a line when one begins to move and one when it is done. */
class PlainPhases {
  readonly #words: PhaseWords
  readonly #write: (text: string) => void
  readonly #done = new Set<LabPhase>()

  constructor(words: PhaseWords, write: (text: string) => void) {
    this.#words = words
    this.#write = write
  }

  progress(phase: LabPhase, done: number, of: number): void {
    if (done < of || this.#done.has(phase)) return
    this.#done.add(phase)
    this.#write(`${this.#words[phase]}: ${done}/${of}\n`)
  }

  end(_unfinished = ''): void {}
}

/** Phases in a terminal, drawn by listr2. */
class LivePhases {
  readonly #tasks = new Map<LabPhase, { resolve: () => void; promise: Promise<void>; task?: { title: string }; done: boolean }>()
  readonly #words: PhaseWords
  readonly #running: Promise<unknown>

  constructor(words: PhaseWords) {
    this.#words = words
    const tasks: ListrTask[] = (Object.keys(words) as LabPhase[]).map(phase => {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#tasks.set(phase, { promise, resolve, done: false })
      return {
        title: words[phase],
        task: (_: unknown, task: { title: string }) => {
          const entry = this.#tasks.get(phase)
          if (entry) entry.task = task
          return promise
        }
      } as ListrTask
    })
    this.#running = new Listr(tasks, { concurrent: true, registerSignalListeners: false }).run()
  }

  progress(phase: LabPhase, done: number, of: number): void {
    const entry = this.#tasks.get(phase)
    if (!entry) return
    if (entry.task) entry.task.title = `${this.#words[phase]} ${done}/${of}`
    if (done < of) return
    entry.done = true
    entry.resolve()
  }

  /** Ends the drawing; an unfinished phase says so. */
  end(unfinished = ''): void {
    for (const { resolve, task, done } of this.#tasks.values()) {
      if (!done && task && unfinished !== '') task.title = `${task.title} – ${unfinished}`
      resolve()
    }
    void this.#running
  }
}
