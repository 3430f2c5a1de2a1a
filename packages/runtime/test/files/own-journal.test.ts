// A node's journal and the key beside it: made in an order in which a crash loses nothing, and refused where one is lost.
import { existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HushgridError, type Rng, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../src/files/own-journal.ts'
import { SecretFileError } from '../../src/files/secret-file.ts'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushgrid-journal-')), 'data')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const journal = (): string => join(folder, 'own.log')
const key = (): string => join(folder, 'identity.key')

class NotIntact extends HushgridError {}

function open(rng: Rng = systemRng): { readonly id: string; readonly records: readonly Uint8Array[] } {
  const opened = openJournal({
    directory: folder,
    file: 'own.log',
    rng,
    flush: false,
    notIntact: (path, got) => new NotIntact(`${path}: expected an intact one, got ${got}`)
  })
  opened.log.close()
  return { id: opened.identity.id, records: opened.records }
}

function append(record: Uint8Array): void {
  const { log } = openJournal({ directory: folder, file: 'own.log', rng: systemRng, flush: false, notIntact: () => new NotIntact('') })
  log.append(record)
  log.close()
}

/** A source that fails as a process does that is killed between journal and key. */
const killed: Rng = {
  ...systemRng,
  bytes: () => {
    throw new Error('killed')
  }
}

describe('a journal and its key', () => {
  it('are made once, and stay', () => {
    const { id } = open()
    append(Uint8Array.of(1, 2))
    expect(open()).toEqual({ id, records: [Uint8Array.of(1, 2)] })
  })

  it('begin again where a process was killed between the two', () => {
    expect(() => open(killed)).toThrow('killed')
    expect([existsSync(journal()), existsSync(key())]).toEqual([true, false])
    const { id, records } = open()
    expect(records).toEqual([])
    expect(open().id).toBe(id)
  })

  it('begin again where it was killed before the journal had its first bytes', () => {
    expect(() => open(killed)).toThrow('killed')
    truncateSync(journal(), 5)
    const { id } = open()
    expect(open().id).toBe(id)
  })

  it('are refused where the journal is gone or damaged and the key is there', () => {
    append(Uint8Array.of(1))
    truncateSync(journal(), 5)
    for (let start = 0; start < 2; start++) expect(open).toThrow(new NotIntact(`${journal()}: expected an intact one, got a damaged one`))
    rmSync(journal())
    for (let start = 0; start < 2; start++) expect(open).toThrow(new NotIntact(`${journal()}: expected an intact one, got none`))
  })

  it('are refused where the key is gone and the journal has records: another key would not be this node', () => {
    append(Uint8Array.of(1))
    rmSync(key())
    for (let start = 0; start < 2; start++) {
      expect(open).toThrow(SecretFileError)
      expect(open).toThrow(/identity\.key: expected the key of the node whose journal is .*own\.log, got none/)
    }
    expect(existsSync(key())).toBe(false)
  })
})
