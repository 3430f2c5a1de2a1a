// The page's formats and cryptography against the customer's own programs.
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bytes,
  Committer,
  CustomerCryptoError,
  checkScheme,
  decodeBatch,
  decodeRecord,
  decryptBatch,
  fromBase64,
  type MeterKeys,
  type PasswordKeys,
  passwordKeys,
  signatureHolds,
  unwrapMeterKeys
} from '../../src/customer/crypto/index.ts'
import {
  ACCOUNT,
  AT,
  BATCH,
  BATCH_FIRST,
  EXPECTED,
  flipped,
  KEY_EPOCH,
  METER,
  PASSWORD,
  PROOF,
  READINGS,
  RECORD,
  spliced
} from './vectors.ts'

let password: PasswordKeys
let keys: MeterKeys
let committer: Committer
beforeAll(async () => {
  password = await passwordKeys(PASSWORD, EXPECTED.scheme, EXPECTED.salt)
  keys = await unwrapMeterKeys(decodeRecord(RECORD, EXPECTED), password.wrapping)
  committer = new Committer()
})

function keyOf(): CryptoKey {
  const key = keys[0]?.key
  if (!key) throw new Error('expected a key of the meter, got none')
  return key
}

function faultOf(act: () => unknown): string | undefined {
  try {
    act()
  } catch (cause) {
    if (cause instanceof CustomerCryptoError) return cause.fault
    throw cause
  }
  return undefined
}

