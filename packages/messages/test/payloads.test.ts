// Payloads of every type: they come back as they went, and what does not fit is refused.
import { SeededRng, toHex } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageType } from '../src/envelope.ts'
import { MalformedMessageError } from '../src/errors.ts'
import {
  ENVELOPE_OVERHEAD,
  MAX_ADDRESS,
  MAX_ADDRESSES,
  MAX_CREDENTIAL,
  MAX_DELIVERED_BATCH,
  MAX_DELIVERED_BILL,
  MAX_LANES,
  MAX_MEMBERS,
  PAYLOAD_LIMIT
} from '../src/limits.ts'
import { encodeMemberSet } from '../src/member-set.ts'
import {
  AggregatorRequest,
  BillDelivery,
  DeliveryReply,
  DisputePayload,
  EdgeOpeningPayload,
  EdgeRequestPayload,
  EnrolReply,
  EnrolRequest,
  JoinReply,
  JoinRequest,
  LeaveRequest,
  LossReason,
  MASK_ROUNDS,
  MAX_REFUSAL,
  MaskReleasePayload,
  MaskRequestPayload,
  MaskWordPayload,
  MissingPayload,
  OPENING_BYTES,
  type PayloadCodec,
  ReadingDelivery,
  RecoveryRequestPayload,
  RefusalPayload,
  RosterDeltaPayload,
  RosterPayload,
  RosterRequest,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SlotTranscript,
  SubmissionPayload,
  SyncReply,
  SyncRequest,
  TAG_BYTES,
  TIME_NONCE_BYTES,
  TimeReply,
  TimeRequest
} from '../src/payloads.ts'
import { bytesField, varintField } from './wire.ts'

const rng = new SeededRng('payloads')
const bytes = (length: number) => new Uint8Array(rng.bytes(length))
const text = (length: number) => '/'.padEnd(length, 'a')

interface Sample {
  readonly codec: PayloadCodec<object>
  readonly value: object
  /** Values that are refused, and what the error names. */
  readonly wrong?: readonly (readonly [object, RegExp])[]
}

function sample<T extends object>(codec: PayloadCodec<T>, value: T, ...wrong: (readonly [Partial<T>, RegExp])[]): Sample {
  return { codec: codec as unknown as PayloadCodec<object>, value, wrong: wrong.map(([change, error]) => [{ ...value, ...change }, error]) }
}

const wrongHash = [31, 33, 0].map(length => [{ requestHash: bytes(length) }, /requestHash: expected 32 bytes/] as const)
const wrongNonce = [15, 17, 0].map(length => [{ nonce: bytes(length) }, /nonce: expected 16 bytes/] as const)
const tooMany = { addresses: new Array<string>(MAX_ADDRESSES + 1).fill('/a') }
const tooLong = { addresses: [text(MAX_ADDRESS + 1)] }

