// Costs of double masking beside edge release: the same days through the same machines, replayed one by one.
import {
  type AggregatorInput,
  createAggregator,
  createMeter,
  type MeterInput,
  type Roster,
  type SeasonKey,
  SeasonKeys,
  SharedSecrets,
  stepAggregator,
  stepMeter,
  unmask
} from '@hushgrid/dcnet'
import { median, privateMasksIn, type SlotPrivateMasks } from '@hushgrid/lab'
import { decodeEnvelope, MessageType, SHARE_BYTES, ShareReleasePayload, SlotTranscript } from '@hushgrid/messages'
import { HushgridError, lanesFromIntegers, type Millis } from '@hushgrid/primitives'
import { SimulatedNeighbourhood } from '@hushgrid/simulator'
import { shareThreshold } from '@hushgrid/topology'
import { type Figure, figure, microseconds } from '../../results/measure.ts'

const DEGREE = 22
const LANES = 2
/** Slots of a day of quarter-hours, which the goal of a meter is for. */
const DAY = 96
/** Replays before the first that is timed. */
const WARM_UP = 2
/** Meter whose day is replayed. */
const METER = 7

type Mode = 'edge-release' | 'double-mask'

interface Recorded<Input> {
  readonly input: Input
  readonly now: Millis
}

/** Inputs of one meter and of the aggregator in the slots of a run, and the last slot's transcript. */
interface Recording {
  readonly neighbourhood: SimulatedNeighbourhood
  readonly slots: number
  readonly meter: readonly Recorded<MeterInput>[]
  readonly aggregator: readonly Recorded<AggregatorInput>[]
  readonly roster: Roster
  readonly transcript: SlotTranscript
}

function record(seed: string, members: number, slots: number, recovery: Mode): Recording {
  const neighbourhood = new SimulatedNeighbourhood({ members, degree: DEGREE, recovery, seed, minMembers: Math.min(6, members) })
  const meter: Recorded<MeterInput>[] = []
  const aggregator: Recorded<AggregatorInput>[] = []
  const node = neighbourhood.meter(METER)
  node.filters.add((outputs, input) => {
    meter.push({ input, now: node.now })
    return outputs
  })
  const { aggregatorNode } = neighbourhood
  let transcript: Uint8Array | undefined
  aggregatorNode.filters.add((outputs, input) => {
    aggregator.push({ input, now: aggregatorNode.now })
    for (const output of outputs) if (output.type === 'journal' && output.record.kind === 'result') transcript = output.record.bytes
    return outputs
  })
  neighbourhood.runSlots(slots)
  const { summary } = neighbourhood.result()
  const last = transcript && SlotTranscript.decode(transcript)
  // The next season's roster may be there already.
  const roster = last && aggregatorNode.state.book.ofSlot(decodeEnvelope(last.result).slot)?.roster
  if (summary.exact !== slots || !last || !roster)
    throw new HushgridError(`double mask: expected ${slots} exact totals, got ${summary.exact}`)
  return { neighbourhood, slots, meter, aggregator, roster, transcript: last }
}

/** Measures the CPU of one replay, ms. */
function cpuOf(work: () => void): number {
  const begin = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1000
}

/** Gives a meter's keys without what was agreed on by them. */
function unagreed(keys: SeasonKeys): SeasonKeys {
  const make = (season: number): SeasonKey => {
    const { blinding } = keys.make(season)
    return { blinding, secrets: new SharedSecrets(blinding) }
  }
  return new SeasonKeys({ kept: [], make, erase: () => {} })
}

/** Replays a meter like a process of its own: it shares no decoded or checked message, and agrees on every key. */
function replayMeter({ neighbourhood, meter }: Recording): number {
  const [first] = meter
  if (!first) throw new HushgridError('expected a meter that was fed something')
  const { config } = neighbourhood.meter(METER)
  // Makes readings anew, since one is wiped as it is submitted.
  const inputs = meter.map(({ input, now }) => ({
    now,
    input: input.type === 'reading' ? { ...input, lanes: lanesFromIntegers(new Array(LANES).fill(250)) } : input
  }))
  let state = createMeter({ ...config, credentials: undefined, keys: unagreed(config.keys) }, { intact: true, records: [] }, first.now)
  return cpuOf(() => {
    for (const { input, now } of inputs) state = stepMeter(state, input, now).state
  })
}

function replayAggregator({ neighbourhood, aggregator }: Recording): number {
  const [first] = aggregator
  if (!first) throw new HushgridError('expected an aggregator that was fed something')
  let state = createAggregator({ ...neighbourhood.aggregatorNode.config, credentials: undefined }, [], first.now)
  return cpuOf(() => {
    for (const { input, now } of aggregator) state = stepAggregator(state, input, now).state
  })
}