describe('a password', () => {
  it('gives the proof that the customer’s own programs give, and keys that cannot be had out', async () => {
    expect(password.proof).toBe(PROOF)
    expect(password.wrapping.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', password.wrapping)).rejects.toThrow()
  })

  it('is the same in whatever code points it is typed', async () => {
    const typed = await passwordKeys(PASSWORD.normalize('NFD'), EXPECTED.scheme, EXPECTED.salt)
    expect(typed.proof).toBe(PROOF)
  })

  it('that is another one opens nothing', async () => {
    const other = await passwordKeys(`${PASSWORD}!`, EXPECTED.scheme, EXPECTED.salt)
    expect(other.proof).not.toBe(PROOF)
    const opening = unwrapMeterKeys(decodeRecord(RECORD, EXPECTED), other.wrapping)
    await expect(opening).rejects.toMatchObject({ name: 'CustomerCryptoError', fault: 'password' })
  })

  // RFC 9106 has vectors with secret and associated data only; this one is by OpenSSL, through node:crypto.
  it('becomes a key by Argon2id, with progress', async () => {
    const seen: number[] = []
    const scheme = checkScheme({ scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 4 })
    const { argon2Sync, hkdfSync } = await import('node:crypto')
    const parameters = { message: PASSWORD, nonce: EXPECTED.salt, memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 }
    const tag = argon2Sync('argon2id', parameters)
    const { proof } = await passwordKeys(PASSWORD, scheme, EXPECTED.salt, done => seen.push(done))
    expect(proof).toBe(Buffer.from(hkdfSync('sha256', tag, new Uint8Array(0), 'hushgrid/v1/customer/sign-in', 32)).toString('hex'))
    expect(seen.length).toBeGreaterThan(3)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  it.each([
    ['memory that is too little', { scheme: 'argon2id', memoryKib: 65_535, passes: 3, parallelism: 4 }],
    ['memory that is too much', { scheme: 'argon2id', memoryKib: 2 ** 21 + 1, passes: 3, parallelism: 4 }],
    ['too few passes', { scheme: 'argon2id', memoryKib: 65_536, passes: 2, parallelism: 4 }],
    ['too many passes', { scheme: 'argon2id', memoryKib: 65_536, passes: 65, parallelism: 4 }],
    ['no lane', { scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 0 }],
    ['too many lanes', { scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 17 }],
    ['a lane and a half', { scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 1.5 }],
    ['too few iterations', { scheme: 'pbkdf2-sha256', iterations: 999_999 }],
    ['too many iterations', { scheme: 'pbkdf2-sha256', iterations: 100_000_001 }],
    ['iterations as a text', { scheme: 'pbkdf2-sha256', iterations: '1000000' }],
    ['another scheme', { scheme: 'md5' }],
    ['nothing', undefined]
  ])('is not used for %s', (_, scheme) => {
    expect(faultOf(() => checkScheme(scheme))).toBe('scheme')
  })
})

describe('a record', () => {
  it('gives a key of each meter, none of which can be had out', async () => {
    expect(keys.map(({ meterId, keyEpoch }) => ({ meterId, keyEpoch }))).toEqual([{ meterId: METER, keyEpoch: KEY_EPOCH }])
    await expect(crypto.subtle.exportKey('raw', keyOf())).rejects.toThrow()
  })

  it.each([
    ['no JSON', RECORD.slice(1)],
    ['other spaces', JSON.stringify(JSON.parse(RECORD))],
    ['a field more', RECORD.replace('"version": 2,', '"version": 2,\n  "more": 1,')],
    ['another version', RECORD.replace('"version": 2', '"version": 1')],
    ['another format', RECORD.replace('hushgrid customer account', 'hushgrid customer')],
    ['capital letters', RECORD.replace('"check": "9695d', '"check": "9695D')],
    ['a key that is too short', RECORD.replace('c2097e', '097e')],
    ['an epoch that is none', RECORD.replace('"keyEpoch": 3', '"keyEpoch": -3')],
    ['an epoch written otherwise', RECORD.replace('"keyEpoch": 3', '"keyEpoch": 3.0')],
    ['a key twice', RECORD.replace(/( {4}\{[^}]*\})\n/s, '$1,\n$1\n')],
    ['another account', RECORD.replace('"ada"', '"bob"')],
    ['another salt', RECORD.replace('4db3a0', '5db3a0')],
    ['another number of iterations', RECORD.replace('1000000', '1000001')],
    ['too many characters', RECORD + ' '.repeat(300_000)]
  ])('is refused with %s', (_, text) => {
    expect(text).not.toBe(RECORD)
    expect(faultOf(() => decodeRecord(text, EXPECTED))).toBe('record')
  })

  it('whose wrapped key was changed is damaged, not of another password', async () => {
    const damaged = RECORD.replace('c2097e', 'c2097f')
    const opening = unwrapMeterKeys(decodeRecord(damaged, EXPECTED), password.wrapping)
    await expect(opening).rejects.toMatchObject({ fault: 'record' })
  })

  it('whose wrapped key is put under another meter is damaged', async () => {
    const moved = RECORD.replace(METER, `00${METER.slice(2)}`)
    const opening = unwrapMeterKeys(decodeRecord(moved, EXPECTED), password.wrapping)
    await expect(opening).rejects.toMatchObject({ fault: 'record' })
  })

  it('whose wrapped key is put under another epoch is damaged', async () => {
    const moved = RECORD.replace('"keyEpoch": 3', '"keyEpoch": 4')
    const opening = unwrapMeterKeys(decodeRecord(moved, EXPECTED), password.wrapping)
    await expect(opening).rejects.toMatchObject({ fault: 'record' })
  })

  it('whose account is renamed opens for no password', async () => {
    const renamed = decodeRecord(RECORD.replace(`"${ACCOUNT}"`, '"bob"'), { ...EXPECTED, account: 'bob' })
    await expect(unwrapMeterKeys(renamed, password.wrapping)).rejects.toMatchObject({ fault: 'password' })
  })
})

describe('a batch', () => {
  it('opens to readings and gaps, and the meter’s signature holds', async () => {
    const batch = decodeBatch(BATCH)
    expect(batch.header).toMatchObject({ meterId: METER, keyEpoch: KEY_EPOCH, slotSeconds: 900, firstSlot: BATCH_FIRST, slots: 8 })
    expect(batch.header.lanes).toEqual(['1-0:1.29.0', '1-0:2.29.0'])
    const readings = await decryptBatch(batch, keyOf())
    expect(readings).toEqual(READINGS)
    expect(await signatureHolds(batch, readings, keyOf(), committer)).toBe(true)
  })

  it.each([
    ['a reading', AT.ciphertexts, 1],
    ['the last reading', AT.signature - 8, 1],
    ['a gap that becomes another', AT.presence + 1, 0b110],
    ['the signature', AT.signature, 1],
    ['the key epoch', AT.keyEpoch, 1],
    ['the first slot', AT.firstSlot, 1],
    ['the length of a slot', AT.slotSeconds, 1],
    ['a lane', AT.lanes + 4, 1]
  ])('of which a server changed %s does not hold', async (_, at, bits) => {
    const batch = decodeBatch(flipped(BATCH, at, bits))
    let holds: boolean
    try {
      holds = await signatureHolds(batch, await decryptBatch(batch, keyOf()), keyOf(), committer)
    } catch (cause) {
      // Other pads give values that no meter measures.
      if (!(cause instanceof CustomerCryptoError)) throw cause
      holds = false
    }
    expect(holds).toBe(false)
  })

  it('of a meter whose key is of small order does not hold, whatever it says', async () => {
    const weak = spliced(BATCH, AT.meterId, 32, [1, ...Array.from({ length: 31 }, () => 0)])
    const batch = decodeBatch(weak)
    expect(await signatureHolds(batch, READINGS, keyOf(), committer)).toBe(false)
  })

  it('with another reading than the meter’s does not hold', async () => {
    const other = READINGS.map((slot, i) => (i === 6 ? [8n, 0n] : slot))
    expect(await signatureHolds(decodeBatch(BATCH), other, keyOf(), committer)).toBe(false)
  })

  it('changed beyond what a meter measures is refused before its signature', async () => {
    const batch = decodeBatch(flipped(BATCH, AT.ciphertexts + 7))
    await expect(decryptBatch(batch, keyOf())).rejects.toMatchObject({ fault: 'batch' })
  })

  const gapList = (...gaps: readonly [number, number][]): Bytes =>
    spliced(BATCH, AT.presence, 2, [0, gaps.length, 0, ...gaps.flatMap(([start, length]) => [start, 0, 0, 0, length, 0, 0, 0])])

  it.each([
    ['nothing in it', new Uint8Array(0)],
    ['a byte too few', BATCH.slice(0, -1)],
    ['a byte too many', spliced(BATCH, BATCH.length, 0, [0])],
    ['another version', flipped(BATCH, 0, 3)],
    ['slots of no length', spliced(BATCH, AT.slotSeconds, 4, [0, 0, 0, 0])],
    ['slots longer than a day', spliced(BATCH, AT.slotSeconds, 4, [0x81, 0x51, 1, 0])],
    ['a first slot that no clock reaches', spliced(BATCH, AT.firstSlot, 8, [0, 0, 0, 0, 0, 0, 1, 1])],
    ['no slot', spliced(BATCH, AT.slots, 4, [0, 0, 0, 0])],
    ['more slots than a batch may have', spliced(BATCH, AT.slots, 4, [1, 0, 2, 0])],
    ['no lane', spliced(BATCH, AT.lanes, 23, [0])],
    ['the same lane twice', flipped(BATCH, AT.lanes + 17, 3)],
    ['a lane that is no OBIS code', flipped(BATCH, AT.lanes + 3, 0x10)],
    ['another kind of presence', flipped(BATCH, AT.presence, 2)],
    ['presence written the longer way', gapList([1, 1], [4, 2])],
    ['gaps beyond the end', gapList([1, 1], [4, 9])],
    ['gaps over one another', gapList([1, 1], [1, 1], [4, 2])]
  ])('is refused with %s', (_, changed) => {
    expect(faultOf(() => decodeBatch(changed))).toBe('batch')
  })

  it('with a bit set beyond its last slot is refused', () => {
    const seven = spliced(spliced(BATCH, AT.slots, 1, [7]), AT.ciphertexts, 16, [])
    expect(faultOf(() => decodeBatch(seven))).toBe('batch')
    expect(decodeBatch(flipped(seven, AT.presence + 1, 0x80)).header.slots).toBe(7)
  })
})

describe('base64', () => {
  it('is decoded, or refused', () => {
    expect(fromBase64('AAEC/w==')).toEqual(Uint8Array.of(0, 1, 2, 255))
    expect(['AAE', 'A===', 'AA-_', 'AAE=\n'].map(fromBase64)).toEqual([undefined, undefined, undefined, undefined])
  })
})
