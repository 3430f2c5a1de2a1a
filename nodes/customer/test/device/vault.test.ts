// The customer's account: keys under a password, and what a server sees of them.
import { keyEpoch, type MeterKey } from '@hushgrid/billing'
import { HushgridError, InvalidArgumentError, meterId, SeededRng, systemRng, toHex, utf8 } from '@hushgrid/primitives'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AccountRecord, AccountRecordError, decodeAccount, encodeAccount } from '../../src/device/account-record.ts'
import { ARGON2ID, PBKDF2, passwordKey } from '../../src/device/password-key.ts'
import { MeterKeyError, Vault, VaultDamagedError, WrongPasswordError } from '../../src/device/vault.ts'

const PASSWORD = 'correct horse battery staple'
const SECOND = meterId('22'.repeat(32))
const FIRST = meterId('11'.repeat(32))
const THIRD = meterId('ff'.repeat(32))
const METERS = [SECOND, FIRST, THIRD]
const FIRST_EPOCH = keyEpoch(0)
const KEYS = METERS.map((_, i): MeterKey => ({ epoch: FIRST_EPOCH, key: new SeededRng(`key ${i}`).bytes(32) }))

let vault: Vault
beforeAll(async () => {
  const empty = await Vault.create('ada', PASSWORD, systemRng)
  vault = METERS.reduce((held, meter, i) => held.withKey(meter, KEYS[i] as MeterKey), empty)
})

function copyOf(record: AccountRecord): AccountRecord {
  return decodeAccount(encodeAccount(record), 'a copy')
}

describe('password keys', () => {
  it('are those of RFC 9106 section 4, second option, and of PBKDF2 with a million iterations', async () => {
    expect(ARGON2ID).toEqual({ scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 4 })
    expect(PBKDF2).toEqual({ scheme: 'pbkdf2-sha256', iterations: 1_000_000 })
    const salt = utf8('0123456789abcdef')
    // Made with @noble/hashes 2.4.0 (argon2id) and Python's hashlib (pbkdf2_hmac).
    expect(toHex(await passwordKey(PASSWORD, salt, ARGON2ID))).toBe('efb51f9a76584f6dd6a4f7942a1a2f6ae5a6e4ec5142ff674dfd5d27eb45e446')
    expect(toHex(await passwordKey(PASSWORD, salt, PBKDF2))).toBe('689d85c9f19d0cd7174354e00a8af2ed2017b5c489933a9bc902229cc9ccd0f1')
  })

  it.each([
    ['little memory', { ...ARGON2ID, memoryKib: 1024 }],
    ['more memory than a machine has', { ...ARGON2ID, memoryKib: 2 ** 30 }],
    ['one pass', { ...ARGON2ID, passes: 1 }],
    ['half a lane', { ...ARGON2ID, parallelism: 0.5 }],
    ['few iterations', { ...PBKDF2, iterations: 1000 }],
    ['a scheme of its own', { scheme: 'rot13' } as never]
  ])('are not made with %s, whatever a server says', async (_, scheme) => {
    await expect(passwordKey(PASSWORD, new Uint8Array(16), scheme)).rejects.toThrow(InvalidArgumentError)
    await expect(Vault.unlock({ ...vault.record, scheme }, PASSWORD, systemRng)).rejects.toThrow(InvalidArgumentError)
  })
})

