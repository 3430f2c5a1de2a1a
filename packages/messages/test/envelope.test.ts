// Envelopes as bytes: what is signed, what is canonical, what is refused.
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { concatBytes, epoch, fromHex, IdentityKey, SeededRng, slot, toHex, VerifyKey } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEnvelope, type Envelope, MessageType, sealEnvelope, signedBytes, verifyEnvelope } from '../src/envelope.ts'
import { MalformedMessageError } from '../src/errors.ts'
import { ENVELOPE_OVERHEAD, envelopeLimit, PAYLOAD_LIMIT } from '../src/limits.ts'
import { bytesField, varint, varintField } from './wire.ts'

const TYPES = Object.values(MessageType).filter((type): type is MessageType => typeof type === 'string' && type !== MessageType.Unspecified)
/** The numbers of hushgrid.proto, which belong to the protocol. */
const NUMBERS: Partial<Record<MessageType, number>> = {
  Roster: 5,
  Submission: 6,
  SlotTotal: 7,
  MaskRelease: 11,
  Dispute: 12,
  MaskWord: 38,
  EdgeRequest: 39,
  EdgeOpening: 40
}

const signer = IdentityKey.generate(new SeededRng('signer'))
const verifyKey = new VerifyKey(fromHex(signer.id))
const context = new SeededRng('context').bytes(32)
const payload = Uint8Array.of(1, 2, 3)

/** The fields of an envelope as they are written one after the other. */
function fields(
  of: {
    sender?: Uint8Array
    type?: number
    epoch?: number | bigint
    slot?: number | bigint
    payload?: Uint8Array
    signature?: Uint8Array
  } = {}
) {
  return [
    bytesField(1, of.sender ?? fromHex(signer.id)),
    varintField(2, of.type ?? 6),
    varintField(3, of.epoch ?? 3),
    varintField(4, of.slot ?? 70_000),
    bytesField(5, of.payload ?? payload),
    bytesField(6, of.signature ?? new Uint8Array(64).fill(9))
  ]
}
const written = (parts: readonly number[][]) => Uint8Array.from(parts.flat())

function reasonOf(bytes: Uint8Array, limit?: number): string {
  try {
    decodeEnvelope(bytes, limit)
    return 'taken'
  } catch (cause) {
    if (!(cause instanceof MalformedMessageError)) throw cause
    return cause.reason
  }
}

describe('an envelope (PROTOCOL.md section 10)', () => {
  it.each(Object.entries(NUMBERS))('of type %s is these bytes', (type, number) => {
    // The signature, by node:crypto and the page alone.
    const key = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), signer.exportSeed()]),
      format: 'der',
      type: 'pkcs8'
    })
    const numbers = Buffer.alloc(16)
    numbers.writeBigUInt64LE(3n)
    numbers.writeBigUInt64LE(70_000n, 8)
    const signed = Buffer.concat([
      Buffer.from(`hushgrid/v2/${type}`),
      Buffer.of(0),
      context,
      numbers,
      createHash('sha256').update(payload).digest()
    ])
    const expected = written(fields({ type: number, signature: new Uint8Array(sign(null, signed, key)) }))
    const sealed = sealEnvelope(signer, type as MessageType, context, epoch(3), slot(70_000), payload)
    expect(toHex(sealed)).toBe(toHex(expected))
    expect(toHex(signedBytes(context, { type: type as MessageType, epoch: epoch(3), slot: slot(70_000), payload }))).toBe(
      signed.toString('hex')
    )
    expect(toHex(decodeEnvelope(sealed).hash)).toBe(createHash('sha256').update(expected).digest('hex'))
  })

  it('comes back as it was sealed, and its signature holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        fc.integer({ min: 0, max: 2 ** 48 }),
        fc.integer({ min: 0, max: 2 ** 48 }),
        fc.uint8Array({ maxLength: 40 }),
        (type, e, s, content) => {
          const decoded = decodeEnvelope(sealEnvelope(signer, type, context, epoch(e), slot(s), content))
          expect(decoded).toMatchObject({ sender: signer.id, type, epoch: e, slot: s })
          expect(toHex(decoded.payload)).toBe(toHex(content))
          expect(verifyEnvelope(decoded, verifyKey, context)).toBe(true)
        }
      )
    )
  })
})

