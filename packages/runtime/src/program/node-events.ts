// Log events of every role, as fields of their lines. None holds a secret or a single reading.
import {
  type Clock,
  type LaneVector,
  namedSums,
  type ObisCode,
  publishedSums,
  quantityOf,
  type Slot,
  type SlotSums,
  slotTimes,
  toHex,
  type Withheld,
  withheldLanes,
  withheldReasons
} from '@hushgrid/primitives'
import type { LogLines } from './log-lines.ts'
import type { LabClockSetting } from './node-command.ts'

/** Fields of a log line. */
export type Fields = Readonly<Record<string, string | number | boolean>>

/** Roster, as far as it is logged. */
export interface LoggedRoster {
  readonly epoch: number
  readonly n: number
  readonly presentCount: number
  readonly degree: number
  readonly neighbourCount: number
  readonly firstSlot: Slot
  readonly hash: Uint8Array
}

/** Total of a slot, lane by lane. */
export interface LoggedTotal {
  readonly slot: Slot
  readonly epoch: number
  readonly contributors: number
  /** Sums of the lanes `open`. */
  readonly lanes: LaneVector
  readonly open: readonly ObisCode[]
  /** Reasons of lanes without a sum, by OBIS code. */
  readonly withheld: Readonly<Record<string, Withheld>>
}

/** Slot without a total. */
export interface LoggedLoss {
  readonly slot: Slot
  readonly epoch: number
  readonly reason: string
  /** Ids of the members that caused it. */
  readonly members: readonly string[]
}

/** Settings that a node was started with. */
export interface Settings {
  readonly network: { readonly name: string; readonly slotSeconds: number }
  readonly preset: string
  readonly clock: Clock
  readonly labClock?: LabClockSetting | undefined
  readonly more?: Fields
}

/** Hexadecimal digits that a line shows of a hash, enough to tell two apart by eye. */
const HASH_DIGITS = 16
/** Ids that a line shows; the rest is counted. */
const SHOWN_IDS = 5
/** Characters of a peer's reason that a line shows. */
const SHOWN_REASON = 80

/** Logs the events that all roles have. */
export class NodeEvents {
  readonly log: LogLines
  readonly #slotSeconds: number
  readonly #slotNow: () => Slot
  #drops: Record<string, number> = {}
  #dropsOf: Slot | undefined

  /** @param slotNow - gives the slot that runs now */
  constructor(log: LogLines, slotSeconds: number, slotNow: () => Slot) {
    this.log = log
    this.#slotSeconds = slotSeconds
    this.#slotNow = slotNow
  }

  /** Logs the node's settings, to compare nodes that do not understand each other. */
  starting(settings: Settings): void {
    const { network, preset, clock, labClock, more } = settings
    this.log.info('starting', {
      network: network.name,
      slotSeconds: network.slotSeconds,
      preset,
      clock: labClock ? `${labClock.rate} times as fast` : 'system',
      now: new Date(clock.now()).toISOString(),
      ...more
    })
    if (labClock && labClock.real > Date.now())
      this.log.warn('early', { problem: `until ${new Date(labClock.real).toISOString()} the lab clock shows times before its start` })
  }

  /** Logs the addresses that the node listens at, the advertised one first. */
  listening(id: string, addresses: readonly string[]): void {
    for (const address of addresses) this.log.info('listening', { id, address })
  }

