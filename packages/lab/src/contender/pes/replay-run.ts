// Checks a run by concentrator and PES from its report alone: who signed what, and over whom each aggregate is. What is in
// an aggregate only the keys of PES and supplier open.
import { networkId } from '@hushgrid/dcnet'
import { decodeEnvelope, type Envelope, MessageType, PesAggregate, PesBatch, PesReading, verifyEnvelope } from '@hushgrid/messages'
import { decodeIndexSet, openPesSetup, type PesTerms } from '@hushgrid/pes'
import { counted, ed25519Verifier, equalBytes, HushgridError, type MeterId } from '@hushgrid/primitives'
import type { RunFile } from '../../report/run-file.ts'
import { readRecords } from '../../report/verify/read-records.ts'
import { type Claim, contradicted, type DerivedSlot, keyIn, type Replayed } from '../../report/verify/replayed.ts'
import { PES_ROUNDS } from './terms.ts'

/** Message that does not hold. */
class PesRecordError extends HushgridError {
  override name = 'PesRecordError'
}

interface SlotMessages {
  /** Readings by meter. */
  readonly readings: Map<MeterId, Uint8Array>
  /** Indices of those who could have sent one, by the concentrator's last batch. */
  expected?: readonly number[]
  aggregate?: PesAggregate
  /** Envelope of the aggregate. */
  aggregateBytes?: Uint8Array
}

/** Messages of a run, each checked as it is taken. */
class PesRecords {
  readonly slots = new Map<number, SlotMessages>()
  readonly indices = new Map<MeterId, number>()
  terms: PesTerms | undefined
  readonly #run: RunFile
  readonly #network: Uint8Array

  constructor(run: RunFile) {
    this.#run = run
    this.#network = networkId(run.configuration.network.name)
  }

  /** @throws HushgridError where the message does not hold */
  take(bytes: Uint8Array): void {
    const envelope = decodeEnvelope(bytes)
    if (envelope.type === MessageType.PesSetup) this.#setUp(bytes)
    else if (envelope.type === MessageType.PesBatch) this.#batch(envelope)
    else if (envelope.type === MessageType.PesAggregate) this.#aggregate(envelope, bytes)
    else if (envelope.type === MessageType.PeriodAggregate) this.#signed(envelope, this.#role('pes'), 'aggregate of a period')
    else throw new PesRecordError(`messages.log: expected messages of concentrator and PES, got a ${envelope.type}`)
  }

  #role(name: 'concentrator' | 'pes' | 'supplier'): MeterId {
    return keyIn(this.#run, name)
  }

  #setUp(bytes: Uint8Array): void {
    const { keys, configuration } = this.#run
    const dealer = keys.dealer === undefined ? undefined : keyIn(this.#run, 'dealer')
    const { slotSeconds } = configuration.network
    const [pes, supplier] = [this.#role('pes'), this.#role('supplier')]
    this.terms = openPesSetup(bytes, { networkId: this.#network, slotSeconds, pes, supplier, dealer })
  }

  #batch(envelope: Envelope): void {
    const { slot } = envelope
    this.#signed(envelope, this.#role('concentrator'), 'batch')
    const { members, readings, last, expected } = PesBatch.decode(envelope.payload)
    for (const { index, join: bytes } of members) this.#member(index, decodeEnvelope(bytes))
    const messages = this.#slot(slot)
    for (const bytes of readings) {
      const reading = decodeEnvelope(bytes)
      const { sender } = reading
      if (reading.type !== MessageType.PesReading || reading.slot !== slot || !this.indices.has(sender))
        throw new PesRecordError(
          `slot ${slot}: expected a member's reading of this slot, got a ${reading.type} of ${sender} for ${reading.slot}`
        )
      this.#signed(reading, sender, 'reading')
      PesReading.decode(reading.payload)
      const before = messages.readings.get(sender)
      if (before && !equalBytes(before, bytes))
        throw new PesRecordError(`slot ${slot}: two different readings of ${sender}, which is evidence against it`)
      messages.readings.set(sender, bytes)
    }
    if (last) messages.expected = decodeIndexSet(expected)
  }

  #member(index: number, request: Envelope): void {
    if (request.type !== MessageType.PesJoin) throw new PesRecordError(`member ${index}: expected its join, got a ${request.type}`)
    this.#signed(request, request.sender, 'join')
    const [known] = [...this.indices].find(([id, place]) => (id === request.sender) !== (place === index)) ?? []
    if (known !== undefined)
      throw new PesRecordError(`member ${index}: expected one place for each meter, got ${request.sender} beside ${known}`)
    this.indices.set(request.sender, index)
  }

  #aggregate(envelope: Envelope, bytes: Uint8Array): void {
    const { slot } = envelope
    this.#signed(envelope, this.#role('pes'), 'aggregate')
    const aggregate = PesAggregate.decode(envelope.payload)
    const messages = this.#slot(slot)
    // The concentrator hands the same bytes on again where an answer stays away; the PES closes a slot once.
    if (messages.aggregateBytes && !equalBytes(messages.aggregateBytes, bytes))
      throw new PesRecordError(`slot ${slot}: two different aggregates, which is evidence against the PES`)
    messages.aggregateBytes = bytes
    const sent = new Set([...messages.readings.keys()].map(id => this.indices.get(id)))
    const contributors = decodeIndexSet(aggregate.contributors)
    const stranger = contributors.find(index => !sent.has(index))
    if (stranger !== undefined) throw new PesRecordError(`slot ${slot}: the aggregate counts member ${stranger}, who sent no reading`)
    if (decodeIndexSet(aggregate.expected).join() !== messages.expected?.join())
      throw new PesRecordError(`slot ${slot}: the aggregate expects others than the concentrator's batch`)
    const isEnough = contributors.length >= (this.terms?.minMembers ?? Number.POSITIVE_INFINITY)
    if (aggregate.ciphertext.byteLength > 0 !== isEnough)
      throw new PesRecordError(`slot ${slot}: expected ${isEnough ? 'a' : 'no'} sum of ${contributors.length} readings`)
    messages.aggregate = aggregate
  }