describe('a signature', () => {
  const sealed = (type: MessageType) => decodeEnvelope(sealEnvelope(signer, type, context, epoch(3), slot(7), payload))
  const holds = (changed: Partial<Envelope>, under = context) =>
    verifyEnvelope({ ...sealed(MessageType.Submission), ...changed }, verifyKey, under)

  it('is bound to the context, the epoch, the slot and the payload', () => {
    expect(holds({})).toBe(true)
    for (let bit = 0; bit < 256; bit++) {
      const other = Uint8Array.from(context)
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(holds({}, other)).toBe(false)
    }
    for (let bit = 0; bit < 48; bit++) {
      expect(holds({ slot: slot(Number(7n ^ (1n << BigInt(bit)))) })).toBe(false)
      expect(holds({ epoch: epoch(Number(3n ^ (1n << BigInt(bit)))) })).toBe(false)
    }
    // Nor is it one over both numbers the other way round.
    expect(holds({ epoch: epoch(7), slot: slot(3) })).toBe(false)
    for (const content of [new Uint8Array(0), payload.subarray(1), concatBytes(payload, Uint8Array.of(0)), Uint8Array.of(1, 2, 2)])
      expect(holds({ payload: content })).toBe(false)
  })

  it('does not let a relay that has no key rename the epoch, in the bytes', () => {
    const bytes = sealEnvelope(signer, MessageType.Submission, context, epoch(3), slot(7), payload)
    const { signature } = decodeEnvelope(bytes)
    const as = (number: number) => decodeEnvelope(written(fields({ epoch: number, slot: 7, signature })))
    expect(verifyEnvelope(as(3), verifyKey, context)).toBe(true)
    for (const number of [1, 2, 4, 2 ** 48]) expect(verifyEnvelope(as(number), verifyKey, context)).toBe(false)
  })

  it('is bound to the sender', () => {
    const other = IdentityKey.generate(new SeededRng('other'))
    expect(verifyEnvelope(sealed(MessageType.Submission), new VerifyKey(fromHex(other.id)), context)).toBe(false)
  })

  it('cannot be moved to another type, in memory or in the bytes', () => {
    for (const type of TYPES) {
      const original = sealed(type)
      for (const other of TYPES)
        expect(verifyEnvelope({ ...original, type: other }, verifyKey, context), `${type} as ${other}`).toBe(type === other)
    }
    const { signature } = sealed(MessageType.RecoveryRequest)
    const moved = decodeEnvelope(written(fields({ type: 9, epoch: 3, slot: 7, signature })))
    expect(moved.type).toBe(MessageType.Missing)
    expect(verifyEnvelope(moved, verifyKey, context)).toBe(false)
    const back = decodeEnvelope(written(fields({ type: 10, epoch: 3, slot: 7, signature })))
    expect(verifyEnvelope(back, verifyKey, context)).toBe(true)
  })

  it('is over bytes that no other type, context, epoch or slot leads to', () => {
    // The zero byte ends the name: "Roster" followed by a context that begins with "Request" is no RosterRequest.
    const all = new Set<string>()
    for (const type of TYPES) {
      for (const [e, s] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [0, 2 ** 48],
        [2 ** 48, 0]
      ] as const)
        all.add(toHex(signedBytes(context, { type, epoch: epoch(e), slot: slot(s), payload })))
      expect(
        Buffer.from(signedBytes(context, { type, epoch: epoch(0), slot: slot(0), payload }))
          .toString('latin1')
          .startsWith(`hushgrid/v2/${type}\0`)
      ).toBe(true)
    }
    expect(all.size).toBe(5 * TYPES.length)
  })
})