/** Measures the difference between the modes, round by round in turn. */
function onTop(rounds: number, of: (recording: Recording) => number, edge: Recording, double: Recording): [values: number[], edge: number] {
  const differences: number[] = []
  const floors: number[] = []
  for (let round = -WARM_UP; round < rounds; round++) {
    const floor = of(edge)
    const difference = of(double) - floor
    if (round < 0) continue
    floors.push(floor)
    differences.push(difference)
  }
  return [differences, median(floors) ?? Number.NaN]
}

/** Gives the masks of the last slot with the shares of all holders, of which a transcript has the used ones only. */
function lastSlotOf({ aggregator, roster, transcript }: Recording): SlotPrivateMasks {
  const masks = privateMasksIn(roster, transcript)
  const shares = new Map<number, Uint8Array>()
  for (const { input } of aggregator) {
    if (input.type !== 'message') continue
    const { type, slot, sender, payload } = decodeEnvelope(input.bytes)
    const index = roster.indexOf(sender)
    if (type === MessageType.ShareRelease && slot === masks.slot && index !== undefined)
      shares.set(index, ShareReleasePayload.decode(payload).shares)
  }
  return { ...masks, shares }
}

/** Times opening all private masks of a slot, where some holders lie to all. */
function unmaskFigure(rounds: number, { roster, slot, members, published, shares }: SlotPrivateMasks, liars: number): Figure {
  const given = new Map(shares)
  for (const index of [...given.keys()].slice(0, liars)) given.set(index, new Uint8Array(given.get(index)?.byteLength ?? 0).fill(0x5a))
  const open = () => unmask({ roster, slot, members, published }, given)
  const { unopened, conflicts } = open()
  const lying = new Set(conflicts.map(({ holder }) => holder)).size
  if (unopened.length > 0 || lying !== liars) throw new HushgridError(`expected all private masks and ${liars} liars, got ${lying}`)
  return figure(
    {
      name: `aggregator: private masks of a slot opened, n = ${roster.n}, degree ${DEGREE}${liars > 0 ? `, ${liars} holders lie` : ''}`,
      unit: 'ms',
      goal: 15
    },
    microseconds(rounds, 10, open).map(time => time / 1000)
  )
}

/** Measures all figures of double masking. */
export function doubleMaskFigures(seed: string, members: number, slots: number, rounds: number): Figure[] {
  const edge = record(seed, members, slots, 'edge-release')
  const double = record(seed, members, slots, 'double-mask')
  const [withEdge, withDouble] = [privateMasksIn(edge.roster, edge.transcript), lastSlotOf(double)]
  const [meter, meterEdge] = onTop(rounds, replayMeter, edge, double)
  const [aggregator, aggregatorEdge] = onTop(rounds, replayAggregator, edge, double)
  const perDay = DAY / slots
  const { neighbourCount } = double.roster
  // As many as may lie to a member that still opens.
  const liars = neighbourCount - shareThreshold(neighbourCount)
  const n = `n = ${members}, degree ${DEGREE}, ${LANES} lanes`
  return [
    figure(
      {
        name: `double mask: payload of a submission beyond edge release's, ${n}`,
        unit: 'B',
        counted: true,
        goal: 350,
        note: `${withDouble.submissionBytes} B against ${withEdge.submissionBytes} B`
      },
      [withDouble.submissionBytes - withEdge.submissionBytes]
    ),
    figure(
      {
        name: `double mask: payload of a ShareRelease, ${n}`,
        unit: 'B',
        counted: true,
        goal: 400,
        note: `${SHARE_BYTES} B a share`
      },
      [withDouble.shareReleaseBytes]
    ),
    figure(
      {
        name: `double mask: meter's CPU for a day of ${DAY} slots beyond edge release's, ${n}, Ed25519`,
        unit: 'ms',
        goal: 20,
        note: `edge release: ${(meterEdge * perDay).toFixed(1)} ms; ${slots} slots replayed, setting up the epoch included`
      },
      meter.map(difference => difference * perDay)
    ),
    figure(
      {
        name: `double mask: aggregator's CPU a slot beyond edge release's, ${n}, Ed25519`,
        unit: 'ms',
        note: `edge release: ${(aggregatorEdge / slots).toFixed(1)} ms; signatures of the shares included`
      },
      aggregator.map(difference => difference / slots)
    ),
    unmaskFigure(rounds, withDouble, 0),
    unmaskFigure(rounds, withDouble, liars)
  ]
}