const SAMPLES: Readonly<Record<string, Sample>> = {
  EnrolRequest: sample(
    EnrolRequest,
    { blindingKey: bytes(32), season: 2 ** 32 - 1, lanes: bytes(30) },
    [{ blindingKey: bytes(31) }, /blindingKey: expected 32 bytes, got 31/],
    [{ blindingKey: bytes(33) }, /blindingKey/],
    [{ blindingKey: bytes(0) }, /blindingKey/]
  ),
  EnrolReply: sample(
    EnrolReply,
    { credential: bytes(MAX_CREDENTIAL), refused: '', aggregator: text(MAX_ADDRESS), season: 7 },
    [{ aggregator: text(MAX_ADDRESS + 1) }, /address: expected at most 256/],
    [{ credential: bytes(MAX_CREDENTIAL + 1) }, /credential: expected at most 1489 bytes, got 1490/]
  ),
  JoinRequest: sample(
    JoinRequest,
    { addresses: ['/ip4/127.0.0.1/tcp/1', text(MAX_ADDRESS)], unixMillis: 2 ** 53 - 1 },
    [tooMany, /within the limits/],
    [tooLong, /address: expected at most 256/]
  ),
  LeaveRequest: sample(LeaveRequest, { unixMillis: 2 ** 53 - 1 }),
  JoinReply: sample(JoinReply, { refused: 'why', roster: bytes(40), witnessed: bytes(30) }),
  AggregatorRequest: sample(
    AggregatorRequest,
    { addresses: ['/ip4/127.0.0.1/tcp/1'] },
    [tooMany, /within the limits/],
    [tooLong, /address/]
  ),
  TimeRequest: sample(TimeRequest, { nonce: bytes(TIME_NONCE_BYTES) }, ...wrongNonce),
  TimeReply: sample(TimeReply, { nonce: bytes(TIME_NONCE_BYTES), unixMillis: 8_640_000_000_000_000 }, ...wrongNonce, [
    { unixMillis: 8_640_000_000_000_001 },
    /unixMillis: expected at most/
  ]),
  RosterRequest: sample(RosterRequest, { latest: true, epoch: 2 ** 48 }),
  Roster: sample(
    RosterPayload,
    {
      ...{ roster: bytes(400), signature: bytes(64), credentials: [bytes(110), bytes(95)], addresses: ['', '/a'], aggregatorAddress: '/b' },
      ...{ leaves: [bytes(120)], proofs: [bytes(300), bytes(200)] }
    },
    [{ signature: bytes(63) }, /signature: expected 64 bytes, got 63/],
    [tooLong, /address/],
    [{ aggregatorAddress: text(MAX_ADDRESS + 1) }, /address/]
  ),
  RosterDelta: sample(
    RosterDeltaPayload,
    {
      ...{ signature: bytes(64), left: [1], absent: [2, 3], present: [4], degree: 8, aggregatorAddress: '/b', seasonEndSlot: 2 ** 40 },
      joined: [{ entry: bytes(80), credential: bytes(110), address: '/a' }],
      renewed: [{ position: 5, credential: bytes(110) }],
      moved: [{ position: 6, address: '/c' }],
      ...{ cuts: [bytes(64)], leaves: [bytes(120)], proofs: [bytes(300)] }
    },
    [{ signature: bytes(63) }, /signature: expected 64 bytes, got 63/],
    [{ joined: [{ entry: bytes(81), credential: bytes(110), address: '' }] }, /joined entry: expected 80 bytes, got 81/],
    [{ joined: [{ entry: bytes(80), credential: bytes(MAX_CREDENTIAL + 1), address: '' }] }, /credential/],
    [{ renewed: [{ position: 5, credential: bytes(MAX_CREDENTIAL + 1) }] }, /credential/],
    [{ moved: [{ position: 6, address: text(MAX_ADDRESS + 1) }] }, /address/],
    [{ cuts: [bytes(63)] }, /cut: expected 64 bytes, got 63/]
  ),
  Submission: sample(
    SubmissionPayload,
    { lanes: bytes(16), corrections: bytes(48), check: bytes(16), tags: bytes(8 * TAG_BYTES) },
    [{ tags: bytes(9) }, /tags: expected 8 bytes each, got 9/],
    [{ check: bytes(15) }, /check: expected 16 bytes, got 15/],
    [{ check: bytes(17) }, /check/],
    [{ corrections: bytes(17) }, /corrections: expected 16 bytes each, got 17/]
  ),
  SlotTotal: sample(
    SlotTotalPayload,
    { contributors: bytes(2), lanes: bytes(16), transcriptHash: bytes(32) },
    [{ transcriptHash: bytes(31) }, /transcriptHash: expected 32 bytes, got 31/],
    [{ transcriptHash: bytes(0) }, /transcriptHash/]
  ),
  SlotLost: sample(SlotLostPayload, { reason: LossReason.Disputed, members: bytes(2) }, [{ reason: LossReason.NotSaid }, /reason/]),
  Missing: sample(MissingPayload, { members: bytes(2) }),
  RecoveryRequest: sample(RecoveryRequestPayload, { members: bytes(2) }),
  MaskRelease: sample(MaskReleasePayload, { requestHash: bytes(32), lanes: bytes(16) }, ...wrongHash),
  MaskRequest: sample(
    MaskRequestPayload,
    { round: MASK_ROUNDS - 1, members: bytes(2) },
    [{ round: MASK_ROUNDS }, /round: expected 0 to 5, got 6/],
    [{ round: 2 ** 32 - 1 }, /round/]
  ),
  ShareRequest: sample(ShareRequestPayload, { members: bytes(2) }),
  ShareRelease: sample(
    ShareReleasePayload,
    { requestHash: bytes(32), shares: bytes(3 * SHARE_BYTES) },
    [{ shares: bytes(1) }, /shares: expected 16 bytes each, got 1 in all/],
    [{ shares: bytes(3 * SHARE_BYTES - 1) }, /shares/],
    [{ shares: bytes(3 * SHARE_BYTES + 8) }, /shares/],
    ...wrongHash
  ),
  MaskWord: sample(MaskWordPayload, { requestHash: bytes(32) }, ...wrongHash),
  EdgeRequest: sample(EdgeRequestPayload, { request: bytes(90), submission: bytes(300), release: bytes(250) }),
  EdgeOpening: sample(
    EdgeOpeningPayload,
    { requestHash: bytes(32), opening: bytes(OPENING_BYTES) },
    [{ opening: bytes(95) }, /opening: expected 96 bytes, got 95/],
    [{ opening: bytes(0) }, /opening/],
    ...wrongHash
  ),
  Dispute: sample(DisputePayload, { requestHash: bytes(32), journalLost: true }, ...wrongHash),
  Refusal: sample(RefusalPayload, { requestHash: bytes(32), reason: 'why' }, ...wrongHash),
  SyncRequest: sample(SyncRequest, { envelope: bytes(9), transcript: true, slot: 2 ** 48, words: bytes(32) }),
  SyncReply: sample(SyncReply, {
    refused: 'why',
    transcript: { result: bytes(5), envelopes: [bytes(3), bytes(4)], lanes: [{ obis: '1-0:1.29.0', able: 5, needed: 6, open: false }] },
    words: [bytes(130), bytes(131)],
    members: 6,
    networkId: bytes(32)
  }),
  ReadingDelivery: sample(
    ReadingDelivery,
    { batch: bytes(700) },
    [{ batch: bytes(0) }, /batch: expected 1 to 524288 bytes, got 0/],
    [{ batch: bytes(MAX_DELIVERED_BATCH + 1) }, /batch/]
  ),
  BillDelivery: sample(
    BillDelivery,
    { bill: bytes(900) },
    [{ bill: bytes(0) }, /bill: expected 1 to 1048576 bytes, got 0/],
    [{ bill: bytes(MAX_DELIVERED_BILL + 1) }, /bill/]
  ),
  DeliveryReply: sample(
    DeliveryReply,
    { taken: bytes(32), refused: '', later: false },
    [{ taken: bytes(31) }, /taken: expected 32 bytes, got 31/],
    [{ taken: bytes(0) }, /taken/],
    [{ refused: 'why' }, /taken: expected none where it is refused, got 32 bytes/],
    [{ taken: bytes(0), refused: text(MAX_REFUSAL + 1) }, /refused: expected at most 480 characters/]
  ),
  SlotTranscript: sample(SlotTranscript, {
    result: bytes(5),
    envelopes: [bytes(3), bytes(4)],
    rosterHash: bytes(32),
    lanes: [{ obis: '1-0:1.29.0', able: 6, needed: 6, open: true }]
  })
}

