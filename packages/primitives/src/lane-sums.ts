// Totals of a slot as people and files have them: a sum by lane, or the reason why a lane has none.
import { InvalidArgumentError } from './errors.ts'
import { type LaneVector, signedLanes } from './lanes.ts'
import { quantityOf } from './quantities.ts'

/** Members of a sum of which too few can fill a lane, so that it is not published (PROTOCOL.md sections 3 and 7). */
export interface Withheld {
  /** Members that can fill the lane, counted where they are fewest: in one component of the mask graph. */
  readonly able: number
  /** Members that were counted. */
  readonly of: number
  /** The lane's support: the fewest that may be able. */
  readonly needed: number
}

/** A lane's sum over the contributors, in the lane's unit, or why it is withheld. */
export type LaneSum = bigint | Withheld

/** Sums of one slot by OBIS code. A withheld lane has no number: whoever adds up or draws must not take it for zero. */
export type SlotSums = Readonly<Record<string, LaneSum>>

/**
 * Names the sums of a slot by their lanes.
 *
 * @param lanes - lanes of the vector, in its order
 * @param withheld - reasons of the other lanes, as far as they are known
 * @throws InvalidArgumentError where there are more sums than lanes, or fewer
 */
export function namedSums(lanes: readonly string[], sums: LaneVector, withheld: Readonly<Record<string, Withheld>> = {}): SlotSums {
  if (lanes.length !== sums.length) throw new InvalidArgumentError('sums', `${lanes.length} lanes`, `${sums.length}`)
  return { ...Object.fromEntries(signedLanes(sums).map((sum, i) => [lanes[i], sum])), ...withheld }
}

/** Gives the published sums alone. */
export function publishedSums(sums: SlotSums): Readonly<Record<string, bigint>> {
  return Object.fromEntries(Object.entries(sums).filter((entry): entry is [string, bigint] => typeof entry[1] === 'bigint'))
}

/** Gives the withheld lanes alone. */
export function withheldLanes(sums: SlotSums): Readonly<Record<string, Withheld>> {
  return Object.fromEntries(Object.entries(sums).filter((entry): entry is [string, Withheld] => typeof entry[1] !== 'bigint'))
}

/** Gives the reason why a lane is withheld: `3 of 25 can feed in, 6 are needed`. */
export function withheldReason(lane: string, { able, of, needed }: Withheld): string {
  const act = quantityOf(lane)?.act ?? `fill ${lane}`
  return `${able} of ${of} can ${act}, ${needed} ${needed === 1 ? 'is' : 'are'} needed`
}

/** Writes a lane that is withheld, for people: `withheld: 3 of 25 can feed in, 6 are needed`. */
export function withheldText(lane: string, withheld: Withheld): string {
  return `withheld: ${withheldReason(lane, withheld)}`
}

/** Gives the reasons of all lanes that are withheld, for a cell of a table or a field of a log; empty where none is. */
export function withheldReasons(withheld: Readonly<Record<string, Withheld>>): string {
  return Object.entries(withheld)
    .map(([lane, why]) => withheldReason(lane, why))
    .join('; ')
}

/** Gives withheld lanes with their sentence, for JSON. */
export function withheldInWords(
  withheld: Readonly<Record<string, Withheld>>
): Readonly<Record<string, Withheld & { readonly text: string }>> {
  return Object.fromEntries(Object.entries(withheld).map(([lane, why]) => [lane, { ...why, text: withheldText(lane, why) }]))
}
