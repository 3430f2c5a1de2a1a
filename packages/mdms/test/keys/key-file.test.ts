import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { InvalidArgumentError, SeededRng, systemRng, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { KeyRingError } from '../../src/errors.ts'
import { addKey, dropOldKeys, openKeyFile } from '../../src/keys/key-file.ts'
import { keyRing } from '../../src/keys/key-ring.ts'
import { folder } from '../support/store-backends.ts'

describe('a key file', () => {
  it('is made once, its owner’s only, with nothing left beside it', () => {
    const path = `${folder()}/mdms.keys`
    const made = openKeyFile(path, systemRng).current()
    expect(made.key).toHaveLength(32)
    expect(openKeyFile(path, systemRng).current()).toEqual(made)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(path))).toEqual(['mdms.keys'])
  })

  it('gets further keys, of which the last is current, and loses the earlier ones', () => {
    const path = `${folder()}/mdms.keys`
    const first = openKeyFile(path, systemRng).current()
    const ring = addKey(path, systemRng)
    const second = ring.current()
    expect(second.id).not.toBe(first.id)
    expect(toHex(second.key)).not.toBe(toHex(first.key))
    expect(ring.byId(first.id)).toEqual(first)
    const kept = dropOldKeys(path)
    expect(kept.current()).toEqual(second)
    expect(kept.byId(first.id)).toBeUndefined()
    // Also one of the number that was free again has a name of its own.
    expect(addKey(path, systemRng).byId(second.id)).toEqual(second)
  })

  it('is refused where others may read it, or it says something else', () => {
    const path = `${folder()}/mdms.keys`
    openKeyFile(path, new SeededRng('key file'))
    chmodSync(path, 0o640)
    expect(() => openKeyFile(path, systemRng)).toThrow(KeyRingError)
    chmodSync(path, 0o600)
    const good = readFileSync(path, 'utf8')
    for (const text of ['', 'a b\n', good.slice(0, -3), `${good}${good}`, good.replace(' ', ''), `${good.trimEnd()} x\n`]) {
      writeFileSync(path, text)
      expect(() => openKeyFile(path, systemRng)).toThrow(KeyRingError)
    }
    writeFileSync(path, `${good}\n\nx y\n`)
    expect(() => openKeyFile(path, systemRng)).toThrow('in line 4, got something else')
    // A key never is in a message.
    const hex = good.split(' ')[1]?.slice(0, 64) as string
    writeFileSync(path, `${hex} ${hex} ${hex}\n`)
    expect(() => openKeyFile(path, systemRng)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(hex) }))
  })

  it('may have been through an editor of another system', () => {
    const path = `${folder()}/mdms.keys`
    const made = openKeyFile(path, systemRng).current()
    writeFileSync(path, `\ufeff\r\n  ${made.id}\t${toHex(made.key).toUpperCase()} \r\n\r\n`)
    expect(openKeyFile(path, systemRng).current()).toEqual(made)
  })

  it('cannot be made where there is no folder', () => {
    expect(() => openKeyFile(`${folder()}/no/mdms.keys`, systemRng)).toThrow(KeyRingError)
  })
})

describe('a key ring', () => {
  it('needs a key, each once, of 32 bytes and with a name', () => {
    const key = new Uint8Array(32)
    expect(() => keyRing([])).toThrow(KeyRingError)
    expect(() =>
      keyRing([
        { id: 'a', key },
        { id: 'a', key }
      ])
    ).toThrow(KeyRingError)
    expect(() => keyRing([{ id: 'a', key: new Uint8Array(16) }])).toThrow(InvalidArgumentError)
    expect(() => keyRing([{ id: 'a b', key }])).toThrow(InvalidArgumentError)
  })
})
