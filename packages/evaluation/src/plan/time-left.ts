// Estimates of the time that runs take: of those that are over the likes of a run, and before there are any from what its
// contender has to compute.
import { comparedContender, usualSlotMs } from '@hushgrid/comparison'
import { SCHEMES } from '@hushgrid/schemes'
import type { RunOrder } from '../record/order.ts'
import { traitsOf } from './contender-traits.ts'

/** Time of a process to start, ms. */
const START_MS = 700
/** CPU time of one meter's slot in virtual time, signatures included, and of one message, ms. */
const METER_MS = 0.5
const MESSAGE_MS = 0.3
/** CPU time of one number modulo N² of 4096 bits that a meter makes or opens, ms, and its growth with the length of N. */
const RESIDUE_MS = 8
const RESIDUE_BITS = 2048
const RESIDUE_GROWTH = 2.8
/** Slots' worth of a setup, and of the slots after three changes. */
const SETUP_SLOTS = 3
const CHANGED_SLOTS = 9
/** Time of a live neighbourhood to form, ms for each meter. */
const LIVE_FORMING_MS = 60

/** Gives the time that a run takes before any of its likes has run; a rough guess. */
function guessedMs({ point, slots, warmUpSlots, changes }: RunOrder): number {
  const all = slots + warmUpSlots + (changes ? CHANGED_SLOTS : 0)
  if (point.drive === 'live')
    return START_MS + LIVE_FORMING_MS * point.n + all * usualSlotMs([comparedContender(point.contender)], point.n, [point.bits ?? 0])
  return START_MS + (all + SETUP_SLOTS) * slotMs(point)
}

function slotMs({ contender, n, degree, bits }: RunOrder['point']): number {
  const scheme = traitsOf(contender) && contender in SCHEMES ? SCHEMES[contender as keyof typeof SCHEMES] : undefined
  const options = degree === null ? {} : { degree }
  const messages = scheme?.(options).facts.messages(n) ?? n + (degree ?? 0)
  // Schemes in which meters encrypt to each other have a residue for each pair of them.
  const residues = bits === null ? 0 : scheme?.().facts.family === 'interactive' ? n * n : n
  return METER_MS * n + MESSAGE_MS * messages + RESIDUE_MS * RESIDUE_GROWTH ** Math.log2((bits ?? RESIDUE_BITS) / RESIDUE_BITS) * residues
}

/** Estimates of what is left, which learn from runs that are over. */
export class TimeLeft {
  /** Real over guessed times of runs that are over, by what they have in common. */
  readonly #factors = new Map<string, { real: number; guessed: number }>()

  /** Notes that a run took so long. */
  took(order: RunOrder, ms: number): void {
    for (const like of likesOf(order)) {
      const { real, guessed } = this.#factors.get(like) ?? { real: 0, guessed: 0 }
      this.#factors.set(like, { real: real + ms, guessed: guessed + guessedMs(order) })
    }
  }

  /** Gives the time of a run: the guess, corrected by how wrong it was for the runs that are most alike. */
  of(order: RunOrder): number {
    const known = likesOf(order).flatMap(like => this.#factors.get(like) ?? [])
    const [closest] = known
    return guessedMs(order) * (closest ? closest.real / closest.guessed : 1)
  }

  /** Gives the time of all runs where so many simulated ones run side by side, and so many live ones. */
  ofAll(orders: readonly RunOrder[], jobs: { readonly simulated: number; readonly live: number }): number {
    const sum = (drive: 'simulated' | 'live'): number =>
      orders.reduce((total, order) => total + (order.point.drive === drive ? this.of(order) : 0), 0)
    return sum('simulated') / jobs.simulated + sum('live') / jobs.live
  }
}

/** Names what a run has in common with others, the closest first. */
function likesOf({ point: { contender, drive, n, bits, degree } }: RunOrder): string[] {
  return [[contender, drive, n, bits, degree], [contender, drive, n, bits], [contender, drive, bits], [contender, drive], [drive]].map(
    like => JSON.stringify(like)
  )
}