/** Byte strings as text, since what comes back may be a view of another kind. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
  return value
}

function reasonOf(decode: () => unknown): string {
  try {
    decode()
    return 'taken'
  } catch (cause) {
    if (!(cause instanceof MalformedMessageError)) throw cause
    return cause.reason
  }
}

/** Cuts an encoding into its fields, each with its tag. */
function fieldsIn(encoded: readonly number[]): number[][] {
  const fields: number[][] = []
  let at = 0
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = encoded[at++] as number
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  while (at < encoded.length) {
    const start = at
    const wire = number() & 7
    const length = number()
    if (wire === 2) at += length
    fields.push(encoded.slice(start, at))
  }
  return fields
}

describe.each(Object.entries(SAMPLES))('%s', (name, { codec, value, wrong = [] }) => {
  it('comes back as it was written', () => {
    expect(plain(codec.decode(codec.encode(value)))).toEqual(plain(value))
  })

  it('is refused with fields that it does not know, of each kind and wherever they are', () => {
    const encoded = [...codec.encode(value)]
    for (const field of [varintField(1000, 5), bytesField(1001, [1, 2, 3])]) {
      expect(reasonOf(() => codec.decode(Uint8Array.from([...encoded, ...field])))).toBe('not-canonical')
      expect(reasonOf(() => codec.decode(Uint8Array.from([...field, ...encoded])))).toBe('not-canonical')
    }
  })

  it('is refused in any other spelling: a field twice, fields in another order, a tag in more bytes than it needs', () => {
    const fields = fieldsIn([...codec.encode(value)])
    const spelled = (parts: readonly (readonly number[])[]) => reasonOf(() => codec.decode(Uint8Array.from(parts.flat())))
    expect(spelled(fields)).toBe('taken')
    fields.forEach((field, i) => {
      const twice = [...fields.slice(0, i), field, ...fields.slice(i)]
      // Only a list may have an item twice, and is another list then.
      if (spelled(twice) === 'taken') {
        const items = Object.values(codec.decode(Uint8Array.from(twice.flat()))).flatMap(each => (Array.isArray(each) ? each : []))
        expect(items).toHaveLength(Object.values(value).flatMap(each => (Array.isArray(each) ? each : [])).length + 1)
      } else expect(spelled(twice)).toBe('not-canonical')
      const [tag = 0, ...rest] = field
      expect(spelled(fields.with(i, [tag | 0x80, 0, ...rest]))).toBe('not-canonical')
      const next = fields[i + 1]
      if (next && next[0] !== tag) expect(spelled(fields.with(i, next).with(i + 1, field))).toBe('not-canonical')
    })
  })

  it.each(wrong)('is refused with a field that is not what it must be (%#)', (other, error) => {
    const encoded = codec.encode(other)
    expect(() => codec.decode(encoded)).toThrow(MalformedMessageError)
    expect(() => codec.decode(encoded)).toThrow(error)
    expect(() => codec.decode(encoded)).toThrow(new RegExp(`^${name}: `))
  })

  it('is refused by its own error, or taken, wherever it is cut off and whatever is in it', () => {
    const encoded = codec.encode(value)
    const attempt = (these: Uint8Array) => {
      try {
        codec.decode(these)
      } catch (cause) {
        expect(cause).toBeInstanceOf(MalformedMessageError)
      }
    }
    for (let length = 0; length < encoded.byteLength; length++) attempt(encoded.subarray(0, length))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), attempt), { numRuns: 100 })
    fc.assert(
      fc.property(fc.nat(encoded.byteLength - 1), fc.nat(255), (at, byte) => attempt(encoded.with(at, byte))),
      { numRuns: 200 }
    )
    const endless = Uint8Array.from(bytesField(1001, bytes(9))).subarray(0, -1)
    expect(() => codec.decode(endless)).toThrow(MalformedMessageError)
  })
})

