// A simulated neighbourhood of which the oracle sees all that its adversary sees.
import {
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  MalformedMessageError,
  MaskReleasePayload,
  MessageType,
  RecoveryRequestPayload,
  SyncRequest
} from '@hushgrid/messages'
import { sha256, toHex } from '@hushgrid/primitives'
import {
  applyPlan,
  type ChurnResult,
  type Message,
  type NeighbourhoodOptions,
  type PlannedOperation,
  SimulatedNeighbourhood
} from '@hushgrid/simulator'
import { type Leak, LeakageOracle } from './leakage-oracle.ts'

export interface Watched {
  readonly leaks: readonly Leak[]
  readonly result: ChurnResult
  readonly violations: readonly string[]
}

/**
 * Runs a plan with an adversary that holds the aggregator and some meters: it sees every submission and release that is
 * sent to the aggregator, whether the aggregator owns up to it or not, and knows the colluders' keys.
 *
 * @param colluders - by number
 */
export function watched(
  facts: NeighbourhoodOptions,
  plan: readonly PlannedOperation[],
  slots: number,
  colluders: readonly number[] = []
): Watched {
  const neighbourhood = new SimulatedNeighbourhood(facts)
  const requests = new Map<string, readonly number[]>()
  const seen: ((oracle: LeakageOracle) => void)[] = []
  // What a partition keeps from the aggregator it has not seen, unless it comes later.
  const cutOff = new Map<string, (oracle: LeakageOracle) => void>()
  neighbourhood.network.onSent = message => {
    const tell = watch(neighbourhood, message, requests)
    if (tell && neighbourhood.network.reachable(message.from, message.to)) seen.push(tell)
    else if (tell) cutOff.set(toHex(sha256(message.bytes)), tell)
  }
  neighbourhood.network.onDelivered = message => {
    const tell = message.to === neighbourhood.aggregator && cutOff.size > 0 ? cutOff.get(toHex(sha256(message.bytes))) : undefined
    if (tell) seen.push(tell)
  }
  applyPlan(neighbourhood, plan)
  neighbourhood.runSlots(slots)
  const ids = colluders.map(meter => neighbourhood.meter(meter).id)
  const oracle = new LeakageOracle(new Set<string>(ids))
  for (const tell of seen) tell(oracle)
  return { leaks: oracle.leaks(), result: neighbourhood.result(), violations: neighbourhood.recorder.violations }
}

function watch(
  neighbourhood: SimulatedNeighbourhood,
  { from, to, channel, bytes, reply }: Message,
  requests: Map<string, readonly number[]>
): ((oracle: LeakageOracle) => void) | undefined {
  if (reply || channel === 'enrol') return undefined
  const inner = channel === 'sync' ? SyncRequest.decode(bytes).envelope : bytes
  const envelope = opened(inner)
  if (!envelope) return undefined
  if (envelope.type === MessageType.RecoveryRequest) {
    const { members } = RecoveryRequestPayload.decode(envelope.payload)
    requests.set(toHex(sha256(envelope.payload)), decodeMemberSet(members, 8 * members.byteLength))
    return undefined
  }
  if (to !== neighbourhood.aggregator || (envelope.type !== MessageType.Submission && envelope.type !== MessageType.MaskRelease))
    return undefined
  const meter = neighbourhood.meterOf(envelope.sender)
  // What others send in its name says nothing of it.
  if (meter === undefined || neighbourhood.meter(meter).number !== from) return undefined
  // The sender holds the roster that it used as long as it sends under it.
  const node = neighbourhood.meter(meter)
  const roster = node.up ? node.state.book.ofEpoch(envelope.epoch)?.roster : undefined
  const position = roster?.indexOf(envelope.sender)
  if (!roster || position === undefined) throw new Error(`meter ${meter} sent under a roster that it does not hold`)
  if (envelope.type === MessageType.Submission) return oracle => oracle.submission(roster, envelope.slot, position)
  const members = requests.get(toHex(MaskReleasePayload.decode(envelope.payload).requestHash))
  if (!members) throw new Error(`meter ${meter} released for a request that nobody sent`)
  return oracle => oracle.release(roster, envelope.slot, position, members)
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
