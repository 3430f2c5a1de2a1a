// What an aggregator may try against double masking (PROTOCOL.md section 7, recovery 2): to learn of one meter both the
// masks that it shares and the private one. Elsewhere nobody answers, and nothing comes of it.
import type { HeldRoster } from '@hushgrid/dcnet'
import { MASK_ROUNDS, MessageType } from '@hushgrid/messages'
import { type Slot, slotTimes } from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { hideSubmission } from './aggregator-attacks.ts'
import { handOver, handOverTo, keepApart, metersAt, running, signedMaskRequest, signedShareRequest } from './attack-requests.ts'
import { type AttackOperation, inEachSlot, meterOf, onMessages, withMember } from './attack-tools.ts'

/** Units after a slot's submissions begin: the deadline is at 4, requests are accepted until 11. */
const FIRST_ROUND = 4.5
const BETWEEN_ROUNDS = 0.5
const SHARES = FIRST_ROUND + MASK_ROUNDS * BETWEEN_ROUNDS
const OWN_REQUESTS = SHARES + 1

/** What an attack does in a slot at a moment, with the victim's place in the roster. */
type Move = (slot: Slot, held: HeldRoster, position: number) => void

/** Has a move made in each slot of an attack. */
function move(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation, units: number, run: Move): void {
  const victim = meterOf(operation)
  inEachSlot(neighbourhood, operation, units, slot =>
    withMember(neighbourhood, slot, victim, (held, position) => run(slot, held, position))
  )
}

function inRounds(
  neighbourhood: SimulatedNeighbourhood,
  operation: AttackOperation,
  run: (round: number, ...of: Parameters<Move>) => void
): void {
  for (let round = 0; round < MASK_ROUNDS; round++) {
    move(neighbourhood, operation, FIRST_ROUND + round * BETWEEN_ROUNDS, (...of) => run(round, ...of))
  }
}

/** The first k + 1 sixths of a list, where k counts the rounds from 0. */
function through<T>(list: readonly T[], round: number): T[] {
  return list.slice(0, Math.ceil(((round + 1) * list.length) / MASK_ROUNDS))
}

/** Two sets of the victim's neighbours, each as many as it may lose. */
function halves({ roster }: HeldRoster, position: number): readonly [readonly number[], readonly number[]] {
  const neighbours = roster.neighbours(position)
  const most = neighbours.length - shareThreshold(neighbours.length)
  return [neighbours.slice(0, most), neighbours.slice(-most)]
}

/**
 * Every other meter is shown other survivors, through all rounds: two sets of missing members, each growing, and at the end
 * a request for the shares of those that each half takes for the survivors.
 */
export function splitSurvivors(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  const show = (envelopeOf: (positions: readonly number[]) => Uint8Array, sets: readonly (readonly number[])[]): void => {
    const envelopes = sets.map(envelopeOf)
    for (const meter of running(neighbourhood)) handOver(neighbourhood, meter, envelopes[meter % 2] as Uint8Array)
  }
  inRounds(neighbourhood, operation, (round, slot, held, position) => {
    const sets = halves(held, position).map(set => through(set, round))
    show(positions => signedMaskRequest(neighbourhood, held, slot, round, positions), sets)
  })
  move(neighbourhood, operation, SHARES, (slot, held, position) =>
    show(positions => signedShareRequest(neighbourhood, held, slot, positions), halves(held, position))
  )
}

/**
 * The most that a split can do, which the bound of section 7 is about: the victim and one of its neighbours are told that as
 * many of the others are missing as they may lose, those are asked for their shares of the two, and all others are told that
 * the two are missing. With more colluders than the bound allows the sum of the two comes out.
 */