describe('limits', () => {
  it('let the largest lawful payload of each type through', () => {
    const everybody = encodeMemberSet([0, MAX_MEMBERS - 1], MAX_MEMBERS)
    const lanes = bytes(8 * MAX_LANES)
    // Double mask with 254 neighbours: t = floor(2 · 254 / 3) + 1 shares are derived, the others corrected.
    const corrections = bytes(16 * (254 - (Math.floor((2 * 254) / 3) + 1)))
    const requestHash = bytes(32)
    const addresses = new Array<string>(MAX_ADDRESSES).fill(text(MAX_ADDRESS))
    const n = MAX_MEMBERS
    const largest: Partial<Record<MessageType, Uint8Array>> = {
      EnrolRequest: EnrolRequest.encode({ blindingKey: bytes(32), season: 2 ** 32 - 1, lanes: bytes(MAX_CREDENTIAL - 16 - 64) }),
      EnrolReply: EnrolReply.encode({
        ...{ credential: bytes(MAX_CREDENTIAL), refused: text(400), aggregator: text(MAX_ADDRESS), season: 2 ** 32 - 1 }
      }),
      JoinRequest: JoinRequest.encode({ addresses, unixMillis: 2 ** 53 - 1 }),
      LeaveRequest: LeaveRequest.encode({ unixMillis: 2 ** 53 - 1 }),
      AggregatorRequest: AggregatorRequest.encode({ addresses }),
      RosterRequest: RosterRequest.encode({ latest: true, epoch: 2 ** 48 }),
      Roster: RosterPayload.encode({
        roster: bytes(82 * n + 1200),
        signature: bytes(64),
        // Dates, two lanes with consents, a signature.
        credentials: Array.from({ length: n }, () => bytes(16 + 1 + 2 * 14 + 64)),
        // A multiaddr with a peer id in it takes about a hundred characters.
        addresses: new Array<string>(n).fill(text(120)),
        aggregatorAddress: text(MAX_ADDRESS),
        leaves: [],
        proofs: []
      }),
      Submission: SubmissionPayload.encode({ lanes, corrections, check: bytes(16), tags: bytes(254 * TAG_BYTES) }),
      SlotTotal: SlotTotalPayload.encode({ contributors: everybody, lanes, transcriptHash: bytes(32) }),
      SlotLost: SlotLostPayload.encode({ reason: LossReason.Implausible, members: everybody }),
      Missing: MissingPayload.encode({ members: everybody }),
      RecoveryRequest: RecoveryRequestPayload.encode({ members: everybody }),
      MaskRelease: MaskReleasePayload.encode({ requestHash, lanes }),
      MaskRequest: MaskRequestPayload.encode({ round: MASK_ROUNDS - 1, members: everybody }),
      ShareRequest: ShareRequestPayload.encode({ members: everybody }),
      ShareRelease: ShareReleasePayload.encode({ requestHash, shares: bytes(254 * SHARE_BYTES) }),
      MaskWord: MaskWordPayload.encode({ requestHash }),
      EdgeRequest: EdgeRequestPayload.encode({
        request: bytes(PAYLOAD_LIMIT.ShareRequest + ENVELOPE_OVERHEAD),
        submission: bytes(PAYLOAD_LIMIT.Submission + ENVELOPE_OVERHEAD),
        release: bytes(PAYLOAD_LIMIT.ShareRelease + ENVELOPE_OVERHEAD)
      }),
      EdgeOpening: EdgeOpeningPayload.encode({ requestHash, opening: bytes(OPENING_BYTES) }),
      Dispute: DisputePayload.encode({ requestHash, journalLost: true }),
      Refusal: RefusalPayload.encode({ requestHash, reason: text(400) }),
      ReadingDelivery: ReadingDelivery.encode({ batch: bytes(MAX_DELIVERED_BATCH) }),
      BillDelivery: BillDelivery.encode({ bill: bytes(MAX_DELIVERED_BILL) })
    }
    for (const [type, payload] of Object.entries(largest) as [MessageType, Uint8Array][])
      expect(payload.byteLength, type).toBeLessThanOrEqual(PAYLOAD_LIMIT[type])
    // A JoinReply carries a whole Roster envelope.
    expect(PAYLOAD_LIMIT.JoinReply).toBeGreaterThanOrEqual(PAYLOAD_LIMIT.Roster + 1024)
  })

  it('are small where little has to be said', () => {
    for (const type of [MessageType.Dispute, MessageType.MaskWord, MessageType.RosterRequest])
      expect(PAYLOAD_LIMIT[type]).toBeLessThanOrEqual(64)
    for (const type of [MessageType.Submission, MessageType.MaskRelease, MessageType.ShareRelease])
      expect(PAYLOAD_LIMIT[type]).toBeLessThanOrEqual(8 * 1024)
    expect(PAYLOAD_LIMIT[MessageType.Unspecified]).toBe(0)
  })
})