describe('the canonical encoding', () => {
  it('is taken', () => {
    expect(reasonOf(written(fields()))).toBe('taken')
    expect(reasonOf(written(fields({ epoch: 2 ** 48, slot: 2 ** 48 })))).toBe('taken')
  })

  const [sender, type, epochField, slotField, content, signature] = fields() as [number[], number[], number[], number[], number[], number[]]

  it('has these fields in this order', () => {
    const parts = fields()
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 6 }), order => {
        const inOrder = order.every((part, i) => part === parts[i])
        expect(reasonOf(written(order))).toBe(inOrder ? 'taken' : 'not-canonical')
      })
    )
    for (let i = 0; i + 1 < parts.length; i++) {
      const swapped = parts.with(i, parts[i + 1] as number[]).with(i + 1, parts[i] as number[])
      expect(reasonOf(written(swapped)), `fields ${i + 1} and ${i + 2}`).toBe('not-canonical')
    }
  })

  it.each([
    ['another field at the end', [...fields(), varintField(7, 1)]],
    ['another field in front', [bytesField(7, [1, 2]), ...fields()]],
    ['another field of fixed width', [...fields(), [8 * 7 + 1, 0, 0, 0, 0, 0, 0, 0, 0]]],
    ['another field with a great number', [...fields(), varintField(536_870_911, 0)]],
    ['the sender twice', [sender, ...fields()]],
    ['the type twice', [sender, type, type, epochField, slotField, content, signature]],
    ['the slot twice, another one first', [sender, type, epochField, varintField(4, 1), slotField, content, signature]],
    ['the payload twice', [sender, type, epochField, slotField, content, content, signature]],
    ['the signature twice', [...fields(), signature]],
    ['a type in more bytes than it needs', fields().with(1, varintField(2, 6, 1))],
    ['a slot in more bytes than it needs', fields().with(3, varintField(4, 70_000, 3)), 'malformed'],
    ['a tag in more bytes than it needs', fields().with(3, [...varint(8 * 4, 1), ...varint(70_000)])],
    ['a length in more bytes than it needs', fields().with(4, [...varint(8 * 5 + 2), ...varint(3, 2), ...payload])],
    ['a type beyond 32 bits', fields().with(1, varintField(2, (1n << 32n) + 6n))],
    ['an epoch of 0 spelled out', fields().with(2, varintField(3, 0))],
    ['a slot of 0 spelled out', fields().with(3, varintField(4, 0))],
    ['an empty payload spelled out', fields().with(4, bytesField(5, []))],
    [
      'a slot of more than 64 bits',
      fields().with(3, [...varint(8 * 4), 0xf0, 0xa2, 0x84, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e]),
      'malformed'
    ]
  ] as [string, number[][], string?][])('has no %s', (_what, parts, reason = 'not-canonical') => {
    expect(reasonOf(written(parts))).toBe(reason)
  })

  it('leaves out what is 0 or empty', () => {
    expect(reasonOf(written([sender, type, content, signature]))).toBe('taken')
    expect(reasonOf(written([sender, type, signature]))).toBe('taken')
    expect(decodeEnvelope(written([sender, type, signature]))).toMatchObject({ epoch: 0, slot: 0, payload: new Uint8Array(0) })
  })

  it('is one: two envelopes that decode alike are the same bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...fields()), fc.array(fc.nat(255), { maxLength: 4 })), { maxLength: 9 }), parts => {
        const bytes = written(parts)
        if (reasonOf(bytes) !== 'taken') return
        const { sender: by, type: of, epoch: e, slot: s, payload: p, signature: sig } = decodeEnvelope(bytes)
        const number = [...written(fields())][35] as number
        expect(of).toBe(MessageType.Submission)
        const again = [
          bytesField(1, fromHex(by)),
          varintField(2, number),
          ...(e ? [varintField(3, e)] : []),
          ...(s ? [varintField(4, s)] : [])
        ]
        expect(toHex(bytes)).toBe(toHex(written([...again, ...(p.byteLength ? [bytesField(5, p)] : []), bytesField(6, sig)])))
      })
    )
  })
})

