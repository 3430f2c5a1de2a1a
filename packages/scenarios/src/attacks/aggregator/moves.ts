// Course of an attack on private masks (recovery 2, PROTOCOL.md section 7): the aggregator tries to learn both the shared
// masks and the private mask of one meter. In other modes no meter answers.
import { MASK_ROUNDS } from '@hushgrid/messages'
import { shareThreshold } from '@hushgrid/topology'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'
import { type AttackOrder, inEachSlot, meterOf, withMember } from '../attack.ts'
import { type Asked, handOverTo, keepApart, running, signedMaskRequest, signedShareRequest } from './requests.ts'

/** Units from the start of a slot's submissions; the deadline is at 4, requests are accepted until 11. */
export const FIRST_ROUND = 4.5
const BETWEEN_ROUNDS = 0.5
export const SHARES = FIRST_ROUND + MASK_ROUNDS * BETWEEN_ROUNDS
/** Units at which the aggregator's own requests go out, after those of the attack. */
export const OWN_REQUESTS = SHARES + 1

/** Units at which an aggregator asks for masks that are missing. */
export const ASKING = 6
/** Units at which such an attack asks for shares. */
const ASKING_SHARES = 7

/** Act of an attack in one slot; takes the victim's position in the roster. */
type Move = (asked: Asked, position: number) => void

/** Schedules a move in each slot of an attack, so many units after its submissions begin. */
export function inEachMove(target: SimulatedTarget, order: AttackOrder, units: number, move: Move): void {
  const victim = meterOf(target, order)
  inEachSlot(target, order, units, slot => withMember(target, slot, victim, (held, position) => move({ slot, held }, position)))
}

/** Schedules a move in each round of requests for masks. */
export function inRounds(target: SimulatedTarget, order: AttackOrder, move: (round: number, ...of: Parameters<Move>) => void): void {
  for (let round = 0; round < MASK_ROUNDS; round++) {
    inEachMove(target, order, FIRST_ROUND + round * BETWEEN_ROUNDS, (...of) => move(round, ...of))
  }
}

/** Gives the first k + 1 sixths of a list in round k, from 0. */
export function through<T>(list: readonly T[], round: number): T[] {
  return list.slice(0, Math.ceil(((round + 1) * list.length) / MASK_ROUNDS))
}

/** Counts the mask neighbours that a meter may lose while the shares of the rest still restore its private mask. */
export function mostLost(neighbours: readonly number[]): number {
  return neighbours.length - shareThreshold(neighbours.length)
}

/**
 * Tells the victim alone, round by round, that neighbours of its are missing, and asks the others for its shares.
 *
 * @param namedIn - the neighbours that a round's request names; no request where there are none
 */
export function stripInRounds(
  target: SimulatedTarget,
  order: AttackOrder,
  namedIn: (round: number, neighbours: readonly number[]) => readonly number[]
): void {
  const victim = meterOf(target, order)
  keepApart(target, order, OWN_REQUESTS)
  inRounds(target, order, (round, asked, position) => {
    const named = namedIn(round, asked.held.roster.neighbours(position))
    if (named.length > 0) handOverTo(target, [victim], signedMaskRequest(target, asked, round, named))
  })
  inEachMove(target, order, SHARES, asked => handOverTo(target, running(target, victim), signedShareRequest(target, asked, [])))
}

/** Asks all but the victim for their shares of its private mask, where there are such. */
export function askOthersForShares(target: SimulatedTarget, order: AttackOrder): void {
  const victim = meterOf(target, order)
  keepApart(target, order, ASKING_SHARES + 1)
  inEachMove(target, order, ASKING_SHARES, asked => handOverTo(target, running(target, victim), signedShareRequest(target, asked, [])))
}
