// A simulated neighbourhood of which the oracle sees all that its adversary sees.
import {
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MalformedMessageError,
  MaskReleasePayload,
  MaskRequestPayload,
  MessageType,
  RecoveryRequestPayload,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SyncRequest
} from '@hushgrid/messages'
import { type MeterId, type Slot, sha256, toHex } from '@hushgrid/primitives'
import type { ChurnResult, PlannedOperation } from '@hushgrid/scenarios'
import { applyPlan, type Message, type NeighbourhoodOptions, SimulatedNeighbourhood } from '@hushgrid/simulator'
import { type MaskGraph, openLanes } from '@hushgrid/topology'
import { type Leak, LeakageOracle, type OracleRoster, type ThinSum } from './leakage-oracle.ts'

/** Tells the oracle of something that was seen. */
type Tell = (oracle: LeakageOracle) => void
/** Positions that a request names, by the hash of its payload. */
type Requests = Map<string, readonly number[]>
/** Slots with the rosters under which somebody submitted, by both. */
type Used = Map<string, { readonly slot: number; readonly roster: OracleRoster }>

const REQUESTS = new Map<MessageType, { decode(payload: Uint8Array): { readonly members: Uint8Array } }>([
  [MessageType.RecoveryRequest, RecoveryRequestPayload],
  [MessageType.MaskRequest, MaskRequestPayload],
  [MessageType.ShareRequest, ShareRequestPayload]
])
const ANSWERS: ReadonlySet<MessageType> = new Set([MessageType.Submission, MessageType.MaskRelease, MessageType.ShareRelease])

export interface Watched {
  readonly leaks: readonly Leak[]
  /** Sums over fewer members than their roster promises. */
  readonly thin: readonly ThinSum[]
  readonly result: ChurnResult
  readonly violations: readonly string[]
  /** First slot of the run. */
  readonly first: Slot
  /** By slot, those who collude in each roster under which somebody submitted. */
  readonly colluding: ReadonlyMap<number, readonly Colluding[]>
}

/** Neighbours of each member of a roster, and the most of them that collude around an honest one. */
export interface Colluding {
  readonly neighbours: number
  readonly most: number
}

/**
 * Runs a plan with an adversary that holds the aggregator and some meters: it sees every submission, mask release and
 * share release that is sent to the aggregator, whether the aggregator owns up to it or not, and knows the colluders' keys.
 *
 * @param colluders - by number
 * @param consents - what the oracle believes of households' consents; what they have given, unless set
 */
export function watched(
  facts: NeighbourhoodOptions,
  plan: readonly PlannedOperation[],
  slots: number,
  colluders: readonly number[] = [],
  consents?: (meterId: string, lane: string) => boolean
): Watched {
  const neighbourhood = new SimulatedNeighbourhood(facts)
  const requests: Requests = new Map()
  const seen: Tell[] = []
  // What a partition keeps from the aggregator it has not seen, unless it comes later.
  const cutOff = new Map<string, Tell>()
  const used: Used = new Map()
  // With edge release the lines are the honest network's: what gets lost there nobody has seen.
  const mayGetLost = ({ from, to }: Message): boolean => facts.recovery !== 'double-mask' && neighbourhood.network.lossy(from, to)
  neighbourhood.network.onSent = message => {
    const tell = watch(neighbourhood, message, requests, colluders, used)
    if (tell && neighbourhood.network.reachable(message.from, message.to) && !mayGetLost(message)) seen.push(tell)
    else if (tell) cutOff.set(toHex(sha256(message.bytes)), tell)
  }
  neighbourhood.network.onDelivered = message => {
    const tell = message.to === neighbourhood.aggregator && cutOff.size > 0 ? cutOff.get(toHex(sha256(message.bytes))) : undefined
    if (tell) seen.push(tell)
  }
  applyPlan(neighbourhood, plan)
  neighbourhood.runSlots(slots)
  const ids = colluders.map(meter => neighbourhood.meter(meter).id)
  const colluding = new Map<number, Colluding[]>()
  for (const { slot, roster } of used.values()) colluding.set(slot, [...(colluding.get(slot) ?? []), around(roster, new Set<string>(ids))])
  const oracle = new LeakageOracle(new Set<string>(ids), consents ?? ((id, lane) => consented(neighbourhood, id as MeterId, lane)))
  for (const tell of seen) tell(oracle)
  return {
    leaks: oracle.leaks(),
    thin: oracle.thinSums(),
    result: neighbourhood.result(),
    violations: neighbourhood.recorder.violations,
    first: neighbourhood.slot(0),
    colluding
  }
}