describe('bytes that are no envelope', () => {
  it('are refused wherever they are cut off', () => {
    const whole = written(fields())
    for (let length = 0; length < whole.byteLength; length++) {
      expect(['malformed', 'bad-field', 'unknown-type'], `${length} bytes`).toContain(reasonOf(whole.subarray(0, length)))
    }
  })

  it('are refused with anything behind them', () => {
    const whole = written(fields())
    for (let byte = 0; byte < 256; byte++) expect(reasonOf(concatBytes(whole, Uint8Array.of(byte)))).not.toBe('taken')
  })

  it('are refused by a reason and never otherwise, whatever they are', () => {
    const whole = written(fields())
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(typeof reasonOf(bytes)).toBe('string')
      }),
      { numRuns: 300 }
    )
    fc.assert(
      fc.property(fc.nat(whole.byteLength - 1), fc.nat(255), (at, byte) => {
        const altered = Uint8Array.from(whole)
        altered[at] = byte
        // What is still taken is not what was signed.
        if (reasonOf(altered) === 'taken')
          expect(toHex(decodeEnvelope(altered).hash) === toHex(decodeEnvelope(whole).hash)).toBe(whole[at] === byte)
      }),
      { numRuns: 500 }
    )
  })

  it.each([
    ['a sender of 31 bytes', fields({ sender: new Uint8Array(31) }), 'bad-field'],
    ['a sender of 33 bytes', fields({ sender: new Uint8Array(33) }), 'bad-field'],
    ['no sender', fields().slice(1), 'bad-field'],
    ['a signature of 63 bytes', fields({ signature: new Uint8Array(63) }), 'bad-field'],
    ['a signature of 65 bytes', fields({ signature: new Uint8Array(65) }), 'bad-field'],
    ['no signature', fields().slice(0, 5), 'bad-field'],
    ['an epoch beyond 2^48', fields({ epoch: 2 ** 48 + 1 }), 'bad-field'],
    ['a slot beyond 2^48', fields({ slot: 2 ** 48 + 1 }), 'bad-field'],
    ['a slot that no number holds', fields({ slot: (1n << 53n) + 1n }), 'malformed'],
    ['the greatest slot of 64 bits', fields({ slot: (1n << 64n) - 1n }), 'malformed'],
    ['type 0', fields({ type: 0 }), 'unknown-type'],
    ['no type', fields().toSpliced(1, 1), 'unknown-type'],
    ['type 99', fields({ type: 99 }), 'unknown-type'],
    ['a type of 31 bits', fields({ type: 2 ** 31 - 1 }), 'unknown-type'],
    ['nothing', [], 'unknown-type'],
    ['a group', [...fields(), [8 * 7 + 3]], 'malformed'],
    ['field number 0', [[0, 0], ...fields()], 'not-canonical'],
    ['a length beyond the end', [...fields().slice(0, 5), [8 * 6 + 2, 65, ...new Uint8Array(64)]], 'malformed']
  ] as [string, number[][], string][])('are refused with %s', (_what, parts, reason) => {
    expect(reasonOf(written(parts))).toBe(reason)
  })

  it('name no bytes in their error', () => {
    expect(() => decodeEnvelope(written(fields({ sender: new Uint8Array(31).fill(0xab) })))).toThrow(/^sender: expected 32 bytes, got 31$/)
  })
})

describe('sizes', () => {
  const filled = (type: number, length: number) =>
    concatBytes(
      written(fields({ type, epoch: 2 ** 48, slot: 2 ** 48 }).slice(0, 4)),
      Uint8Array.from([8 * 5 + 2, ...varint(length)]),
      new Uint8Array(length),
      written(fields().slice(5))
    )
  /** Type numbers, found by trying, since only the schema names them. */
  const numbers = Array.from({ length: 64 }, (_, i) => i + 1).filter(number => reasonOf(written(fields({ type: number }))) === 'taken')

  it('are limited for each type, before its payload is looked at', () => {
    expect(numbers).toHaveLength(TYPES.length)
    for (const number of numbers) {
      const { type } = decodeEnvelope(written(fields({ type: number })))
      const most = PAYLOAD_LIMIT[type]
      expect(most, type).toBeGreaterThan(0)
      // Also that an envelope at its limit fits into what its channel lets through.
      expect(reasonOf(filled(number, most), envelopeLimit([type])), type).toBe('taken')
      expect(reasonOf(filled(number, most + 1)), type).toBe('oversized')
      expect(filled(number, most).byteLength).toBeLessThanOrEqual(most + ENVELOPE_OVERHEAD)
    }
  })

  it('are limited as a whole, before anything is decoded', () => {
    expect(reasonOf(new Uint8Array(101), 100)).toBe('oversized')
    expect(reasonOf(new Uint8Array(100), 100)).toBe('unknown-type')
    const largest = Math.max(...Object.values(PAYLOAD_LIMIT))
    expect(reasonOf(new Uint8Array(largest + ENVELOPE_OVERHEAD + 1))).toBe('oversized')
    expect(envelopeLimit([MessageType.Missing, MessageType.SlotTotal])).toBe(ENVELOPE_OVERHEAD + PAYLOAD_LIMIT[MessageType.SlotTotal])
    expect(envelopeLimit([MessageType.Dispute])).toBeLessThan(300)
  })
})
