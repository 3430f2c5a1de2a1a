// Course of an attack on private masks (recovery 2, PROTOCOL.md section 7): the aggregator asks for words in rounds and then
// for shares, and tries to learn both the shared masks and the private masks of few. In other modes no meter answers.
import { MASK_ROUNDS } from '@hushgrid/messages'
import { shareThreshold } from '@hushgrid/topology'
import { type AttackOrder, meterOf, type SimulatedTarget } from '../../attack.ts'
import { type Asked, handOverTo, inEachMove, type Move, running, signedMaskRequest, signedShareRequest } from '../requests.ts'
import type { Words } from './words.ts'

/** Units from the start of a slot's submissions; the deadline is at 4, requests are accepted until 11. */
export const FIRST_ROUND = 4.5
const BETWEEN_ROUNDS = 0.5
export const SHARES = FIRST_ROUND + MASK_ROUNDS * BETWEEN_ROUNDS
/** Units at which shares are asked for once more, otherwise. */
export const MORE_SHARES = SHARES + BETWEEN_ROUNDS
/** Units at which the aggregator's own requests go out, after those of the attack. */
export const OWN_REQUESTS = SHARES + 1

/** Units at which an attack of any mode, which asks for masks at ASKING, asks for shares. */
export const ASKING_SHARES = 7

/** Schedules a move in each round of requests for words. */
export function inRounds(target: SimulatedTarget, order: AttackOrder, move: (round: number, ...of: Parameters<Move>) => void): void {
  for (let round = 0; round < MASK_ROUNDS; round++) inEachMove(target, order, atRound(round), (...of) => move(round, ...of))
}

/** Gives the units at which a round begins. */
export function atRound(round: number): number {
  return FIRST_ROUND + round * BETWEEN_ROUNDS
}

/** Gives the first k + 1 sixths of a list in round k, from 0. */
export function through<T>(list: readonly T[], round: number): T[] {
  return list.slice(0, Math.ceil(((round + 1) * list.length) / MASK_ROUNDS))
}

/** Counts the mask neighbours that a meter may lose while the shares of the rest still restore its private mask. */
export function mostLost(neighbours: readonly number[]): number {
  return neighbours.length - shareThreshold(neighbours.length)
}

/** Demand for shares that follows a round of words. */
export interface Demand {
  readonly words: Words
  /** Round of the MaskRequest that the words are on. */
  readonly round: number
  /** Positions named missing. */
  readonly missing: readonly number[]
}

/** Hands some meters the ShareRequest for M, and where it names somebody the words that they need before. */
export function askForShares(target: SimulatedTarget, asked: Asked, meters: readonly number[], { words, round, missing }: Demand): void {
  if (missing.length > 0) {
    const request = signedMaskRequest(target, asked, round, missing)
    for (const meter of meters) words.show(asked, meter, request)
  }
  handOverTo(target, meters, signedShareRequest(target, asked, missing))
}

/** Tells all, at some moment, that the victim is missing, and asks for their words and masks. */
export function tellAll(target: SimulatedTarget, order: AttackOrder, units: number): void {
  inEachMove(target, order, units, (asked, position) =>
    handOverTo(target, running(target), signedMaskRequest(target, asked, 0, [position]))
  )
}

/** Asks all, at some moment, for shares without the victim, whose words that it is missing they are shown. */
export function askAllWithout(target: SimulatedTarget, order: AttackOrder, units: number, words: Words): void {
  inEachMove(target, order, units, (asked, position) =>
    askForShares(target, asked, running(target), { words, round: 0, missing: [position] })
  )
}

/** Asks all but the victim, at some moment, for all shares that they hold, those of its private mask among them. */
export function askOthersForShares(target: SimulatedTarget, order: AttackOrder, units: number): void {
  const victim = meterOf(target, order)
  inEachMove(target, order, units, asked => handOverTo(target, running(target, victim), signedShareRequest(target, asked, [])))
}