describe('the answer to a delivery', () => {
  it('may say that nothing was decided', () => {
    const later = { taken: bytes(0), refused: 'too many are waiting', later: true }
    expect(plain(DeliveryReply.decode(DeliveryReply.encode(later)))).toEqual(plain(later))
  })
})

describe('double mask', () => {
  it('has rounds 0 to 5, each its own bytes', () => {
    const rounds = [0, 1, 2, 3, 4, 5].map(round => MaskRequestPayload.encode({ round, members: bytes(0) }))
    expect(rounds.map(encoded => MaskRequestPayload.decode(encoded).round)).toEqual([0, 1, 2, 3, 4, 5])
    expect(new Set(rounds.map(toHex)).size).toBe(6)
  })

  it('may ask with nobody missing, and release no share at all', () => {
    expect(ShareRequestPayload.decode(new Uint8Array(0)).members).toHaveLength(0)
    const nothing = { requestHash: bytes(32), shares: new Uint8Array(0) }
    expect(plain(ShareReleasePayload.decode(ShareReleasePayload.encode(nothing)))).toEqual(plain(nothing))
  })

  it('keeps a ShareRelease of 22 neighbours within 400 bytes, and a submission within 330 more than without', () => {
    const shares = ShareReleasePayload.encode({ requestHash: bytes(32), shares: bytes(22 * SHARE_BYTES) })
    expect(shares.byteLength).toBeLessThanOrEqual(400)
    const none = new Uint8Array(0)
    const plainly = SubmissionPayload.encode({ lanes: bytes(16), corrections: none, check: none, tags: none })
    // t = 15 of 22: 7 corrections, 22 tags.
    const masked = SubmissionPayload.encode({
      ...{ lanes: bytes(16), corrections: bytes(7 * SHARE_BYTES), check: bytes(SHARE_BYTES), tags: bytes(22 * TAG_BYTES) }
    })
    expect(masked.byteLength - plainly.byteLength).toBeLessThanOrEqual(330)
  })
})

