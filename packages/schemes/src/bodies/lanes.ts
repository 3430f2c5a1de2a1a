// Bodies that are lanes, 8 bytes each, and sums of them modulo 2^64.
import { addLanes, type LaneVector, lanesFromExactBytes, type MeterId, zeroLanes } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'
import type { Inbox, Outcome } from '../scheme.ts'

/** Decodes lanes from exactly their bytes. @throws MalformedBodyError */
export function decodeLanes(body: Uint8Array, lanes: number, sender: MeterId): LaneVector {
  if (body.byteLength !== 8 * lanes) throw new MalformedBodyError(sender, `expected ${8 * lanes} bytes of lanes, got ${body.byteLength}`)
  return lanesFromExactBytes(body, lanes)
}

/** Adds lanes up modulo 2^64. */
export function sumLanes(vectors: Iterable<LaneVector>, lanes: number): LaneVector {
  const total = zeroLanes(lanes)
  for (const vector of vectors) addLanes(total, vector)
  return total
}

/**
 * Adds the bodies of all members up; the slot is lost where one is missing. A sum modulo 2^64 does not show that by itself.
 *
 * @param trusting - true to add up what has come, as a paper does that counts no senders
 * @param less - subtracted from the sum: what keys or masks add up to
 */
export function totalOfLanes(
  { from, missing }: Inbox,
  lanes: number,
  { trusting = false, less }: { trusting?: boolean | undefined; less?: LaneVector } = {}
): Outcome {
  const vectors = new Map([...from].map(([id, body]) => [id, decodeLanes(body, lanes, id)]))
  if (missing.length > 0 && !trusting) return { type: 'lost', reason: 'missing', members: missing }
  const total = sumLanes(vectors.values(), lanes)
  less?.forEach((value, lane) => {
    total[lane] = (total[lane] as bigint) - value
  })
  return { type: 'total', contributors: [...vectors.keys()], lanes: total }
}
