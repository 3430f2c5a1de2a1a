// What the utility does in the robust scheme of Dimitriou and Awad.
import type { MeterId } from '@hushgrid/primitives'
import { ELEMENT_BYTES, Point, type Scalar, scalar } from '@hushgrid/primitives/group'
import { unpack } from '../../arithmetic/packing.ts'
import type { SquareRing } from '../../arithmetic/square-ring.ts'
import { decodePoints } from '../../bodies/elements.ts'
import { encodeMembers } from '../../bodies/members.ts'
import { parts } from '../../bodies/parts.ts'
import { MalformedBodyError } from '../../errors.ts'
import type { Inbox, Made, Outcome, Turn } from '../../scheme.ts'
import { neighboursOf, reachable } from '../../shared/neighbours.ts'
import type { Keyed, RobustRules } from './meter.ts'
import { commitmentTo, decodeOpenings, openingIn } from './openings.ts'
import { checkSubmission, decodeSubmission, type Submission, showsPlaintext, tookThese, type Untaken } from './submission.ts'

/** A submission that held. */
interface Held {
  readonly y: Scalar
  readonly untaken: Untaken
}

export interface RobustUtility extends Keyed {
  /** Commitments of the slot by giver and taker. */
  commitments: ReadonlyMap<MeterId, ReadonlyMap<MeterId, Point>>
  held: ReadonlyMap<MeterId, Held>
  /** Who failed a check. */
  failed: ReadonlySet<MeterId>
  /** Whom neighbours are asked to leave out. */
  out: readonly MeterId[]
}

export function newUtility(): RobustUtility {
  return { key: undefined, rings: new Map(), commitments: new Map(), held: new Map(), failed: new Set(), out: [] }
}

export function takeCommitments(state: RobustUtility, { from }: Inbox, { group }: Turn, { degree }: RobustRules): Made {
  const commitments = new Map<MeterId, ReadonlyMap<MeterId, Point>>()
  for (const [giver, body] of from) {
    const takers = neighboursOf(group, giver, degree)
    const of = new Map<MeterId, Point>()
    parts(body, takers.length, ELEMENT_BYTES, giver).forEach((bytes, i) => {
      if (bytes.some(byte => byte !== 0)) of.set(takers[i] as MeterId, decodePoints(bytes, 1, giver)[0] as Point)
    })
    commitments.set(giver, of)
  }
  Object.assign(state, { commitments, held: new Map(), failed: new Set(), out: [] })
  return {}
}

/** What was found of a slot's submissions. */
interface Findings {
  readonly held: Map<MeterId, Held>
  /** Failed a check, or sent an opening that a neighbour complains about. */
  readonly failed: Set<MeterId>
  /** Sent to some of those that should have got it. */
  readonly lacking: Set<MeterId>
  /** Names what others deny, so that either may lie. */
  readonly unclear: Set<MeterId>
  readonly accused: NonNullable<Made['accused']>[number][]
}

/** Checks all submissions; gives the total, or asks neighbours to leave out who is missing or failed. */
export function check(state: RobustUtility, { from, missing }: Inbox, turn: Turn, rules: RobustRules): Made {
  const { group } = turn
  const decoded = decodeAll(state, from, turn, rules)
  const found: Findings = { held: new Map(), failed: new Set(), lacking: new Set(), unclear: new Set(), accused: [] }
  for (const [id, submission] of decoded) checkOne(state, id, submission, { turn, rules, found })
  for (const id of found.failed) found.held.delete(id)
  // A blinding that one of two contributors added and the other did not get stays in the sum.
  for (const { untaken } of found.held.values()) for (const id of untaken.keys()) if (found.held.has(id)) found.lacking.add(id)
  state.held = found.held
  state.failed = found.failed
  const out = group.members.filter(id => !found.held.has(id))
  const made = (outcome: Outcome): Made => ({ outcome, accused: found.accused })
  if (rules.trusting) return made(totalOf(state, 0n, turn))
  if (found.lacking.size > 0) return made({ type: 'lost', reason: 'missing', members: [...found.lacking] })
  if (found.unclear.size > 0) return made({ type: 'lost', reason: 'implausible', members: [...found.unclear] })
  if (out.length === 0) return made(totalOf(state, 0n, turn))
  if (!staysConnected(found.held, turn, new Set(out), rules)) {
    const reason = missing.length > 0 ? 'missing' : 'implausible'
    return made({ type: 'lost', reason, members: out })
  }
  state.out = out
  return { send: [{ to: 'meters', body: encodeMembers(out, group) }], accused: found.accused }
}

function decodeAll(state: RobustUtility, from: Inbox['from'], turn: Turn, { degree }: RobustRules): [MeterId, Submission][] {
  const utility = state.rings.get(turn.self)
  const decoded: [MeterId, Submission][] = []
  for (const [id, body] of from) {
    const own = state.rings.get(id)
    // A meter whose key never came cannot be checked; it is left out as if it were missing.
    if (!own || !utility) continue
    const submission = decodeSubmission(body, id, { own, utility }, turn)
    const neighbours = neighboursOf(turn.group, id, degree)
    if ([...submission.untaken.keys()].some(giver => !neighbours.includes(giver)))
      throw new MalformedBodyError(id, 'expected to hear of neighbours only, got others')
    decoded.push([id, submission])
  }
  return decoded
}