/** Counts the colluders around the member of a roster that has most of them. */
function around(roster: OracleRoster, colluders: ReadonlySet<string>): Colluding {
  let most = 0
  let neighbours = 0
  for (let index = 0; index < roster.n; index++) {
    if (roster.isAbsent(index) || colluders.has(roster.meterId(index))) continue
    const others = roster.neighbours(index)
    neighbours = others.length
    most = Math.max(most, others.filter(other => colluders.has(roster.meterId(other))).length)
  }
  return { neighbours, most }
}

function watch(
  neighbourhood: SimulatedNeighbourhood,
  { from, to, channel, bytes, reply }: Message,
  requests: Requests,
  colluders: readonly number[],
  used: Used
): Tell | undefined {
  if (reply || channel === 'enrol') return undefined
  const envelope = opened(channel === 'sync' ? SyncRequest.decode(bytes).envelope : bytes)
  if (!envelope) return undefined
  remember(envelope, requests)
  if (to !== neighbourhood.aggregator || !ANSWERS.has(envelope.type)) return undefined
  const meter = neighbourhood.meterOf(envelope.sender)
  // What others send in its name says nothing of it, and what colluders send says nothing that they do not know.
  if (meter === undefined || neighbourhood.meter(meter).number !== from || colluders.includes(meter)) return undefined
  // The sender holds the roster that it used as long as it sends under it.
  const node = neighbourhood.meter(meter)
  const roster = node.up ? node.state.book.ofEpoch(envelope.epoch)?.roster : undefined
  const position = roster?.indexOf(envelope.sender)
  if (!roster || position === undefined) throw new Error(`meter ${meter} sent under a roster that it does not hold`)
  if (envelope.type === MessageType.Submission) used.set(`${envelope.slot} ${toHex(roster.hash)}`, { slot: envelope.slot, roster })
  return answer(envelope, roster, position, requests)
}

/** Tells whether a household agrees to be seen in a sum of a lane that few can fill. */
function consented(neighbourhood: SimulatedNeighbourhood, id: MeterId, lane: string): boolean {
  const meter = neighbourhood.meterOf(id)
  return meter !== undefined && neighbourhood.config.lanesOf(meter).some(({ obis, consent }) => obis === lane && consent)
}

/** Remembers what a request asks for, if it is one. */
function remember({ type, payload }: Envelope, requests: Requests): void {
  const codec = REQUESTS.get(type)
  if (!codec) return
  const { members } = codec.decode(payload)
  requests.set(toHex(sha256(payload)), decodeMemberSet(members, 8 * members.byteLength))
}

/** What a meter's message tells; a request is found by the hash of its payload, which the answer names. */
function answer({ type, slot, payload }: Envelope, roster: OracleRoster, position: number, requests: Requests): Tell {
  const asked = (requestHash: Uint8Array): readonly number[] => {
    const members = requests.get(toHex(requestHash))
    if (!members) throw new Error(`${roster.meterId(position)} answered a request that nobody sent`)
    return members
  }
  if (type === MessageType.Submission) return oracle => oracle.submission(roster, slot, position)
  if (type === MessageType.MaskRelease) {
    const { requestHash, lanes } = MaskReleasePayload.decode(payload)
    const members = asked(requestHash)
    const open = lanes.byteLength === 8 * roster.lanes.length ? undefined : openLanes(maskGraph(roster), new Set(members))
    return oracle => oracle.release(roster, slot, position, members, open)
  }
  const { requestHash, shares } = ShareReleasePayload.decode(payload)
  const members = asked(requestHash)
  const owners = roster
    .neighbours(position)
    .filter(other => !roster.isAbsent(other) && !roster.isCut(position, other) && !members.includes(other))
  // Shares name no owners, so the oracle can be told of them only if they are those of the protocol.
  if (shares.byteLength !== owners.length * SHARE_BYTES)
    throw new Error(`expected ${owners.length} shares of ${roster.meterId(position)}, no colluder, got ${shares.byteLength / SHARE_BYTES}`)
  return oracle => oracle.share(roster, slot, position, owners)
}

function maskGraph(roster: OracleRoster): MaskGraph {
  return {
    size: roster.n,
    neighbours: Array.from({ length: roster.n }, (_, index) => roster.neighbours(index)),
    present: index => !roster.isAbsent(index),
    cut: (a, b) => roster.isCut(a, b),
    minMembers: roster.minMembers,
    lanes: roster.lanes.map(({ support }, lane) => ({ support, canFill: index => roster.canFill(index, lane) }))
  }
}

/** What a flood consists of is no message of anybody. */
function opened(bytes: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(bytes)
  } catch (cause) {
    if (cause instanceof MalformedMessageError) return undefined
    throw cause
  }
}
