// `pnpm node:registrar lift` as an operator calls it.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IdentityKey, systemRng } from '@hushgrid/primitives'
import { afterAll, expect, it } from 'vitest'
import { RegistrarStore } from '../src/store.ts'

const PROGRAM = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-lift-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lift = (directory: string, meter: string): string =>
  execFileSync(process.execPath, [PROGRAM, 'lift', '--data-dir', directory, meter], { encoding: 'utf8', stdio: 'pipe' })

it('lifts a bar once, and makes no registrar of a folder that is none', () => {
  const { id } = IdentityKey.generate(systemRng)
  const directory = join(folder, 'registrar')
  const store = RegistrarStore.open(directory, systemRng, false)
  store.append({ kind: 'barred', meterId: id, until: undefined, why: 'proven', proofs: [] })
  store.close()
  expect(lift(directory, id)).toBe(`meter ${id}: may join again\n`)
  expect(() => lift(directory, id)).toThrow(/expected one that is barred, got one that is not/)
  const nowhere = join(folder, 'nowhere')
  expect(() => lift(nowhere, id)).toThrow(/expected a registrar's folder, got one without registrar\.log/)
  expect(existsSync(nowhere)).toBe(false)
})
