// The dealer's key: made once, and none but the one that the network file names.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseNetwork } from '@hushgrid/topology'
import { afterAll, expect, it } from 'vitest'
import { openDealer } from '../../src/commands/dealer-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-dealer-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const key = join(folder, 'dealer.key')
const network = (dealerKey?: string) =>
  parseNetwork(`name: street\nmembers: 10\n${dealerKey ? `dealerKey: ${dealerKey}\n` : ''}`, 'street.yaml')

it('is made where the network names none, and is the same from then on', () => {
  const { id } = openDealer(key, network(), 'street.yaml')
  expect(statSync(key).mode & 0o777).toBe(0o600)
  expect(openDealer(key, network(), 'street.yaml').id).toBe(id)
  expect(openDealer(key, network(id), 'street.yaml').id).toBe(id)
})

it('is refused where the network names another, and not made then', () => {
  const named = network('5f'.repeat(32))
  expect(() => openDealer(key, named, 'street.yaml')).toThrow(
    /dealer\.key: expected the key that street\.yaml names, (5f){32}, got [0-9a-f]{64}$/
  )
  const none = join(folder, 'none.key')
  expect(() => openDealer(none, named, 'street.yaml')).toThrow(
    /none\.key: expected the key that street\.yaml names, (5f){32}, got no such file$/
  )
  expect(existsSync(none)).toBe(false)
})
