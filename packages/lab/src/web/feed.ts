// Feed of the lab's page: the whole state at first, then each change, in small bundles.
import type { LabAsked, LabChange, LabLine, LabRefusal, LabSlot, LabState } from '@hushgrid/web-api'
import { KEPT_SLOTS } from './received-values.ts'
import { WarningFolder } from './warning-folder.ts'

const KEPT_LINES = 100
/** Most who follow the feed at a time: more pages than anybody has open. */
const MOST_FOLLOWERS = 32
/** Time within which changes are bundled, ms. */
const GATHER = 60

type Gathered = 'submitted' | 'missing' | 'releasing'

/** The state of the present run alone. */
export type RunState = Omit<LabState, 'csrf' | 'open' | 'slots' | 'log'>

interface Open {
  readonly slot: number
  readonly start: string
  readonly submitted: number[]
  readonly missing: number[]
  readonly releasing: number[]
  readonly refused: LabRefusal[]
}

/** State of the lab as its page has it, bounded, and those who follow it. */
export class LabFeed {
  readonly #csrf: string
  readonly #now: () => number
  readonly #followers = new Set<(change: LabChange) => void>()
  readonly #folder = new WarningFolder(text => this.#line('warning', text))
  #run: RunState
  #open: Open | undefined
  #slots: LabSlot[] = []
  #log: LabLine[] = []
  #households: Map<string, { readonly type: Gathered; readonly slot: number; readonly households: number[] }> = new Map()
  #refusals = new Map<number, LabRefusal[]>()
  #forming: LabState['forming']
  #timer: NodeJS.Timeout | undefined

  /** @param now - a person's clock, Unix ms */
  constructor(csrf: string, first: RunState, now: () => number = Date.now) {
    this.#csrf = csrf
    this.#run = first
    this.#now = now
  }

  get state(): LabState {
    const open = this.#open
    return {
      csrf: this.#csrf,
      ...this.#run,
      ...(open && {
        open: {
          ...open,
          submitted: [...open.submitted],
          missing: [...open.missing],
          releasing: [...open.releasing],
          refused: [...open.refused]
        }
      }),
      slots: [...this.#slots],
      log: [...this.#log]
    }
  }

  get run(): RunState {
    return this.#run
  }

  get open(): Open | undefined {
    return this.#open
  }

  get slots(): readonly LabSlot[] {
    return this.#slots
  }

  /** Tells whether nobody more may follow. */
  get isFull(): boolean {
    return this.#followers.size >= MOST_FOLLOWERS
  }

  /** Tells a snapshot first, and each change from then on, until the signal says stop. */
  follow(tell: (change: LabChange) => void, signal: AbortSignal): void {
    this.#flush()
    tell({ type: 'snapshot', state: this.state })
    if (signal.aborted) return
    this.#followers.add(tell)
    signal.addEventListener('abort', () => this.#followers.delete(tell), { once: true })
  }

  /** Changes the run's phase and its dependants, and tells them as a whole. */
  renew(changes: Partial<RunState>): void {
    const { forming, ...before } = this.#run
    this.begin({ ...before, ...changes })
  }

  /** Begins another run and tells its whole state. */
  begin(run: RunState): void {
    this.#flush()
    this.#run = run
    if (run.phase !== 'running') this.#open = undefined
    this.#tell({ type: 'snapshot', state: this.state })
  }

  forming(step: string, done: number, of: number): void {
    this.#forming = { step, done, of }
    this.#run = { ...this.#run, forming: this.#forming }
    this.#later()
  }

  ring(ring: Pick<RunState, 'epoch' | 'degree' | 'meters' | 'edges' | 'spare'>): void {
    this.#flush()
    this.#run = { ...this.#run, ...ring }
    this.#tell({ type: 'ring', ...ring })
  }

  meter(household: number, state: RunState['meters'][number]['state']): void {
    const meters = this.#run.meters.map(each => (each.household === household ? { ...each, state } : each))
    this.#run = { ...this.#run, meters }
    this.#tell({ type: 'meter', household, state })
  }

  aggregator(up: boolean): void {
    this.#run = { ...this.#run, aggregatorUp: up }
    this.#tell({ type: 'aggregator', up })
  }

  /** Notes that a slot's readings begin to come. */
  beginSlot(slot: number, start: string): void {
    this.#flush()
    this.#open = { slot, start, submitted: [], missing: [], releasing: [], refused: [] }
    this.#tell({ type: 'open', slot, start })
  }

  /** Notes that a household has submitted, is missing or has released; the second time changes nothing. */
  note(type: Gathered, slot: number, household: number): void {
    const open = this.#open?.slot === slot ? this.#open : undefined
    if (!open || open[type].includes(household)) return
    open[type].push(household)
    const key = `${type} ${slot}`
    const gathered = this.#households.get(key)
    if (gathered) gathered.households.push(household)
    else this.#households.set(key, { type, slot, households: [household] })
    this.#later()
  }

  refused(slot: number, refusal: LabRefusal): void {
    const same = ({ household, reason }: LabRefusal): boolean => household === refusal.household && reason === refusal.reason
    const open = this.#open?.slot === slot ? this.#open : undefined
    const over = this.#slots.find(each => each.slot === slot)
    if (!open && !over) return
    if ((open ?? over)?.refused.some(same)) return
    if (open) open.refused.push(refusal)
    // A refusal may come after the slot's result.
    else if (over) this.#slots = this.#slots.map(each => (each === over ? { ...over, refused: [...over.refused, refusal] } : each))
    const gathered = this.#refusals.get(slot)
    if (gathered) gathered.push(refusal)
    else this.#refusals.set(slot, [refusal])
    this.#later()
  }

  over(slot: LabSlot, counters: LabState['counters']): void {
    this.#flush()
    this.#slots = [...this.#slots, slot].slice(-KEPT_SLOTS)
    this.#run = { ...this.#run, counters }
    if (this.#open && this.#open.slot <= slot.slot) this.#open = undefined
    this.#tell({ type: 'over', slot, counters })
  }

  /** Notes that an "ask twice" has begun, or its outcome. */
  asked(asked: LabAsked): void {
    this.#run = { ...this.#run, asked }
    this.#tell({ type: 'asked', asked })
  }

  say(kind: LabLine['kind'], text: string): void {
    if (kind === 'warning') this.#folder.warn(text)
    else this.#line(kind, text)
  }

  /** Tells the changes that are left. */
  end(): void {
    this.#folder.flush()
    this.#flush()
  }

  #line(kind: LabLine['kind'], text: string): void {
    const line: LabLine = { at: new Date(this.#now()).toISOString(), kind, text }
    this.#log = [...this.#log, line].slice(-KEPT_LINES)
    this.#tell({ type: 'log', line })
  }

  #tell(change: LabChange): void {
    for (const tell of this.#followers) tell(change)
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#flush(), GATHER)
    this.#timer.unref()
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [households, refusals, forming] = [this.#households, this.#refusals, this.#forming]
    this.#households = new Map()
    this.#refusals = new Map()
    this.#forming = undefined
    if (forming && this.#run.phase === 'forming') this.#tell({ type: 'forming', ...forming })
    for (const change of households.values()) this.#tell(change)
    for (const [slot, each] of refusals) this.#tell({ type: 'refused', slot, refusals: each })
  }
}