describe('enums', () => {
  it('are refused with a value that is not in the schema', () => {
    for (const reason of [99, 2 ** 31 - 1]) {
      const encoded = Uint8Array.from([...varintField(1, reason), ...bytesField(2, [1])])
      expect(() => SlotLostPayload.decode(encoded)).toThrow(MalformedMessageError)
    }
    expect(SlotLostPayload.decode(Uint8Array.from([...varintField(1, 2), ...bytesField(2, [1])])).reason).toBe(LossReason.Disputed)
  })

  it('are refused where a reason has to be given and is not', () => {
    expect(() => SlotLostPayload.decode(Uint8Array.from(bytesField(2, [1])))).toThrow(
      /^SlotLost: reason: expected one of the reasons, got none$/
    )
  })
})

describe('errors', () => {
  it('say which kind they are', () => {
    expect(reasonOf(() => EnrolRequest.decode(Uint8Array.of(0xff)))).toBe('malformed')
    expect(reasonOf(() => EnrolRequest.decode(new Uint8Array(0)))).toBe('bad-field')
    expect(reasonOf(() => JoinRequest.decode(JoinRequest.encode({ ...tooMany, unixMillis: 0 })))).toBe('malformed')
    expect(reasonOf(() => JoinRequest.decode(JoinRequest.encode({ ...tooLong, unixMillis: 0 })))).toBe('bad-field')
    expect(new MalformedMessageError('malformed', 'x').name).toBe('MalformedMessageError')
  })
})
