// Keeper of a run's pace: chooses the first length of slots, lengthens them where the machine is late, and says so.
import { availableParallelism } from 'node:os'
import { counted, type Slot } from '@hushgrid/primitives'
import { quantile } from 'simple-statistics'
import type { LabEvent, SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import { firstSlotMs, LATE_IN_A_ROW, LONGEST_SLOT_MS, nextSlotMs, type PacedSlot, secondsText } from './busy-machine.ts'

/** Part of a neighbourhood that a pace concerns. */
type Paced = Pick<LabNeighbourhood, 'options' | 'slotMs' | 'lengthen' | 'awayAt'>

/** Keeps the pace of one neighbourhood. */
export class PaceKeeper {
  readonly #neighbourhood: Paced
  readonly #adapts: boolean
  readonly #emit: (event: LabEvent) => void
  readonly #cpuBefore = process.cpuUsage()
  /** The last slots, as many as decide. */
  #slots: readonly PacedSlot[] = []
  #hasAdvised = false

  /** @param adapts - true where the lengths are the lab's to choose; else it only says what it would do */
  constructor(neighbourhood: Paced, adapts: boolean, emit: (event: LabEvent) => void) {
    this.#neighbourhood = neighbourhood
    this.#adapts = adapts
    this.#emit = emit
  }

  /** Chooses the length of the first slots, by what forming cost. */
  formed({ cpuMs, stalls }: LabSample): void {
    if (!this.#adapts) return
    const { options, slotMs: planned } = this.#neighbourhood
    const before = (this.#cpuBefore.user + this.#cpuBefore.system) / 1000
    const lags = stalls.map(({ ms }) => ms)
    const lagMs = lags.length === 0 ? 0 : quantile(lags, 0.9)
    const { processes, members } = options
    const first = firstSlotMs(planned, { cpuMs: cpuMs - before, lagMs, processes, cores: availableParallelism() })
    if (first === planned) return
    this.#neighbourhood.slotMs = first
    const text = `this machine is too slow for slots of ${secondsText(planned)} with ${counted(members, 'meter')}: beginning with ${secondsText(first)}`
    this.#emit({ type: 'note', text })
  }

  /** Takes a slot that is over, and lengthens the next ones where the machine was late. */
  over({ slot, lagMs, slotMs, busy, missingMeters }: SlotRow): void {
    const { meters } = this.#neighbourhood.awayAt(slot as Slot)
    const missed = missingMeters.filter(household => !meters.has(household)).length
    this.#slots = [...this.#slots.slice(1 - LATE_IN_A_ROW), { lagMs, slotMs, busy, missed }]
    const present = this.#neighbourhood.slotMs
    const next = nextSlotMs(this.#slots, present)
    if (busy && next === present && slotMs === present) this.#advise(present)
    if (next === present) return
    if (!this.#adapts) {
      this.#advise(present)
      return
    }
    this.#neighbourhood.lengthen(next)
    this.#emit({ type: 'note', text: `this machine is too slow for slots of ${secondsText(present)}: going on with ${secondsText(next)}` })
  }

  /** Says once what helps where slots are not lengthened. */
  #advise(present: number): void {
    if (this.#hasAdvised) return
    this.#hasAdvised = true
    const help = this.#adapts
      ? `${secondsText(LONGEST_SLOT_MS)} is the longest that the lab chooses; --slot-ms sets a longer one, fewer meters need less`
      : 'with --slot-ms auto the lab lengthens them'
    this.#emit({ type: 'note', text: `this machine is too slow for slots of ${secondsText(present)}: ${help}` })
  }
}