  #slot(slot: number): SlotMessages {
    const known = this.slots.get(slot)
    if (known) return known
    const made: SlotMessages = { readings: new Map() }
    this.slots.set(slot, made)
    return made
  }

  #signed(envelope: Envelope, signer: MeterId, what: string): void {
    if (envelope.sender !== signer || !verifyEnvelope(envelope, ed25519Verifier(signer), this.#network))
      throw new PesRecordError(`slot ${envelope.slot}: expected the signature of ${signer} on the ${what}`)
  }
}

/**
 * Checks a run by concentrator and PES.
 *
 * @throws HushgridError where the folder holds no records that can be read
 */
export function replayPes(folder: string, run: RunFile, registrar: string | undefined): Replayed {
  if (registrar !== undefined) throw new HushgridError('--registrar: expected with a run of the DC-net, on this path there is no registrar')
  const records = new PesRecords(run)
  const problems: string[] = []
  for (const bytes of readRecords(folder, 'messages.log', problems)) {
    try {
      records.take(bytes)
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      problems.push(cause.message)
    }
  }
  const numbers = new Map(run.meters.map(({ meter, id }) => [id, meter]))
  if (records.terms) problems.push(...termsClaims(run, records.terms))
  else problems.push('messages.log: expected the setup of the PES')
  for (const id of records.indices.keys())
    if (!numbers.has(id)) problems.push(`run.json: meters: expected the number of ${id}, which has joined`)
  if (new Set(numbers.values()).size !== run.meters.length) problems.push('run.json: meters: expected each number and each id once')
  const slots = new Map(run.slots.map(row => [row.slot, derivedSlot(row, records, id => numbers.get(id) ?? -1)]))
  const all = [...records.slots.values()]
  const readings = all.reduce((sum, each) => sum + each.readings.size, 0)
  const aggregates = all.filter(({ aggregate }) => aggregate !== undefined).length
  const withSum = run.slots.filter(({ slot, lost }) => lost && hasSum(records.slots.get(slot))).length
  return {
    lines: [
      `supplier ${run.keys.supplier} and PES ${run.keys.pes} (as the report has them): the setup and its key are signed`,
      `${counted(readings, 'reading')} of ${counted(records.indices.size, 'meter')}, ${counted(aggregates, 'aggregate')}: signatures, members and contributors hold`
    ],
    problems,
    slots,
    rosters: [],
    unchecked: [
      'whether an aggregate is the sum of its readings, and what it opens to: readings are sealed for the PES, sums for the supplier',
      'epochs, changes of the membership and how many members there are at the end, since no roster is signed on this path',
      ...(withSum > 0
        ? [`${counted(withSum, 'lost slot')} of which there is an aggregate: that it came too late is the supplier's word`]
        : [])
    ]
  }
}

/** Lists what run.json says of the path otherwise than the signed setup. */
function termsClaims({ contender, configuration: { network, pes } }: RunFile, terms: PesTerms): string[] {
  const { variant, publicKey, minMembers, lanes } = terms
  const claims: readonly Claim[] = [
    ['contender', contender, `pes-${variant}`],
    ['configuration.pes', pes, { variant, bits: publicKey.bits }],
    ['configuration.network.minMembers', network.minMembers, minMembers],
    ['configuration.network.lanes', network.lanes.map(({ obis }) => obis), lanes]
  ]
  return contradicted(claims, 'the signed setup has')
}

function hasSum(messages: SlotMessages | undefined): boolean {
  return (messages?.aggregate?.ciphertext.byteLength ?? 0) > 0
}

/** Gives what the messages of a slot decide. */
function derivedSlot(row: RunFile['slots'][number], { slots, indices }: PesRecords, numberOf: (id: MeterId) => number): DerivedSlot {
  const messages = slots.get(row.slot)
  if (!messages?.aggregate || !hasSum(messages)) return { lost: true, total: null, rounds: null }
  if (row.lost) return {}
  const expected = messages.expected ?? []
  const sent = new Set([...messages.readings.keys()].map(id => indices.get(id)))
  const ids = new Map([...indices].map(([id, index]) => [index, id]))
  const missing = expected.filter(index => !sent.has(index))
  const missingMeters = missing.map(index => (ids.has(index) ? numberOf(ids.get(index) as MeterId) : -1)).sort((a, b) => a - b)
  return {
    members: expected.length,
    entries: expected.length,
    submitted: decodeIndexSet(messages.aggregate.contributors).length,
    missing: missing.length,
    missingMeters,
    recovered: missing.length,
    releases: 0,
    lost: false,
    named: [],
    withheld: {},
    rounds: PES_ROUNDS
  }
}