function staysConnected(held: RobustUtility['held'], { group }: Turn, out: ReadonlySet<MeterId>, rules: RobustRules): boolean {
  return held.size >= rules.minMembers && [...held.keys()].every(id => reachable(group, id, out, rules.degree).size >= rules.minMembers)
}

/** Checks one submission against all that others showed. */
function checkOne(
  state: RobustUtility,
  id: MeterId,
  submission: Submission,
  { turn, rules, found }: { readonly turn: Turn; readonly rules: RobustRules; readonly found: Findings }
): void {
  const { commitments, key } = state
  const givers = neighboursOf(turn.group, id, rules.degree).filter(giver => !submission.untaken.has(giver))
  const taken = givers.map(giver => commitments.get(giver)?.get(id))
  const own = commitments.get(id)
  const silent = givers.filter((_, i) => !taken[i])
  if (!own) found.lacking.add(id)
  for (const giver of silent) found.lacking.add(giver)
  if (!key || !own || silent.length > 0) return
  const known = taken as Point[]
  if (!tookThese(submission, known)) {
    found.unclear.add(id)
    return
  }
  const fail = (what: string): void => {
    found.failed.add(id)
    found.accused.push({ member: id, what })
  }
  const shown = judgeComplaints(state, id, submission, { turn, found })
  const y = shown ? checkSubmission(submission, id, { given: own.values(), taken: known }, { key, turn }) : undefined
  if (!shown) fail('complained about an opening without showing it')
  else if (y === undefined) fail('submitted a reading whose proofs fail')
  else found.held.set(id, { y, untaken: submission.untaken })
}

/** Judges a meter's complaints; false where one shows nothing. */
function judgeComplaints(
  { commitments, rings }: RobustUtility,
  id: MeterId,
  { untaken }: Submission,
  { turn, found }: { readonly turn: Turn; readonly found: Findings }
): boolean {
  for (const [giver, complaint] of untaken) {
    if (!complaint) continue
    if (!showsPlaintext(complaint, rings.get(id) as SquareRing, turn.work)) return false
    const commitment = commitments.get(giver)?.get(id)
    if (!commitment) found.lacking.add(giver)
    else if (openingIn(complaint.plain, commitment, turn.work)) found.unclear.add(id).add(giver)
    else found.failed.add(giver)
  }
  return true
}

/** Gives up where somebody says that it did submit: what its neighbours would open is its reading. */
export function hearDisputes({ out, failed }: RobustUtility, { from }: Inbox): Made {
  const disputing = out.filter(id => from.has(id))
  if (disputing.length === 0) return {}
  const reason = disputing.some(id => failed.has(id)) ? 'implausible' : 'missing'
  return { outcome: { type: 'lost', reason, members: disputing } }
}

/** Takes the opened blindings out of the sum. */
export function correct(state: RobustUtility, { from, missing }: Inbox, turn: Turn, { degree }: RobustRules): Made {
  const { out, held, commitments } = state
  if (out.length === 0) return {}
  const opened = [...from].map(([id, body]) => {
    const shared = neighboursOf(turn.group, id, degree).filter(each => out.includes(each))
    return { id, shared, openings: decodeOpenings(body, 2 * shared.length, id) }
  })
  if (missing.length > 0) return { outcome: { type: 'lost', reason: 'missing', members: missing } }
  let surplus = 0n
  const lying: MeterId[] = []
  for (const { id, shared, openings } of opened) {
    const expected = shared.flatMap(other => [
      commitments.get(id)?.get(other) ?? Point.ZERO,
      held.get(id)?.untaken.has(other) ? Point.ZERO : (commitments.get(other)?.get(id) ?? Point.ZERO)
    ])
    if (!openings.every((opening, i) => commitmentTo(opening, turn.work).equals(expected[i] as Point))) lying.push(id)
    openings.forEach(({ r }, i) => {
      surplus += i % 2 === 0 ? r : -r
    })
  }
  state.out = []
  if (lying.length === 0) return { outcome: totalOf(state, surplus, turn) }
  return {
    outcome: { type: 'lost', reason: 'implausible', members: lying },
    accused: lying.map(member => ({ member, what: 'opened a blinding otherwise than it was committed to' }))
  }
}

/** Adds up what held, less the blindings that nobody subtracts. */
function totalOf({ held }: RobustUtility, surplus: bigint, { group }: Turn): Outcome {
  let sum = -surplus
  for (const { y } of held.values()) sum += y
  const lanes = unpack(scalar(sum), group.lanes)
  if (!lanes) return { type: 'lost', reason: 'implausible', members: [] }
  return { type: 'total', contributors: group.members.filter(id => held.has(id)), lanes }
}