describe('a vault', () => {
  it('gives the keys back under its password, also spelled with other code points', async () => {
    const held = await Vault.unlock(copyOf(vault.record), PASSWORD, systemRng)
    expect(METERS.flatMap(meter => held.keysOf(meter))).toEqual(KEYS)
    expect(held.meters).toEqual([FIRST, SECOND, THIRD])
    const composed = await Vault.create('ada', 'p\u00e4ssw\u00f6rter sind lang', systemRng)
    expect((await Vault.unlock(composed.record, 'pa\u0308sswo\u0308rter sind lang', systemRng)).account).toBe('ada')
  })

  it.each([
    ['another password', 'correct horse battery stapler'],
    ['none', ''],
    ['a million characters', 'x'.repeat(1_000_000)]
  ])('is not opened by %s', async (_, password) => {
    await expect(Vault.unlock(vault.record, password, systemRng)).rejects.toThrow(WrongPasswordError)
  })

  it('refuses an account that does not exist in the same words and after the same work', async () => {
    const timed = async (record: AccountRecord | undefined, password: string): Promise<{ error: unknown; took: number }> => {
      const begun = performance.now()
      const error = await Vault.unlock(record, password, systemRng).catch((cause: unknown) => cause)
      return { error, took: performance.now() - begun }
    }
    const wrong = await timed(vault.record, 'correct horse battery stapler')
    // The quickest of several: the machine may be busy with something else for a while.
    for (let again = 0; again < 2; again++)
      wrong.took = Math.min(wrong.took, (await timed(vault.record, 'correct horse battery stapler')).took)
    for (const other of [await timed(undefined, PASSWORD), await timed(vault.record, '')]) {
      expect(other.error).toBeInstanceOf(WrongPasswordError)
      expect((other.error as Error).message).toBe((wrong.error as Error).message)
      // Without the derivation it would take less than a hundredth.
      expect(other.took).toBeGreaterThan(wrong.took / 10)
    }
  })

  it('is wrapped anew under another password or scheme, and the old one opens nothing any more', async () => {
    const changed = await vault.withPassword('another twelve characters', PBKDF2)
    expect(changed.record.scheme).toEqual(PBKDF2)
    expect(changed.record.salt).not.toEqual(vault.record.salt)
    for (const [i, { wrapped }] of changed.record.keys.entries()) expect(wrapped).not.toEqual(vault.record.keys[i]?.wrapped)
    await expect(Vault.unlock(changed.record, PASSWORD, systemRng)).rejects.toThrow(WrongPasswordError)
    const held = await Vault.unlock(copyOf(changed.record), 'another twelve characters', systemRng)
    expect(METERS.flatMap(meter => held.keysOf(meter))).toEqual(KEYS)
    await expect(vault.withPassword('short')).rejects.toThrow('password: expected 12 to 256 characters, got 5')
  })

  it('notices a wrapped key that was changed, or was another meter’s or another account’s', async () => {
    const [one, two, three] = vault.record.keys
    if (!one || !two || !three) throw new Error('expected three keys')
    const swapped = [{ ...one, wrapped: two.wrapped }, { ...two, wrapped: one.wrapped }, three]
    await expect(Vault.unlock({ ...vault.record, keys: swapped }, PASSWORD, systemRng)).rejects.toThrow(VaultDamagedError)
    for (const at of [0, 12, 59]) {
      const wrapped = one.wrapped.map((byte, i) => (i === at ? byte ^ 1 : byte))
      const keys = [{ ...one, wrapped }, two, three]
      await expect(Vault.unlock({ ...vault.record, keys }, PASSWORD, systemRng)).rejects.toThrow(VaultDamagedError)
    }
    const later = [{ ...one, keyEpoch: keyEpoch(1) }, two, three]
    await expect(Vault.unlock({ ...vault.record, keys: later }, PASSWORD, systemRng)).rejects.toThrow(VaultDamagedError)
    await expect(Vault.unlock({ ...vault.record, account: 'eve' }, PASSWORD, systemRng)).rejects.toThrow(WrongPasswordError)
  })

  it('has a key of each meter and epoch once, of 32 bytes', () => {
    const other = meterId('00'.repeat(32))
    expect(() => vault.withKey(FIRST, KEYS[0] as MeterKey)).toThrow(MeterKeyError)
    expect(() => vault.withKey(other, { epoch: FIRST_EPOCH, key: new Uint8Array(31) })).toThrow(InvalidArgumentError)
    expect(() => vault.keysOf(other)).toThrow(MeterKeyError)
    expect(() => vault.keyOf(other, FIRST_EPOCH)).toThrow(`meter ${other}: expected one that account ada is paired with, got none`)
    expect(() => vault.keyOf(FIRST, keyEpoch(4))).toThrow(
      `meter ${FIRST}: expected a key of account ada, got one of epoch 4, which another pairing drew`
    )
  })

  it('holds several keys of a meter, each of its epoch, in their order', async () => {
    const [second, third] = [2, 7].map((epoch): MeterKey => ({ epoch: keyEpoch(epoch), key: new SeededRng(`later ${epoch}`).bytes(32) }))
    if (!second || !third) throw new Error('expected two keys')
    const more = vault.withKey(SECOND, third).withKey(SECOND, second)
    const held = await Vault.unlock(copyOf(more.record), PASSWORD, systemRng)
    expect(held.keysOf(SECOND)).toEqual([KEYS[0], second, third])
    expect(held.keyOf(SECOND, second.epoch)).toEqual(second.key)
    expect(held.meters).toEqual([FIRST, SECOND, THIRD])
    expect(more.keysOf(SECOND)).toEqual(held.keysOf(SECOND))
  })

  it('hands out copies, and prints no key', () => {
    vault.keyOf(FIRST, FIRST_EPOCH).fill(0)
    vault.keysOf(FIRST)[0]?.key.fill(0)
    expect(vault.keyOf(FIRST, FIRST_EPOCH)).toEqual(KEYS[1]?.key)
    const printed = `${JSON.stringify(vault)} ${encodeAccount(vault.record)}`
    for (const { key } of KEYS) {
      expect(printed).not.toContain(toHex(key))
      expect(printed).not.toContain(Buffer.from(key).toString('base64'))
    }
    expect(JSON.parse(JSON.stringify(vault))).toEqual({ account: 'ada', meters: [FIRST, SECOND, THIRD] })
  })
})