  /** Gives the start of a slot in UTC. */
  startOf(slot: Slot): string {
    return new Date(slotTimes(slot, this.#slotSeconds).start).toISOString()
  }

  /** @param more - further fields, such as the rule that keeps this node out of the epoch */
  roster(roster: LoggedRoster, more: Fields = {}): void {
    this.log.info('roster', {
      epoch: roster.epoch,
      members: roster.n,
      present: roster.presentCount,
      degree: roster.degree,
      neighbours: roster.neighbourCount,
      firstSlot: roster.firstSlot,
      starts: this.startOf(roster.firstSlot),
      hash: toHex(roster.hash).slice(0, HASH_DIGITS),
      ...more
    })
  }

  rosterRefused(error: { readonly fault: string; readonly message: string }): void {
    this.log.warn('roster-refused', { rule: error.fault, detail: error.message })
  }

  /** Logs a slot's total, lane by lane. */
  total(total: LoggedTotal): void {
    const { slot, epoch, contributors, open, lanes, withheld } = total
    this.log.info('total', { slot, start: this.startOf(slot), epoch, contributors, ...sumFields(namedSums(open, lanes, withheld)) })
  }

  /** @param sameAs - key of losses that are told together where they follow on each other, as after a stop */
  lost({ slot, epoch, reason, members }: LoggedLoss, sameAs?: string): void {
    const more = members.length > SHOWN_IDS ? ` and ${members.length - SHOWN_IDS} more` : ''
    const who = members.length > 0 ? { who: `${members.slice(0, SHOWN_IDS).join(' ')}${more}` } : {}
    this.log.info('lost', { slot, start: this.startOf(slot), epoch, reason, members: members.length, ...who }, sameAs)
  }

  /** Logs that neighbours of missing members were asked for masks. */
  requested(slot: Slot, members: readonly string[]): void {
    const more = members.length > SHOWN_IDS ? ` and ${members.length - SHOWN_IDS} more` : ''
    const who = `${members.slice(0, SHOWN_IDS).join(' ')}${more}`
    this.log.info('requested', { slot, start: this.startOf(slot), missing: members.length, who })
  }

  /** Logs a member's dispute: it was named missing wrongly. */
  disputed(slot: Slot, by: string): void {
    this.log.warn('disputed', { slot, by }, `disputed ${slot} ${by}`)
  }

  /** Logs that a request for masks was refused, with the rule that forbids it. */
  refused(slot: Slot, by: string, reason: string): void {
    this.log.warn('refused', { slot, by, reason: reason.slice(0, SHOWN_REASON) }, `refused ${slot} ${by}`)
  }

  evidence(against: string, what: string): void {
    this.log.warn('evidence', { against, what }, `evidence ${against} ${what}`)
  }

  /** Logs that an answer of the registrar has moved this node's clock, where it was off by more than half a unit. */
  clockAdjusted({ by, roundTrip, wasOff }: { readonly by: number; readonly roundTrip: number; readonly wasOff: boolean }): void {
    if (wasOff)
      this.log.warn('clock', { movedSeconds: by / 1000, roundTripMs: roundTrip, problem: "the clock was wrong, by the registrar's" })
  }

  /** Logs a problem on the network, whether it is tried again or was given up. */
  trouble(problem: string): void {
    this.log.warn('trouble', { problem }, problem)
  }

  /** Counts a dropped message; the counts are logged by reason, once a slot at most. */
  dropped(reason: string): void {
    this.tick()
    this.#dropsOf ??= this.#slotNow()
    this.#drops[reason] = (this.#drops[reason] ?? 0) + 1
  }

  /** Logs the drops of the slot before; called now and then. */
  tick(): void {
    if (this.#dropsOf !== undefined && this.#dropsOf !== this.#slotNow()) this.flush()
  }

  /** Logs the drops that have been counted. */
  flush(): void {
    if (this.#dropsOf === undefined) return
    this.log.info('dropped', this.#drops)
    this.#drops = {}
    this.#dropsOf = undefined
  }
}

/**
 * Gives the sums of a slot as fields, such as `importKWh`; a lane outside the table of quantities goes by its OBIS code. A
 * lane that is withheld has no field of its own: `withheld` says why.
 */
export function sumFields(sums: SlotSums): Fields {
  const fields = Object.entries(publishedSums(sums)).map(([lane, sum]): [string, number] => {
    const quantity = quantityOf(lane)
    return quantity ? [joined(`${quantity.name} ${quantity.shownUnit}`), Number(sum) / quantity.scale] : [lane, Number(sum)]
  })
  const withheld = withheldReasons(withheldLanes(sums))
  return { ...Object.fromEntries(fields), ...(withheld === '' ? {} : { withheld }) }
}

/** Joins words to one name: `import kWh` to `importKWh`. */
function joined(words: string): string {
  return words.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase())
}
