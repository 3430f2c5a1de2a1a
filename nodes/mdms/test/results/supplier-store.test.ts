// The files of a supplier's data directory, over restarts and where they are damaged.
import { checkPrimeSync } from 'node:crypto'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, type PrivateKey, splitKey } from '@hushgrid/paillier'
import { encodeKeyShare, encodeSupplierKey, KeyFileError, partialOf, signDealt } from '@hushgrid/pes'
import { HushgridError, IdentityKey, SeededRng, sha256, systemRng, utf8 } from '@hushgrid/primitives'
import { RecordLogError, SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SupplierStore, SupplierStoreError } from '../../src/results/supplier-store.ts'

const rng = new SeededRng('supplier store')
/** The least size that a supplier takes, and that takes long to make: once for all tests. */
const { privateKey, publicKey } = generateKeyPair(2048)
const [first, second] = splitKey(privateKey, systemRng)
const dealt = signDealt(IdentityKey.generate(rng), sha256(utf8('a network')), publicKey, first)

let folder = ''
let opened: SupplierStore[] = []
let made = 0
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushgrid-supplier-')), 'data')
  opened = []
  made = 0
})
afterEach(() => {
  for (const store of opened) store.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const file = (name: string): string => join(folder, name)

function make(): PrivateKey {
  made++
  return privateKey
}

function open(key: Parameters<typeof SupplierStore.open>[1] = { make }): SupplierStore {
  const store = SupplierStore.open(folder, key, systemRng, false)
  opened.push(store)
  return store
}

/** What a refused start says, and by which error. */
function refusal(key?: Parameters<typeof SupplierStore.open>[1]): HushgridError {
  try {
    open(key)
  } catch (cause) {
    if (cause instanceof HushgridError) return cause
    throw cause
  }
  throw new Error('expected a start that is refused')
}

describe('the supplier’s store', () => {
  it('makes a Paillier key once, and decrypts with it after a restart; only its owner may read what is in it', () => {
    const store = open()
    expect([store.setup, store.decryption.variant, made]).toEqual([undefined, 'reencrypt', 1])
    const total = store.decryption.publicKey.encrypt(-123_456_789n, rng)
    store.close()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of ['identity.key', 'paillier.key', 'setup.log']) expect(statSync(file(name)).mode & 0o777, name).toBe(0o600)
    const again = open()
    expect([again.identity.id, again.decryption.publicKey.n, made]).toEqual([store.identity.id, publicKey.n, 1])
    // The short obfuscators of the key stay as well, or nobody could check what was told before.
    expect(again.decryption.publicKey.hs).toBe(store.decryption.publicKey.hs)
    expect(again.decryption.decrypt(total, new Uint8Array(0))).toBe(-123_456_789n)
  })

  it('with a share makes no key, and decrypts only with the other’s part', () => {
    mkdirSync(folder)
    writeFileSync(file('supplier.share'), encodeKeyShare({ publicKey, share: first, dealt }), { mode: 0o600 })
    const share = { share: file('supplier.share') }
    const { decryption, identity } = open(share)
    expect([decryption.variant, decryption.publicKey.n, decryption.publicKey.hs]).toEqual(['direct', publicKey.n, publicKey.hs])
    const total = publicKey.encrypt(4711n, rng)
    const partial = partialOf({ publicKey, share: second })(total)
    expect(decryption.decrypt(total, partial)).toBe(4711n)
    for (const none of [new Uint8Array(0), partialOf({ publicKey, share: first })(total), partial.subarray(1)])
      expect(() => decryption.decrypt(total, none)).toThrow(HushgridError)
    expect(() => readFileSync(file('paillier.key'))).toThrow('ENOENT')
    expect(open(share).identity.id).toBe(identity.id)
  })

  it('keeps the setup that was taken last, also over a restart', () => {
    const store = open()
    for (const setup of ['the first', 'the second']) {
      store.keepSetup(utf8(setup))
      expect(store.setup).toEqual(utf8(setup))
    }
    store.close()
    expect(open().setup).toEqual(utf8('the second'))
    expect(statSync(file('setup.log')).mode & 0o777).toBe(0o600)
  })

  it('says so where a setup cannot be kept, and goes on with the one before', () => {
    const store = open()
    store.keepSetup(utf8('the first'))
    mkdirSync(file('setup.log.next'))
    expect(() => store.keepSetup(utf8('the second'))).toThrow(RecordLogError)
    expect(store.setup).toEqual(utf8('the first'))
    rmSync(file('setup.log.next'), { recursive: true })
    store.close()
    expect(() => store.keepSetup(utf8('the third'))).toThrow(RecordLogError)
    expect(open().setup).toEqual(utf8('the first'))
  })

  for (const [what, harm] of [
    ['torn at its end', () => appendFileSync(file('setup.log'), 'torn')],
    ['cut short', () => truncateSync(file('setup.log'), statSync(file('setup.log')).size - 1)],
    ['emptied', () => truncateSync(file('setup.log'))]
  ] as const) {
    it(`with a setup that is ${what} is refused at every start: the next PES that comes would be taken for the one that was`, () => {
      const store = open()
      store.keepSetup(utf8('the setup'))
      store.close()
      const intact = readFileSync(file('setup.log'))
      harm()
      for (let start = 0; start < 3; start++) {
        const refused = refusal()
        expect(refused).toBeInstanceOf(SupplierStoreError)
        expect(refused.message).toBe(
          `${file('setup.log')}: expected the intact setup of the PES that was taken, got a damaged one. Restore it, or remove it to take the next PES that comes`
        )
      }
      writeFileSync(file('setup.log'), intact)
      expect(open().setup).toEqual(utf8('the setup'))
    })
  }

  it('with a Paillier key that is none is refused in a sentence that does not show it', () => {
    open().close()
    const whole = readFileSync(file('paillier.key'), 'utf8')
    const { p, q } = JSON.parse(whole) as { p: string; q: string }
    // One digit is another; not one that happens to make a prime again.
    const altered = [2n, 4n, 6n].map(step => BigInt(`0x${q}`) ^ step).find(number => !checkPrimeSync(number)) as bigint
    const short = Buffer.from(encodeSupplierKey(generateKeyPair(512, { insecure: true }).privateKey)).toString()
    for (const [text, message] of [
      ['no key', /^key file: expected a Paillier key as JSON, got something else$/],
      [whole.slice(0, -40), /^key file: expected a Paillier key as JSON, got something else$/],
      ['{}', /^key file: expected a Paillier key, got other fields \(format\)$/],
      [whole.replace(`"q":"${q}"`, '"q":"xyz"'), /^key file: expected a Paillier key, got other fields \(q\)$/],
      [whole.replace(q, p), /expected .+ got /],
      [whole.replace(q, altered.toString(16)), /^key file: p, q: expected two primes, got other numbers$/],
      [whole.replace(q, '1'), /^key file: p, q: expected primes of at least 511 bits, got one of 1$/],
      [short, /^key file: n: expected at least 2048 bits, got 512$/],
      [
        Buffer.from(encodeKeyShare({ publicKey, share: first, dealt })).toString(),
        /^key file: expected a Paillier key, got other fields \(format\)$/
      ]
    ] as const) {
      writeFileSync(file('paillier.key'), text)
      const refused = refusal()
      expect(refused.message, text.slice(0, 60)).toMatch(message)
      expect(refused.message).not.toContain(p.slice(0, 16))
    }
    writeFileSync(file('paillier.key'), whole)
    expect(open().decryption.publicKey.n).toBe(publicKey.n)
    // Not one of them was made anew.
    expect(made).toBe(1)
  })

  it('with a share that is none is refused', () => {
    mkdirSync(folder)
    const path = file('supplier.share')
    const share = { share: path }
    expect(refusal(share)).toEqual(new SecretFileError(`${path}: expected to read it (ENOENT)`))
    const text = Buffer.from(encodeKeyShare({ publicKey, share: first, dealt })).toString()
    const other = generateKeyPair(2048).publicKey.n.toString(16)
    for (const bad of ['', '{}', text.slice(0, 500), text.replace(publicKey.n.toString(16), other), text.replace(/(..)"\}/, '"}')]) {
      writeFileSync(path, bad, { mode: 0o600 })
      expect(refusal(share).message).toMatch(/expected .+ got /)
    }
    writeFileSync(path, encodeSupplierKey(privateKey))
    expect(refusal(share)).toBeInstanceOf(KeyFileError)
    writeFileSync(path, text)
    chmodSync(path, 0o644)
    expect(refusal(share).message).toBe(`${path}: expected to be readable by its owner only (mode 600), got mode 644`)
  })

  it('with an identity that others may read, or half of one, is refused', () => {
    open().close()
    chmodSync(file('identity.key'), 0o666)
    expect(refusal().message).toBe(`${file('identity.key')}: expected to be readable by its owner only (mode 600), got mode 666`)
    chmodSync(file('identity.key'), 0o600)
    truncateSync(file('identity.key'), 5)
    expect(refusal().message).toBe(`${file('identity.key')}: expected 32 bytes, got 5`)
  })
})