describe('the file of an account', () => {
  const change = (from: string | RegExp, to: string): string => {
    const text = encodeAccount(vault.record)
    const changed = text.replace(from, to)
    if (changed === text) throw new Error('expected a change')
    return changed
  }

  it('is the same text again, of a stated version', () => {
    const text = encodeAccount(vault.record)
    expect(encodeAccount(decodeAccount(text, 'account.json'))).toBe(text)
    expect(JSON.parse(text)).toMatchObject({ format: 'hushgrid customer account', version: 2, account: 'ada' })
  })

  it.each([
    ['another version', () => change('"version": 2', '"version": 1'), 'account.json: expected version 2 of an account, got 1'],
    [
      'another format',
      () => change('customer account', 'recipe'),
      'account.json: expected a hushgrid customer account, got something else'
    ],
    [
      'an unknown field',
      () => change('"version": 2,', '"version": 2,\n  "hint": "horse",'),
      /expected an account as this program writes it/
    ],
    ['a field twice', () => change('"version": 2,', '"version": 2,\n  "version": 2,'), /expected an account as this program writes it/],
    ['upper-case digits', () => change(/"salt": "[^"]+"/, '"salt": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"'), /as this program writes it/],
    ['a short salt', () => change(/"salt": "../, '"salt": "'), 'account.json: salt: expected 16 bytes, got 15'],
    ['a longer wrapped key', () => change('"wrapped": "', '"wrapped": "00'), 'account.json: wrapped key: expected 60 bytes, got 61'],
    ['no keys', () => change(/"keys": \[.*\]/s, '"keys": null'), 'account.json: keys: expected a list, got object'],
    ['an epoch that is none', () => change('"keyEpoch": 0', '"keyEpoch": -1'), 'account.json: keyEpoch: expected an integer from 0'],
    ['an epoch as a text', () => change('"keyEpoch": 0', '"keyEpoch": "0"'), 'account.json: keyEpoch: expected a number, got string'],
    ['few passes', () => change('"passes": 3', '"passes": 1'), /argon2id passes: expected a whole number from 3/],
    ['a path for a name', () => change('"ada"', '"../ada"'), /account: expected 1 to 64 of a-z/],
    ['no JSON', () => 'secret', 'account.json: expected JSON, got something else'],
    ['null', () => 'null', 'account.json: expected a hushgrid customer account, got something else']
  ])('is refused with %s', (_, text, message) => {
    expect(() => decodeAccount(text(), 'account.json')).toThrow(AccountRecordError)
    expect(() => decodeAccount(text(), 'account.json')).toThrow(message)
    expect(new AccountRecordError('')).toBeInstanceOf(HushgridError)
  })

  it('is refused with keys in another order, or one twice', () => {
    const [one, two] = vault.record.keys
    if (!one || !two) throw new Error('expected two keys')
    const later = { ...one, keyEpoch: keyEpoch(1) }
    for (const keys of [
      [two, one],
      [one, one],
      [later, one]
    ])
      expect(() => encodeAccount({ ...vault.record, keys })).toThrow("in the order of the meters' ids and their epochs")
    expect(encodeAccount({ ...vault.record, keys: [one, later, two] })).toContain('"keyEpoch": 1')
  })
})