export function splitAroundTwo(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const colluders = operation.meters ?? []
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  const parts = (held: HeldRoster, position: number): Readonly<Record<'pair' | 'lost' | 'rest', readonly number[]>> => {
    const { roster } = held
    const neighbours = roster.neighbours(position)
    const honest = neighbours.filter(index => metersAt(neighbourhood, held, [index]).every(meter => !colluders.includes(meter)))
    const pair = [position, ...honest.slice(0, 1)]
    const left = honest.slice(1)
    const most = neighbours.length - shareThreshold(neighbours.length)
    const farther = pair.flatMap(index => roster.neighbours(index)).filter(index => ![...neighbours, ...pair].includes(index))
    return { pair, lost: left.slice(0, most), rest: [...left.slice(most), ...farther] }
  }
  move(neighbourhood, operation, FIRST_ROUND, (slot, held, position) => {
    const { pair, lost, rest } = parts(held, position)
    handOverTo(neighbourhood, metersAt(neighbourhood, held, pair), signedMaskRequest(neighbourhood, held, slot, 0, lost))
    handOverTo(neighbourhood, metersAt(neighbourhood, held, rest), signedMaskRequest(neighbourhood, held, slot, 0, pair))
  })
  move(neighbourhood, operation, SHARES, (slot, held, position) => {
    const { pair, lost } = parts(held, position)
    handOverTo(neighbourhood, metersAt(neighbourhood, held, lost), signedShareRequest(neighbourhood, held, slot, []))
    handOverTo(neighbourhood, metersAt(neighbourhood, held, pair), signedShareRequest(neighbourhood, held, slot, lost))
  })
}

/** The victim alone is told round by round that more of its neighbours are missing; the others are asked for its shares. */
export function growAroundOne(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  inRounds(neighbourhood, operation, (round, slot, held, position) => {
    const named = through(held.roster.neighbours(position), round)
    handOver(neighbourhood, victim, signedMaskRequest(neighbourhood, held, slot, round, named))
  })
  move(neighbourhood, operation, SHARES, (slot, held) => {
    const others = running(neighbourhood).filter(meter => meter !== victim)
    handOverTo(neighbourhood, others, signedShareRequest(neighbourhood, held, slot, []))
  })
}

/** As {@link growAroundOne}, with another sixth of the neighbours in each round instead of one more. */
export function stripPiecewise(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  inRounds(neighbourhood, operation, (round, slot, held, position) => {
    const neighbours = held.roster.neighbours(position)
    const before = round === 0 ? [] : through(neighbours, round - 1)
    const named = through(neighbours, round).slice(before.length)
    if (named.length > 0) handOver(neighbourhood, victim, signedMaskRequest(neighbourhood, held, slot, round, named))
  })
  move(neighbourhood, operation, SHARES, (slot, held) => {
    const others = running(neighbourhood).filter(meter => meter !== victim)
    handOverTo(neighbourhood, others, signedShareRequest(neighbourhood, held, slot, []))
  })
}

/** Everybody is asked for all shares and for all but the victim's: every other meter in this order, the rest in the other. */
export function askSharesTwice(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  for (const turn of [0, 1]) {
    move(neighbourhood, operation, FIRST_ROUND + turn, (slot, held, position) => {
      const requests = [[], [position]].map(missing => signedShareRequest(neighbourhood, held, slot, missing))
      for (const meter of running(neighbourhood)) handOver(neighbourhood, meter, requests[(meter + turn) % 2] as Uint8Array)
    })
  }
}

/** The victim's submission is hidden, its neighbours release their masks towards it, and are then asked for its shares. */
export function sharesOfReleased(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  hideSubmission(neighbourhood, operation)
  move(neighbourhood, operation, FIRST_ROUND, (slot, held, position) =>
    handOverTo(neighbourhood, running(neighbourhood), signedMaskRequest(neighbourhood, held, slot, 0, [position]))
  )
  move(neighbourhood, operation, SHARES, (slot, held) =>
    handOverTo(neighbourhood, running(neighbourhood), signedShareRequest(neighbourhood, held, slot, []))
  )
}

/** Everybody is asked for all shares first, and then told that the victim is missing. */
export function masksAfterShares(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  move(neighbourhood, operation, FIRST_ROUND, (slot, held) =>
    handOverTo(neighbourhood, running(neighbourhood), signedShareRequest(neighbourhood, held, slot, []))
  )
  move(neighbourhood, operation, FIRST_ROUND + 1, (slot, held, position) =>
    handOverTo(neighbourhood, running(neighbourhood), signedMaskRequest(neighbourhood, held, slot, 0, [position]))
  )
}

/** Its network holds a meter's submission back, so that it is missing, and brings it when the slot is over. */
export function holdBack(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = neighbourhood.meter(meterOf(operation)).number
  onMessages(neighbourhood, operation, ({ from, to, at }, { type, slot }) => {
    if (to !== neighbourhood.aggregator || from !== victim || type !== MessageType.Submission) return 'pass'
    const { over, unit } = slotTimes(slot, neighbourhood.config.slotSeconds)
    return { delay: over + unit - at }
  })
}
