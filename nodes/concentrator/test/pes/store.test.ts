import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unwrapKey, wrapKey } from '@hushgrid/pes'
import { IdentityKey, SeededRng, systemRng, utf8 } from '@hushgrid/primitives'
import { RecordLogError, SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PesStore, PesStoreError } from '../../src/pes/store.ts'

/** Made once, as it takes long; a store in a folder where it lies takes it for its own. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })

let folder = ''
let opened: PesStore[] = []
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushgrid-pes-')), 'data')
  opened = []
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(file('rsa.key'), privateKey.export({ format: 'der', type: 'pkcs8' }), { mode: 0o600 })
})
afterEach(() => {
  for (const store of opened) store.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const file = (name: string): string => join(folder, name)

function open(directory = folder): PesStore {
  const store = PesStore.open(directory, systemRng, false)
  opened.push(store)
  return store
}

function snapshotAfterRestart(): Uint8Array | undefined {
  const store = open()
  store.close()
  return store.snapshot
}

/** What a refused start says. */
function refusal(): string {
  try {
    open()
  } catch (cause) {
    if (cause instanceof PesStoreError || cause instanceof SecretFileError) return cause.message
    throw cause
  }
  return 'taken'
}

describe('the PES’s store', () => {
  it('makes its keys once, an RSA key of 3072 bits among them; only its owner may read what is in it', () => {
    const fresh = file('fresh')
    const store = open(fresh)
    expect(store.snapshot).toBe(undefined)
    expect(store.rsaKey.asymmetricKeyDetails?.modulusLength).toBe(3072)
    store.keep(utf8('meters’ keys are in it'))
    store.close()
    expect(statSync(fresh).mode & 0o777).toBe(0o700)
    for (const name of ['identity.key', 'rsa.key', 'sums.log']) expect(statSync(join(fresh, name)).mode & 0o777, name).toBe(0o600)
    const again = open(fresh)
    expect(again.identity.id).toBe(store.identity.id)
    expect(again.rsaKey.equals(store.rsaKey)).toBe(true)
    expect(again.rsaPublicKey.equals(createPublicKey(store.rsaKey))).toBe(true)
  })

  it('opens what meters wrapped with its public key before it was started again', () => {
    const rng = new SeededRng('pes store')
    const { id } = IdentityKey.generate(rng)
    const key = rng.bytes(32)
    const first = open()
    const wrapped = wrapKey(first.rsaPublicKey, new Uint8Array(32), id, key)
    first.close()
    expect(unwrapKey(open().rsaKey, new Uint8Array(32), id, wrapped)).toEqual(key)
  })

  it('gives back the last snapshot, and keeps no earlier one', () => {
    const store = open()
    for (let i = 0; i < 50; i++) store.keep(utf8(`snapshot ${i} `.repeat(100)))
    store.close()
    expect(snapshotAfterRestart()).toEqual(utf8('snapshot 49 '.repeat(100)))
    const bytes = readFileSync(file('sums.log'))
    expect(bytes.includes('snapshot 48')).toBe(false)
    expect(bytes.byteLength).toBeLessThan(2000)
    expect(statSync(file('sums.log')).mode & 0o777).toBe(0o600)
  })

  it('says so where a snapshot cannot be written, and the one before stays', () => {
    const store = open()
    store.keep(utf8('the first'))
    mkdirSync(file('sums.log.next'))
    expect(() => store.keep(utf8('the second'))).toThrow(RecordLogError)
    rmSync(file('sums.log.next'), { recursive: true })
    store.close()
    expect(() => store.keep(utf8('the third'))).toThrow(RecordLogError)
    expect(snapshotAfterRestart()).toEqual(utf8('the first'))
  })

  for (const [what, harm, got] of [
    ['torn at its end', () => appendFileSync(file('sums.log'), 'torn'), 'a damaged one'],
    ['cut short', () => truncateSync(file('sums.log'), statSync(file('sums.log')).size - 1), 'a damaged one'],
    ['emptied', () => truncateSync(file('sums.log')), 'a damaged one'],
    ['gone', () => rmSync(file('sums.log')), 'none']
  ] as const) {
    it(`with a snapshot that is ${what} is refused, at every start, and left as it is`, () => {
      const store = open()
      store.keep(utf8('sums'))
      store.close()
      const intact = readFileSync(file('sums.log'))
      harm()
      for (let start = 0; start < 3; start++)
        expect(refusal()).toBe(
          `${file('sums.log')}: expected the PES's intact snapshot, got ${got}; without it a slot could be added up twice, over other meters. Restore it, or begin in an empty directory`
        )
      writeFileSync(file('sums.log'), intact, { mode: 0o600 })
      expect(snapshotAfterRestart()).toEqual(utf8('sums'))
    })
  }

  it('with keys that others may read, or that are none, is refused', () => {
    open().close()
    for (const name of ['identity.key', 'rsa.key']) {
      chmodSync(file(name), 0o604)
      expect(refusal()).toBe(`${file(name)}: expected to be readable by its owner only (mode 600), got mode 604`)
      chmodSync(file(name), 0o600)
    }
    const der = readFileSync(file('rsa.key'))
    const elliptic = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
    for (const bytes of [Buffer.from('no key'), der.subarray(0, 900), Buffer.alloc(1000), elliptic]) {
      writeFileSync(file('rsa.key'), bytes)
      expect(refusal()).toBe(`${file('rsa.key')}: expected an RSA private key in DER (PKCS #8), got something else. Restore it`)
    }
    truncateSync(file('rsa.key'))
    expect(refusal()).toBe(`${file('rsa.key')}: expected 1 to 65536 bytes, got 0`)
    writeFileSync(file('rsa.key'), der)
    truncateSync(file('identity.key'), 31)
    expect(refusal()).toBe(`${file('identity.key')}: expected 32 bytes, got 31`)
  })
})
